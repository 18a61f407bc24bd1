/**
 * Every error code of this package: its HTTP status in the management API and in a receiver's answer, and what it
 * tells when the place that throws it has nothing more exact to say.
 */
export const ERRORS = {
  // Receiving
  body_already_parsed: {
    status: 500,
    says: "The body was parsed or read before it was verified; give the receiver the bytes as they were sent.",
  },
  body_incomplete: { status: 400, says: "The connection ended before the whole body had arrived." },
  body_timeout: { status: 408, says: "The body did not arrive within the time that the receiver gives it." },
  signature_missing: { status: 401, says: "The request carries no signature that the receiver requires." },
  signature_invalid: {
    status: 401,
    says: "The signature does not match the body under any of the receiver's secrets.",
  },
  timestamp_outside_tolerance: {
    status: 401,
    says: "The signed timestamp is too far from now; the request may be a replay.",
  },
  event_malformed: { status: 400, says: "The body is signed but is no webhook event, or a header contradicts it." },
  event_too_old: { status: 400, says: "The event was created longer ago than the receiver accepts." },
  method_not_allowed: { status: 405, says: "Webhooks are sent with POST." },
  unsupported_media_type: { status: 415, says: "Webhooks are sent as application/json." },
  event_in_progress: { status: 409, says: "The same event is being handled right now; try again later." },
  handler_failed: { status: 500, says: "A handler threw; the event is handled again when it is sent again." },
  handler_timeout: { status: 500, says: "The handlers did not finish in time." },
  secret_unavailable: { status: 500, says: "The function that looks up secrets threw; the event was not handled." },
  receiver_failed: { status: 500, says: "The receiver failed where it should not; the error's cause tells more." },
  inbox_unavailable: { status: 500, says: "The inbox did not answer; the event was not stored." },
  idempotency_unavailable: { status: 500, says: "The idempotency store did not answer; the event was not handled." },

  // Both sides
  event_invalid: { status: 400, says: "The payload breaks the schema of its event type." },
  payload_too_large: { status: 413, says: "The event is larger than 262,144 bytes." },
  option_invalid: {
    status: 500,
    says: "An option or argument has a value it cannot have, or a name that is not known.",
  },
  secret_invalid: {
    status: 400,
    says: "A secret has 16 to 512 bytes of UTF-8; one that begins with whsec_ goes on with base64.",
  },
  driver_missing: { status: 500, says: "The driver this adapter needs is not installed." },

  // Handling from an inbox
  lease_lost: { status: 409, says: "Another worker handles the event by now; roll your transaction back." },
  event_dead: { status: 500, says: "The event failed as often as it may; requeue it when what is broken was mended." },
  completion_too_early: { status: 500, says: "Only the last handler of an event can complete it in a transaction." },

  // Publishing
  event_type_unknown: { status: 400, says: "No event type has this name." },
  event_id_invalid: { status: 400, says: "An event id has 1 to 128 characters of A-Z a-z 0-9 _ : -." },
  event_id_conflict: { status: 409, says: "Another event was published under this id." },
  created_invalid: { status: 400, says: "`created` is an RFC 3339 instant." },
  attributes_invalid: { status: 400, says: "Routing attributes are strings, finite numbers, booleans or null." },
  account_id_invalid: {
    status: 400,
    says: "An account id is a string of 1 to 128 characters without control characters.",
  },
  transaction_unsupported: { status: 400, says: "This store cannot take part in a transaction of the caller's." },

  event_not_found: { status: 404, says: "The account has no event with this id." },

  // Webhooks
  webhook_not_found: { status: 404, says: "No webhook has this id." },
  webhook_limit_reached: { status: 409, says: "The account has as many webhooks as it may have." },
  webhook_stale: { status: 412, says: "The webhook was changed since it was read." },
  webhook_invalid: { status: 400, says: "A field of the webhook has a value it cannot have." },
  pattern_invalid: { status: 400, says: "A pattern is an exact event type, <group>.* or *." },
  filter_invalid: { status: 400, says: "A filter names a routing attribute and gives a scalar or a list of scalars." },
  url_invalid: { status: 400, says: "The URL cannot be a webhook's." },
  address_refused: { status: 400, says: "The address policy does not allow this address." },
  cursor_invalid: { status: 400, says: "The cursor was not made by this list." },

  // Deliveries
  delivery_not_found: { status: 404, says: "The event has no delivery to this webhook that could be sent again." },
  delivery_pending: {
    status: 409,
    says: "The delivery has not ended; it is on its way or waits for its next attempt.",
  },
  webhook_inactive: { status: 409, says: "The webhook is inactive; make it active first." },
  resend_too_late: { status: 409, says: "The event is older than 7 days and is not sent any more." },
  recovery_running: { status: 409, says: "A recovery of this webhook is under way." },
  recovery_not_found: { status: 404, says: "The webhook's last recovery does not have this id." },
  rate_limited: { status: 429, says: "The account has sent as many requests as it may for now." },
  idempotency_key_invalid: { status: 400, says: "An idempotency key has 1 to 255 printable ASCII characters." },
  idempotency_key_conflict: { status: 409, says: "The idempotency key was used for another request." },
  idempotency_key_in_use: { status: 409, says: "A request with this idempotency key is being handled right now." },

  // Management API
  unauthorized: { status: 401, says: "The request has no bearer token that opens an account." },
  forbidden: { status: 403, says: "The bearer token does not open this." },
  route_not_found: { status: 404, says: "The management API has nothing under this path." },
  body_malformed: { status: 400, says: "The body is no JSON." },
  request_invalid: { status: 400, says: "A field, a parameter or the body of the request cannot be as it is." },
  api_failed: { status: 500, says: "The management API failed where it should not; its log tells more." },

  // Client of the management API
  api_unreachable: { status: 502, says: "No answer came from the management API." },
  api_timeout: { status: 504, says: "The management API did not answer in time." },
  api_answer_invalid: { status: 502, says: "What answered is not the management API, or another version of it." },

  // Delivering
  secret_key_missing: { status: 500, says: "A durable store needs `secretKeys`, or `plaintextSecrets: true`." },
  secret_unreadable: { status: 500, says: "A stored secret cannot be opened with the keys given in `secretKeys`." },
  store_unavailable: { status: 503, says: "The store did not answer; the call may be tried again." },
  store_refused: { status: 500, says: "The store refused what it was given; the same call will be refused again." },
  store_incompatible: { status: 500, says: "The store was made by another version of this package." },
} as const satisfies Record<string, { status: number; says: string }>;

/** A stable name for what went wrong; one of the keys of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

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
    message: string = ERRORS[code].says,
    details: WebhookErrorDetails = {},
  ) {
    super(message, details);
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** The HTTP status this error answers with. */
  get status(): number {
    return ERRORS[this.code].status;
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
      Object.hasOwn(ERRORS, String(error.code))
    );
  }
}
