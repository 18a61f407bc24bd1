/**
 * The face for the common case: both sides, the documented events, the rules and the errors. Stores, hosts and the rest
 * have doors of their own.
 */
export { createSender, type Sender, type SenderOptions, type PublishOptions, type PublishResult } from "./sender.js";
export {
  createReceiver,
  type EventContext,
  type EventHandler,
  type Receiver,
  type ReceiverOptions,
  type UnknownEvent,
} from "./receiver.js";
export { ERRORS, type ErrorEntry } from "../error-table.js";
export { WebhookError, type ErrorCode } from "../errors.js";
export {
  AURACONNECT_RETRY_SCHEDULE,
  INBOX_RETRY_SCHEDULE,
  retryDelayMs,
  type RetrySchedule,
} from "../domain/retry-schedule.js";
export {
  matchSubscription,
  type Attributes,
  type Filters,
  type Scalar,
  type Subscription,
  type SubscriptionMatch,
} from "../domain/subscription.js";
export {
  auraconnectEvents,
  type AuraConnectCatalog,
  type AuraConnectEvent,
  type InventoryEvent,
  type OrderEvent,
  type PaymentEvent,
  type PosEvent,
  type StaffEvent,
} from "../protocol/auraconnect-events.js";
export {
  defineEvents,
  type EventCatalog,
  type EventDefinition,
  type EventGroup,
  type EventMatching,
  type EventOf,
  type EventPattern,
  type EventPayload,
  type EventType,
  type WebhookEvent,
} from "../protocol/event-catalog.js";
export { eventJsonSchema, type JsonSchema } from "../protocol/json-schema.js";
export * from "../protocol/limits.js";
export type { PayloadSchema } from "../protocol/payload-schema.js";
export { sampleEvent } from "../protocol/sample-event.js";
