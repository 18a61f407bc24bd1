import type { RetrySchedule } from "../domain/retry-schedule.js";
import type { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { IdempotencyStore } from "../ports/idempotency.js";
import type { Logger } from "../ports/logger.js";
import type { EventCatalog, WebhookEvent } from "../protocol/event-catalog.js";
import type { SecretsFor } from "./secret-source.js";

/**
 * Which signatures a request must carry: `any` one of the two, a certain one, or `both`. Whatever is required, each
 * signature that is there must hold.
 */
export type SignatureRequirement = "any" | "auraconnect" | "standard" | "both";

/** What a receiver does with a known event whose payload breaks its schema. */
export type InvalidEventPolicy = "refuse" | "accept";

/** Decides about one event whose payload breaks its schema; `error` names the fields at fault. */
export type InvalidEventJudge = (
  error: WebhookError,
  event: WebhookEvent,
) => InvalidEventPolicy | Promise<InvalidEventPolicy>;

/** Gets a failure of the receiving side, and the event that met it where there is one. */
export type ReceiverErrorListener = (error: WebhookError, event: WebhookEvent | null) => unknown;

/** What a receiver works with: every option decided, and what follows from them. */
export interface ReceiverSettings {
  readonly secretsFor: SecretsFor;
  readonly events: EventCatalog;
  readonly idempotency: IdempotencyStore;
  readonly concurrency: number;
  /** As it was given: what works the inbox checks it, and has the default. */
  readonly retrySchedule: RetrySchedule | undefined;
  readonly require: SignatureRequirement;
  readonly toleranceMs: number;
  readonly maxEventAgeMs: number | false;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly handlerTimeoutMs: number;
  /** Milliseconds of a claim: beyond the handlers' time, so that no retry runs beside them. */
  readonly leaseMs: number;
  /** Milliseconds for which a handled id is remembered: as long as its event would be accepted, at the least. */
  readonly retentionMs: number;
  readonly onInvalid: InvalidEventPolicy | InvalidEventJudge;
  readonly onError: ReceiverErrorListener;
  readonly random: () => number;
  readonly logger: Logger;
  readonly clock: Clock;
}
