import type { z } from "zod";
import type { AttemptDebug } from "../sender/debug-record.js";
import type { DeliveryDetails, DeliveryLogRow, WebhookLogRow } from "../sender/delivery-logs.js";
import type { Explanation } from "../sender/explanation.js";
import type { Recovery } from "../sender/recovery.js";
import type { WebhookStats } from "../sender/webhook-stats.js";
import type { Webhook } from "../sender/webhook.js";
import type * as schemas from "./schemas.js";

// What the sender answers, as it goes over the wire. Written out, so that nothing goes there by accident.

export function webhookOnWire(webhook: Webhook): z.input<typeof schemas.webhook> {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    filters: webhook.filters as z.input<typeof schemas.webhook>["filters"],
    secret: webhook.secret,
    active: webhook.active,
    description: webhook.description,
    debug_mode: webhook.debugMode,
    debug_until: webhook.debugUntil,
    headers: webhook.headers,
    throttle: throttleOnWire(webhook.throttle),
    rate_limit: webhook.rateLimit,
    disabled_reason: webhook.disabledReason,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}

function throttleOnWire(throttle: Webhook["throttle"]): z.input<typeof schemas.webhook>["throttle"] {
  return throttle === null ? null : { requests: throttle.requests, per_seconds: throttle.perSeconds };
}

function deliveryOnWire(row: DeliveryLogRow): Omit<z.input<typeof schemas.logRow>, "debug"> {
  return {
    event_id: row.eventId,
    event_type: row.eventType,
    status: row.status,
    attempts: row.attempts,
    response_code: row.responseCode,
    response_time_ms: row.responseTimeMs,
    timestamp: row.timestamp,
    next_attempt_at: row.nextAttemptAt,
    error: row.error,
    resends: row.resends,
    test: row.test,
  };
}

function debugOnWire(debug: AttemptDebug): z.input<typeof schemas.attemptDebug> {
  const { attempt, sentAt, durationMs, request, response, error } = debug;
  return { attempt, sent_at: sentAt, duration_ms: durationMs, request, response, error };
}

/** A row of a log; `debug` is there where debug mode kept anything. */
export function logRowOnWire(row: DeliveryLogRow & Partial<WebhookLogRow>): z.input<typeof schemas.logRow> {
  return {
    ...deliveryOnWire(row),
    ...(row.debug === null || row.debug === undefined ? {} : { debug: row.debug.map(debugOnWire) }),
  };
}

export function detailsOnWire({ requests, ...row }: DeliveryDetails): z.input<typeof schemas.deliveryDetails> {
  return {
    webhook_id: row.webhookId,
    ...deliveryOnWire(row),
    requests: requests.map(({ number, sentAt, responseCode, responseTimeMs, error, debug }) => ({
      number,
      sent_at: sentAt,
      response_code: responseCode,
      response_time_ms: responseTimeMs,
      error,
      ...(debug === null ? {} : { debug: debugOnWire(debug) }),
    })),
  };
}

export function statsOnWire(stats: WebhookStats): z.input<typeof schemas.stats> {
  return {
    webhook_id: stats.webhookId,
    since: stats.since,
    deliveries: stats.deliveries,
    attempts: stats.attempts,
    complete: stats.complete,
    success_rate: stats.successRate,
    response_time_ms: stats.responseTimeMs,
    failures_in_a_row: stats.failuresInARow,
    failing_since: stats.failingSince,
  };
}

export function recoveryOnWire(recovery: Recovery): z.input<typeof schemas.recovery> {
  return {
    id: recovery.id,
    webhook_id: recovery.webhookId,
    since: recovery.since,
    status: recovery.status,
    resent: recovery.resent,
    too_old: recovery.tooOld,
    reached_at: recovery.reachedAt,
    started_at: recovery.startedAt,
    finished_at: recovery.finishedAt,
  };
}

export function explanationOnWire({ event, webhooks }: Explanation): z.input<typeof schemas.explanation> {
  const { id, type, created, storedAt, test } = event;
  return {
    event: { id, type, created, stored_at: storedAt, test },
    webhooks: webhooks.map(({ webhookId, delivery, filter, ...rest }) => ({
      webhook_id: webhookId,
      ...rest,
      filter: filter as z.input<typeof schemas.explanation>["webhooks"][number]["filter"],
      delivery: delivery === null ? null : detailsOnWire(delivery),
    })),
  };
}
