/**
 * Every error code of this package with its HTTP status, in the management API and in a receiver's answer. What each
 * means is in `error-table.ts`, which no receiver carries.
 */
export const STATUSES = {
  // Receiving
  body_already_parsed: 500,
  body_incomplete: 400,
  body_timeout: 408,
  signature_missing: 401,
  signature_invalid: 401,
  timestamp_outside_tolerance: 401,
  event_malformed: 400,
  event_too_old: 400,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  event_in_progress: 409,
  handler_failed: 500,
  handler_timeout: 500,
  secret_unavailable: 500,
  receiver_failed: 500,
  inbox_unavailable: 500,
  idempotency_unavailable: 500,

  // Both sides
  event_invalid: 400,
  payload_too_large: 413,
  option_invalid: 500,
  secret_invalid: 400,
  driver_missing: 500,

  // Handling from an inbox
  lease_lost: 409,
  event_dead: 500,
  completion_too_early: 500,

  // Publishing
  event_type_unknown: 400,
  event_id_invalid: 400,
  event_id_conflict: 409,
  created_invalid: 400,
  attributes_invalid: 400,
  account_id_invalid: 400,
  transaction_unsupported: 400,

  event_not_found: 404,

  // Webhooks
  webhook_not_found: 404,
  webhook_limit_reached: 409,
  webhook_stale: 412,
  webhook_invalid: 400,
  pattern_invalid: 400,
  filter_invalid: 400,
  url_invalid: 400,
  address_refused: 400,
  cursor_invalid: 400,

  // Deliveries
  delivery_not_found: 404,
  delivery_pending: 409,
  webhook_inactive: 409,
  resend_too_late: 409,
  recovery_running: 409,
  recovery_not_found: 404,
  rate_limited: 429,
  idempotency_key_invalid: 400,
  idempotency_key_conflict: 409,
  idempotency_key_in_use: 409,

  // Management API
  unauthorized: 401,
  forbidden: 403,
  route_not_found: 404,
  body_malformed: 400,
  request_invalid: 400,
  api_failed: 500,

  // Client of the management API
  api_unreachable: 502,
  api_timeout: 504,
  api_answer_invalid: 502,

  // Delivering
  secret_key_missing: 500,
  secret_unreadable: 500,
  store_unavailable: 503,
  store_refused: 500,
  store_incompatible: 500,
} as const;

/** A stable name for what went wrong; documented in the table `ERRORS`. */
export type ErrorCode = keyof typeof STATUSES;

/** What a {@link WebhookError} may carry beside its message. */
export interface WebhookErrorDetails extends ErrorOptions {
  /** Path of the input at fault, as its user wrote it, such as `events[1]`. */
  readonly field?: string;
  /** Milliseconds after which the same call may succeed, where that is known. */
  readonly retryAfterMs?: number;
}

/** The only class this package throws. Branch on `code`, which is stable; `message` may change. */
export class WebhookError extends Error {
  override readonly name: string = "WebhookError";

  /** Path of the input at fault, where one input is. */
  readonly field: string | undefined;

  /** Milliseconds after which the same call may succeed, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message = `${code}; docs/errors.md tells what it means.`,
    details: WebhookErrorDetails = {},
  ) {
    super(message, details);
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** The HTTP status this error answers with. */
  get status(): number {
    return STATUSES[this.code];
  }

  /** Makes `instanceof` mean {@link WebhookError.is}, also for an error of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return WebhookError.is(value);
  }

  /** Whether something is an error of this package; holds across copies of it (ESM beside CommonJS). */
  static is(error: unknown): error is WebhookError {
    return (
      error instanceof Error &&
      error.name === "WebhookError" &&
      "code" in error &&
      Object.hasOwn(STATUSES, String(error.code))
    );
  }
}
