import { memoryIdempotency } from "../adapters/memory/idempotency.js";
import { systemClock } from "../adapters/system/clock.js";
import type { AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import { assembleReceiver } from "../receiver/create-receiver.js";
import type { ReceiverOptions } from "../receiver/options.js";
import type { Receiver } from "../receiver/receiver.js";

/**
 * Makes a receiver: verified, deduplicated, typed events from webhook requests.
 *
 * ```ts
 * const receiver = createReceiver({ secret }).on("order.*", async (event) => { event.data.object.order_number; });
 * ```
 *
 * @throws {@link WebhookError} `secret_invalid` and `option_invalid`, naming the option, what it was and what it can be.
 */
export function createReceiver<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: ReceiverOptions<Catalog>,
): Receiver<Catalog> {
  return assembleReceiver(options, {
    clock: systemClock,
    idempotency: (clock) => memoryIdempotency({ now: () => clock.now() }),
  });
}

export { WebhookError, type ErrorCode } from "../errors.js";
export type { Clock } from "../ports/clock.js";
export type { IdempotencyClaim, IdempotencyClaimResult, IdempotencyStore } from "../ports/idempotency.js";
export type * from "../ports/inbox.js";
export type { Logger } from "../ports/logger.js";
export { auraconnectEvents } from "../protocol/auraconnect-events.js";
export type {
  AuraConnectCatalog,
  AuraConnectEvent,
  InventoryEvent,
  OrderEvent,
  PaymentEvent,
  PosEvent,
  StaffEvent,
} from "../protocol/auraconnect-events.js";
export { defineEvents } from "../protocol/event-catalog.js";
export type { PayloadSchema } from "../protocol/payload-schema.js";
export type {
  EventCatalog,
  EventDefinition,
  EventMatching,
  EventOf,
  EventPattern,
  EventPayload,
  EventType,
  WebhookEvent,
} from "../protocol/event-catalog.js";
export type { EventContext, EventHandler, HandledEvent, ReceivedEvent, UnknownEvent } from "../receiver/handlers.js";
export type { ReceiverOptions } from "../receiver/options.js";
export type {
  InvalidEventJudge,
  InvalidEventPolicy,
  ReceiverErrorListener,
  SignatureRequirement,
} from "../receiver/settings.js";
export { createInbox } from "../receiver/create-inbox.js";
export type { Inbox, InboxContext, InboxWork } from "../receiver/inbox.js";
export type { Receiver, ReceiverRequest, RequestReceiver } from "../receiver/receiver.js";
export type { ReceiverReply } from "../receiver/reply.js";
export type { BodySource, RawBody } from "../receiver/request-body.js";
export type { HeaderSource, HeaderValue } from "../receiver/request-headers.js";
export type { SecretLookup, SecretSource } from "../receiver/secret-source.js";
export type { SignatureProof } from "../receiver/verify-signature.js";
