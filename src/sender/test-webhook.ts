import { WebhookError } from "../errors.js";
import { suggestion } from "../domain/nearest.js";
import { isSuccess } from "../domain/next-step.js";
import { quote } from "../domain/quote.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryLog, DeliveryRow } from "../ports/delivery-log.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import { findDefinition, type EventCatalog } from "../protocol/event-catalog.js";
import type { AttemptDebug } from "./debug-record.js";
import { toLogRow, type WebhookLogRow } from "./delivery-logs.js";
import { draftEvent, type DraftEvent } from "./draft-event.js";
import type { IdSource } from "./ids.js";
import type { RateGate } from "./rate-gate.js";
import type { RequestMaker } from "./request-maker.js";

/** What came of a test. */
export interface WebhookTestResult extends WebhookLogRow {
  /** The first 4,096 bytes of what the endpoint answered, with secrets and signatures hidden; null without an answer. */
  readonly responseBody: string | null;
}

export interface TestContext {
  readonly catalog: EventCatalog;
  readonly log: DeliveryLog;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly gate: RateGate<string>;
  readonly requests: RequestMaker;
  readonly telemetry: Telemetry | null;
}

/** Sends a test event to a webhook, once, and records it beside the queue. */
export async function testWebhook(
  { catalog, log, clock, ids, gate, requests, telemetry }: TestContext,
  webhook: WebhookRecord,
  given: { readonly eventType: string; readonly object?: unknown },
): Promise<WebhookTestResult> {
  const draft = draftTest(catalog, webhook.accountId, given, { id: () => ids.next("evt_test_"), nowMs: clock.now() });
  const { body, createdAt } = draft;
  const outgoing = { eventId: draft.id, eventType: draft.type, body };
  await takePermit(gate, webhook.accountId);
  const signed = requests.sign(webhook, outgoing, 1, clock.now());
  const { accountId, id: webhookId, url } = webhook;
  const traced = { accountId, webhookId, url, eventId: draft.id, eventType: draft.type, delivery: null };
  const span = telemetry?.attempting(traced) ?? null;
  const { result, attempt } = await requests.send(signed, span);
  span?.end(result, null);
  const id = ids.next("dlv_");
  const status = result.kind === "response" && isSuccess(result.status) ? "success" : "failed";
  await log.recordTest({ id, accountId, webhookId, ...outgoing, createdAt, status, attempt });
  const row: DeliveryRow = {
    ...{ id, accountId, webhookId, eventId: draft.id, eventType: draft.type, status },
    ...{ attempts: 1, storedAt: attempt.sentAt, lastAttempt: attempt, nextAttemptAt: null, resends: 0, test: true },
  };
  return {
    ...toLogRow(row),
    debug: attempt.debug === null ? null : [JSON.parse(attempt.debug) as AttemptDebug],
    responseBody: result.kind === "response" ? requests.redaction(signed)(result.body) : null,
  };
}

function draftTest(
  catalog: EventCatalog,
  accountId: string,
  { eventType, object }: { readonly eventType: string; readonly object?: unknown },
  fresh: Parameters<typeof draftEvent>[4],
): DraftEvent {
  const definition = findDefinition(catalog, eventType);
  if (definition === null) {
    const types = Object.keys(catalog);
    const message = `No event type is called ${quote(eventType)}${suggestion(eventType, types)} There are ${types.join(", ")}.`;
    throw new WebhookError("event_type_unknown", message, { field: "eventType" });
  }
  const payload: unknown = object ?? definition.sample;
  if (payload === null) {
    throw new WebhookError("event_invalid", `\`${eventType}\` has no sample; give a payload as \`object\`.`, {
      field: "object",
    });
  }
  try {
    return draftEvent(catalog, eventType, payload, { accountId }, fresh);
  } catch (error) {
    throw ofTest(error);
  }
}

/** A payload stands in `object` here, and in `data.object` of the event that was made of it. */
function ofTest(error: unknown): unknown {
  if (!WebhookError.is(error) || error.field?.startsWith("data.object") !== true) return error;
  const message = error.message.replaceAll("`data.object", "`object");
  return new WebhookError(error.code, message, { field: error.field.slice("data.".length), cause: error });
}

async function takePermit(gate: RateGate<string>, accountId: string): Promise<void> {
  const retryAfterMs = await gate.takeOne(accountId);
  if (retryAfterMs === 0) return;
  const seconds = Math.ceil(retryAfterMs / 1_000);
  throw new WebhookError("rate_limited", `The account has sent all it may in 60 minutes; try again in ${seconds} s.`, {
    retryAfterMs,
  });
}
