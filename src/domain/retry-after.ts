/** The longest that an endpoint can make us wait, in milliseconds: 1 hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** What `Retry-After` means with these statuses is "try this request again later". */
const STATUSES: readonly number[] = [409, 429, 503];

const SECONDS = /^\d{1,10}$/;

// The three forms of a date in RFC 9110, section 5.6.7. Checked first: Date.parse alone reads almost anything.
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * How long an endpoint asked us to wait, in milliseconds; at most 1 hour, and 0 where it did not ask. Only 409, 429 and
 * 503 ask. Both forms are read, seconds and a date; a date that has passed and anything else is 0.
 *
 * @param header The value of `Retry-After`.
 * @param now Milliseconds since the Unix epoch.
 */
export function parseRetryAfter(status: number, header: string | undefined, now: number): number {
  if (header === undefined || !STATUSES.includes(status)) return 0;
  const text = header.trim();
  const delayMs = SECONDS.test(text) ? Number(text) * 1_000 : parseHttpDate(text) - now;
  // Not a number where the date does not exist; comparing it is false.
  return delayMs > 0 ? Math.min(delayMs, MAX_RETRY_AFTER_MS) : 0;
}

function parseHttpDate(text: string): number {
  if (IMF_FIXDATE.test(text) || RFC_850.test(text)) return Date.parse(text);
  return ASCTIME.test(text) ? Date.parse(`${text} GMT`) : NaN;
}
