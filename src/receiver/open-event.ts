import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import { parseEnvelope } from "../protocol/envelope.js";
import { findDefinition, type WebhookEvent } from "../protocol/event-catalog.js";
import { EVENT_HEADER, EVENT_ID_HEADER, STANDARD_ID_HEADER } from "../protocol/headers.js";
import { checkPayload } from "../protocol/payload.js";
import type { ReceiverSettings } from "./settings.js";
import { quoteHeader, type HeaderReader } from "./request-headers.js";

/**
 * Reads the event from a body whose signature holds. The event is the parsed JSON itself: what its schema does not
 * name is kept.
 *
 * @throws {@link WebhookError} `event_malformed`, `event_too_old`, `event_invalid`.
 */
export function openEvent(
  read: HeaderReader,
  body: Uint8Array,
  settings: ReceiverSettings,
): WebhookEvent | Promise<WebhookEvent> {
  const event = parseEnvelope(body);
  agree(read, EVENT_HEADER, "type", event.type);
  agree(read, EVENT_ID_HEADER, "id", event.id);
  agree(read, STANDARD_ID_HEADER, "id", event.id);
  checkAge(event, settings);
  const invalid = schemaError(event, settings);
  return invalid === null ? event : judged(invalid, event, settings);
}

/** An absent header is no error; one that says something else than the signed body is. */
function agree(read: HeaderReader, header: string, field: string, signed: string): void {
  const claimed = read(header);
  if (claimed === null || claimed === signed) return;
  throw new WebhookError(
    "event_malformed",
    `${header} contradicts the signed body: it says ${quoteHeader(claimed)}, the body's \`${field}\` is ${quote(signed)}.`,
    { field: header },
  );
}

function checkAge(event: WebhookEvent, { clock, maxEventAgeMs, toleranceMs }: ReceiverSettings): void {
  if (maxEventAgeMs === false) return;
  const ageMs = clock.now() - Date.parse(event.created);
  if (ageMs <= maxEventAgeMs && ageMs >= -toleranceMs) return;
  throw new WebhookError(
    "event_too_old",
    `The event was created ${ageMs} ms ago; the receiver accepts ${-toleranceMs} to ${maxEventAgeMs} (maxEventAgeMs).`,
    { field: "created" },
  );
}

/** What is wrong with the payload of a known type, unless whatever it is gets accepted. */
function schemaError(event: WebhookEvent, { events, onInvalid }: ReceiverSettings): WebhookError | null {
  const definition = findDefinition(events, event.type);
  if (definition === null || onInvalid === "accept") return null;
  try {
    checkPayload(event.type, definition, event.data.object);
    return null;
  } catch (error) {
    if (WebhookError.is(error)) return error;
    throw error;
  }
}

async function judged(
  invalid: WebhookError,
  event: WebhookEvent,
  { onInvalid }: ReceiverSettings,
): Promise<WebhookEvent> {
  if (typeof onInvalid === "function" && (await onInvalid(invalid, event)) === "accept") return event;
  throw invalid;
}
