import { WebhookError } from "../errors.js";
import { quote } from "./quote.js";

/** Delay before each retry, in milliseconds. Index 0 is the wait after the first failed attempt; empty means no retry. */
export type RetrySchedule = readonly number[];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** Five retries, as the AuraConnect webhook documentation promises ("Retry Policy"). */
export const AURACONNECT_RETRY_SCHEDULE: RetrySchedule = Object.freeze([
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
]);

/** Ten retries of an event in a receiver's inbox, over almost a day: long enough for somebody to mend what is broken. */
export const INBOX_RETRY_SCHEDULE: RetrySchedule = Object.freeze([
  SECOND,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  3 * 60 * MINUTE,
  6 * 60 * MINUTE,
  12 * 60 * MINUTE,
]);

/** The most retries that a schedule of the host's may have. */
export const MAX_RETRIES = 50;

/** The longest wait before one retry, in milliseconds: 7 days, after which an event is not retried anyway. */
export const MAX_RETRY_DELAY_MS = 7 * DAY;

/** Share of a delay by which it may be lengthened, so that endpoints that failed together are not retried together. */
const JITTER = 0.1;

/**
 * How long to wait after a failed attempt, or `null` when no retry is left.
 *
 * A longer `Retry-After` wins over the schedule and a shorter one is ignored: an endpoint can slow us down but never
 * speed us up.
 *
 * @param attempt Number of the attempt that failed; the first one is 1.
 * @param random A number in [0, 1), given by the caller so that this function stays pure. Anything else counts as 0, so
 *   that no source of numbers, however broken, makes a retry come sooner or never.
 */
export function retryDelayMs(
  schedule: RetrySchedule,
  attempt: number,
  random: number,
  retryAfterMs = 0,
): number | null {
  const delayMs = schedule[attempt - 1];
  if (delayMs === undefined) return null;
  const share = typeof random === "number" && random >= 0 && random < 1 ? random : 0;
  return Math.max(Math.round(delayMs * (1 + JITTER * share)), retryAfterMs);
}

/**
 * Checks a schedule that a host gave: at most 50 delays, each a number of milliseconds from 0 to 7 days. Answers a copy.
 *
 * @throws {@link WebhookError} `option_invalid`; its `field` is `retrySchedule[1]`.
 */
export function validateRetrySchedule(schedule: unknown): RetrySchedule {
  if (!Array.isArray(schedule)) {
    throw refuse(
      "retrySchedule",
      `\`retrySchedule\` is a list of milliseconds, such as [10_000, 60_000]; it was ${quote(schedule)}.`,
    );
  }
  const delays: readonly unknown[] = schedule;
  if (delays.length > MAX_RETRIES) {
    throw refuse("retrySchedule", `\`retrySchedule\` has ${delays.length} delays; at most ${MAX_RETRIES} are allowed.`);
  }
  return Object.freeze(Array.from(delays, checkDelay));
}

function checkDelay(delay: unknown, index: number): number {
  if (typeof delay === "number" && delay >= 0 && delay <= MAX_RETRY_DELAY_MS) return delay;
  const field = `retrySchedule[${index}]`;
  throw refuse(
    field,
    `\`${field}\` is a number of milliseconds from 0 to ${MAX_RETRY_DELAY_MS} (7 days); it was ${quote(delay)}.`,
  );
}

function refuse(field: string, message: string): WebhookError {
  return new WebhookError("option_invalid", message, { field });
}
