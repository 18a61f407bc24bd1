const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Largest serialised event, in bytes ("Maximum payload size: 256KB"). */
export const MAX_EVENT_BYTES = 262_144;

/** Age of an event, in milliseconds from its `created`, after which it gets no retry ("Events older than 7 days"). */
export const EVENT_MAX_AGE_MS = 7 * DAY_MS;

/** Webhooks an account may have ("Maximum 100 webhooks per account"). */
export const MAX_WEBHOOKS_PER_ACCOUNT = 100;

/** Milliseconds an attempt may take, from name look-up to the last byte of the response. */
export const ATTEMPT_TIMEOUT_MS = 15 * SECOND_MS;

/** Requests an account may send in any 60 minutes ("Rate limit: 1000 webhook deliveries per hour"). */
export const RATE_LIMIT_PER_HOUR = 1_000;

/** A webhook is disabled when this many attempts failed in this many milliseconds and none succeeded. */
export const DISABLE_AFTER = { failingForMs: 5 * DAY_MS, failures: 20 } as const;

/** Milliseconds for which events, deliveries and attempts are kept. */
export const RETENTION_MS = 30 * DAY_MS;

/** Milliseconds for which the secret before a rotation stays in use. */
export const ROTATION_OVERLAP_MS = 24 * HOUR_MS;

/** Milliseconds after which debug mode ends by itself. */
export const DEBUG_MODE_MS = 24 * HOUR_MS;

/** How far the signed timestamp of a request may be from the receiver's clock, in milliseconds. */
export const TIMESTAMP_TOLERANCE_MS = 5 * MINUTE_MS;

/** Milliseconds for which a receiver remembers the ids it has handled: a day more than events are retried. */
export const IDEMPOTENCY_RETENTION_MS = 8 * DAY_MS;

/** Milliseconds that a body may take to arrive: one of the largest size comes in time over a line of 0.25 Mbit/s. */
export const BODY_TIMEOUT_MS = 10 * SECOND_MS;

/** Milliseconds that handlers have: less than the sender waits, so that the answer still arrives. */
export const HANDLER_TIMEOUT_MS = 12 * SECOND_MS;

/** Milliseconds that handlers have where an inbox has answered the sender already. */
export const INBOX_HANDLER_TIMEOUT_MS = MINUTE_MS;

/** Milliseconds after the handlers' time at which the claim of a receiver that died lapses. */
export const CLAIM_GRACE_MS = 5 * SECOND_MS;
