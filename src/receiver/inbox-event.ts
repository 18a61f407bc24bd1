import type { NewInboxEvent } from "../ports/inbox.js";
import { parseEnvelope } from "../protocol/envelope.js";
import type { VerifiedEvent } from "./verified-event.js";
import type { SignatureProof } from "./verify-signature.js";

/** A byte order mark is a part of what was signed. The body is UTF-8, or it would have been no event. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A verified event as an inbox keeps it. */
export function toInboxEvent({ event, rawBody, proof }: VerifiedEvent): NewInboxEvent {
  return { id: event.id, type: event.type, body: decoder.decode(rawBody), context: JSON.stringify(proof) };
}

/**
 * What {@link toInboxEvent} was given.
 *
 * @throws {@link WebhookError} `event_malformed` where something else has written to the inbox.
 */
export function fromInboxEvent({ body, context }: NewInboxEvent): VerifiedEvent {
  const rawBody = Buffer.from(body);
  return { event: parseEnvelope(rawBody), rawBody, proof: JSON.parse(context) as SignatureProof };
}
