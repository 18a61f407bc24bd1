import { systemClock } from "../adapters/system/clock.js";
import { undiciTransport } from "../adapters/undici/transport.js";
import type { AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import type { SenderOptions } from "../sender/options.js";
import { assembleSender } from "../sender/assemble-sender.js";
import type { Sender } from "../sender/sender.js";

/**
 * Makes a sender: webhooks for the accounts of your application, delivered from your own process and kept in your own
 * database. Nothing is connected or started until you call it.
 *
 * ```ts
 * const sender = createSender({ store: sqliteStore({ path: "webhooks.db" }), secretKeys: [{ id: "1", key }] });
 * await sender.start();
 * ```
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option and what it can be.
 */
export function createSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: SenderOptions<Catalog>,
): Sender<Catalog> {
  return assembleSender(options, { clock: systemClock, transport: undiciTransport });
}

export { WebhookError, type ErrorCode } from "../errors.js";
export type { AddressPolicyOptions } from "../domain/address-policy.js";
export type { RetrySchedule } from "../domain/retry-schedule.js";
export type { Attributes, Filters, Scalar } from "../domain/subscription.js";
export type { Throttle } from "../domain/throttle.js";
export type { Clock } from "../ports/clock.js";
export type * from "../ports/delivery-log.js";
export type * from "../ports/delivery-queue.js";
export { silentLogger, type Logger } from "../ports/logger.js";
export type { EndpointHealth, EndpointRecord } from "../ports/endpoint-health.js";
export type * from "../ports/notes.js";
export type * from "../ports/rate-window.js";
export type { Retention } from "../ports/retention.js";
export type { SenderStore, StoreContext } from "../ports/sender-store.js";
export type * from "../ports/telemetry.js";
export type * from "../ports/transport.js";
export type { RegistryPage, RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../ports/webhook-registry.js";
export { auraconnectEvents, type AuraConnectCatalog } from "../protocol/auraconnect-events.js";
export { defineEvents } from "../protocol/event-catalog.js";
export type { PayloadSchema } from "../protocol/payload-schema.js";
export type {
  EventCatalog,
  EventDefinition,
  EventOf,
  EventPattern,
  EventPayload,
  EventType,
  WebhookEvent,
} from "../protocol/event-catalog.js";
export type { AttemptDebug } from "../sender/debug-record.js";
export type { CancelDeliveries, Deliveries, DeliveryKey, RecoverDeliveries } from "../sender/deliveries.js";
export type {
  AttemptLog,
  DeliveryDetails,
  DeliveryLogPage,
  DeliveryLogRow,
  ListDeliveries,
  WebhookLogPage,
  WebhookLogRow,
} from "../sender/delivery-logs.js";
export type { PublishOptions } from "../sender/draft-event.js";
export type { ErasedAccount } from "../sender/erase-account.js";
export type { Explanation, Verdict, WebhookExplanation } from "../sender/explanation.js";
export type { DisableAfter } from "../sender/health-watch.js";
export type { Unmatched } from "../sender/match-webhooks.js";
export type { Keep, SenderOptions, TlsOptions } from "../sender/options.js";
export type { OnceAnswer, OnceRequest } from "../sender/run-once.js";
export type { RateLimitOf } from "../sender/rate-gate.js";
export type { Recovery } from "../sender/recovery.js";
export type { KeyRotation } from "../sender/rotate-keys.js";
export type { SecretKey } from "../sender/secret-vault.js";
export type {
  AttemptSummary,
  DeliverySummary,
  SenderEventName,
  SenderEvents,
  SenderListener,
} from "../sender/sender-events.js";
export type { EventToPublish, InTransaction, PublishResult, Sender } from "../sender/sender.js";
export type { SenderStats } from "../sender/sender-stats.js";
export type { WebhookTestResult } from "../sender/test-webhook.js";
export type { WebhookStats } from "../sender/webhook-stats.js";
export type { Webhook } from "../sender/webhook.js";
export type {
  ListWebhooks,
  NewWebhook,
  SecretRotation,
  WebhookKey,
  WebhookPage,
  Webhooks,
  WebhookStatsQuery,
  WebhookTest,
  WebhookUpdate,
} from "../sender/webhooks.js";
