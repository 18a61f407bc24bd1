import { STATUSES, WebhookError, type ErrorCode, type WebhookErrorDetails } from "./errors.js";

/** What each code tells when the place that throws it has nothing more exact to say. */
const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  // Receiving
  body_already_parsed:
    "The body was parsed or read before it was verified; give the receiver the bytes as they were sent.",
  body_incomplete: "The connection ended before the whole body had arrived.",
  body_timeout: "The body did not arrive within the time that the receiver gives it.",
  signature_missing: "The request carries no signature that the receiver requires.",
  signature_invalid: "The signature does not match the body under any of the receiver's secrets.",
  timestamp_outside_tolerance: "The signed timestamp is too far from now; the request may be a replay.",
  event_malformed: "The body is signed but is no webhook event, or a header contradicts it.",
  event_too_old: "The event was created longer ago than the receiver accepts.",
  method_not_allowed: "Webhooks are sent with POST.",
  unsupported_media_type: "Webhooks are sent as application/json.",
  event_in_progress: "The same event is being handled right now; try again later.",
  handler_failed: "A handler threw; the event is handled again when it is sent again.",
  handler_timeout: "The handlers did not finish in time.",
  secret_unavailable: "The function that looks up secrets threw; the event was not handled.",
  receiver_failed: "The receiver failed where it should not; the error's cause tells more.",
  inbox_unavailable: "The inbox did not answer; the event was not stored.",
  idempotency_unavailable: "The idempotency store did not answer; the event was not handled.",

  // Both sides
  event_invalid: "The payload breaks the schema of its event type.",
  payload_too_large: "The event is larger than 262,144 bytes.",
  option_invalid: "An option or argument has a value it cannot have, or a name that is not known.",
  secret_invalid: "A secret has 16 to 512 bytes of UTF-8; one that begins with whsec_ goes on with base64.",
  driver_missing: "The driver this adapter needs is not installed.",

  // Handling from an inbox
  lease_lost: "Another worker handles the event by now; roll your transaction back.",
  event_dead: "The event failed as often as it may; requeue it when what is broken was mended.",
  completion_too_early: "Only the last handler of an event can complete it in a transaction.",

  // Publishing
  event_type_unknown: "No event type has this name.",
  event_id_invalid: "An event id has 1 to 128 characters of A-Z a-z 0-9 _ : -.",
  event_id_conflict: "Another event was published under this id.",
  created_invalid: "`created` is an RFC 3339 instant.",
  attributes_invalid: "Routing attributes are strings, finite numbers, booleans or null.",
  account_id_invalid: "An account id is a string of 1 to 128 characters without control characters.",
  transaction_unsupported: "This store cannot take part in a transaction of the caller's.",

  event_not_found: "The account has no event with this id.",

  // Webhooks
  webhook_not_found: "No webhook has this id.",
  webhook_limit_reached: "The account has as many webhooks as it may have.",
  webhook_stale: "The webhook was changed since it was read.",
  webhook_invalid: "A field of the webhook has a value it cannot have.",
  pattern_invalid: "A pattern is an exact event type, <group>.* or *.",
  filter_invalid: "A filter names a routing attribute and gives a scalar or a list of scalars.",
  url_invalid: "The URL cannot be a webhook's.",
  address_refused: "The address policy does not allow this address.",
  cursor_invalid: "The cursor was not made by this list.",

  // Deliveries
  delivery_not_found: "The event has no delivery to this webhook that could be sent again.",
  delivery_pending: "The delivery has not ended; it is on its way or waits for its next attempt.",
  webhook_inactive: "The webhook is inactive; make it active first.",
  resend_too_late: "The event is older than 7 days and is not sent any more.",
  recovery_running: "A recovery of this webhook is under way.",
  recovery_not_found: "The webhook's last recovery does not have this id.",
  rate_limited: "The account has sent as many requests as it may for now.",
  idempotency_key_invalid: "An idempotency key has 1 to 255 printable ASCII characters.",
  idempotency_key_conflict: "The idempotency key was used for another request.",
  idempotency_key_in_use: "A request with this idempotency key is being handled right now.",

  // Management API
  unauthorized: "The request has no bearer token that opens an account.",
  forbidden: "The bearer token does not open this.",
  route_not_found: "The management API has nothing under this path.",
  body_malformed: "The body is no JSON.",
  request_invalid: "A field, a parameter or the body of the request cannot be as it is.",
  api_failed: "The management API failed where it should not; its log tells more.",

  // Client of the management API
  api_unreachable: "No answer came from the management API.",
  api_timeout: "The management API did not answer in time.",
  api_answer_invalid: "What answered is not the management API, or another version of it.",

  // Delivering
  secret_key_missing: "A durable store needs `secretKeys`, or `plaintextSecrets: true`.",
  secret_unreadable: "A stored secret cannot be opened with the keys given in `secretKeys`.",
  store_unavailable: "The store did not answer; the call may be tried again.",
  store_refused: "The store refused what it was given; the same call will be refused again.",
  store_incompatible: "The store was made by another version of this package.",
};

/** What is known of an error code. */
export interface ErrorEntry {
  /** The HTTP status in the management API, and in a receiver's answer. */
  readonly status: number;
  readonly says: string;
}

/** Every error code of this package. */
export const ERRORS = /* @__PURE__ */ tabulate();

function tabulate(): Readonly<Record<ErrorCode, ErrorEntry>> {
  const entries = Object.entries(SENTENCES).map(([code, says]) => [
    code,
    { status: STATUSES[code as ErrorCode], says },
  ]);
  return Object.freeze(Object.fromEntries(entries) as Record<ErrorCode, ErrorEntry>);
}

/** The error that says what the table says. */
export function plainError(code: ErrorCode, details?: WebhookErrorDetails): WebhookError {
  return new WebhookError(code, SENTENCES[code], details);
}
