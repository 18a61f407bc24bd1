import { EVENT_MAX_AGE_MS } from "../protocol/limits.js";
import { parseRetryAfter } from "./retry-after.js";
import { retryDelayMs, type RetrySchedule } from "./retry-schedule.js";

/** How an attempt ended: with a whole response, header names in lower case, or without one. */
export type AttemptResult =
  | { readonly kind: "response"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "failure" };

/** What a delivery does after an attempt. */
export type NextStep =
  { readonly kind: "success" | "failed" | "expired" } | { readonly kind: "retry"; readonly delayMs: number };

/** What decides the step after an attempt. Instants are milliseconds since the Unix epoch. */
export interface FinishedAttempt {
  readonly result: AttemptResult;
  readonly schedule: RetrySchedule;
  /** Requests made in the present run of the schedule, this one included. */
  readonly attempts: number;
  /** `created` of the envelope. */
  readonly eventCreatedAt: number;
  readonly now: number;
  /** A number in [0, 1), for the jitter. */
  readonly random: number;
}

/** What decides whether an attempt is made. Instants are milliseconds since the Unix epoch. */
export interface DueAttempt {
  /** Requests made in the present run of the schedule. */
  readonly attempts: number;
  /** `created` of the envelope. */
  readonly eventCreatedAt: number;
  /** When the delivery was stored. */
  readonly storedAt: number;
  /** When its webhook became active last. */
  readonly activeSince: number;
  readonly now: number;
}

/** Whether a status says that the endpoint took the event: 200 to 299. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** The step after an attempt. A delivery whose schedule is used up has `failed`, however old its event is. */
export function stepAfterAttempt({
  result,
  schedule,
  attempts,
  eventCreatedAt,
  now,
  random,
}: FinishedAttempt): NextStep {
  if (result.kind === "response" && isSuccess(result.status)) return { kind: "success" };
  const retryAfterMs =
    result.kind === "response" ? parseRetryAfter(result.status, result.headers["retry-after"], now) : 0;
  const delayMs = retryDelayMs(schedule, attempts, random, retryAfterMs);
  if (delayMs === null) return { kind: "failed" };
  return isTooOld(eventCreatedAt, now) ? { kind: "expired" } : { kind: "retry", delayMs };
}

/**
 * Whether a due attempt is made. The first one always is, however old its event, unless the event's 7 days ended while
 * the delivery waited for an inactive webhook; a retry is made only within them.
 */
export function stepBeforeAttempt({
  attempts,
  eventCreatedAt,
  storedAt,
  activeSince,
  now,
}: DueAttempt): "send" | "expire" {
  // A webhook that was made while the clock was ahead has been active since no later than now.
  const end = attempts > 0 ? now : Math.min(activeSince, now);
  const mayExpire = attempts > 0 || storedAt < activeSince;
  return mayExpire && isTooOld(eventCreatedAt, end) ? "expire" : "send";
}

/** Whether an event's 7 days are over: then it is not retried, and not sent again by hand. */
export function isTooOld(eventCreatedAt: number, now: number): boolean {
  return now - eventCreatedAt > EVENT_MAX_AGE_MS;
}
