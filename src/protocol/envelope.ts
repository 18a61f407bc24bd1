import { WebhookError } from "../errors.js";
import type { WebhookEvent } from "./event-catalog.js";
import { parseInstant } from "./instant.js";

/** What a publisher may choose as an event's id: 1 to 128 of these characters. */
export const EVENT_ID = /^[A-Za-z0-9_:-]{1,128}$/;

const MAX_ID_LENGTH = 128;
const MAX_TYPE_LENGTH = 256;

// Half a surrogate pair turns into U+FFFD in a store, where two ids would become one; control characters forge log lines.
const UNSAFE = /[\p{Cc}\p{Cs}]/u;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the envelope from a body whose signature was verified. The payload is any object: its schema is another matter.
 *
 * @throws {@link WebhookError} `event_malformed`, naming what is missing.
 */
export function parseEnvelope(body: Uint8Array): WebhookEvent {
  const envelope = parseJson(body);
  if (!isObject(envelope)) throw malformed("the body is not a JSON object");
  const { id, type, created, data } = envelope;
  if (!isText(id, MAX_ID_LENGTH))
    throw malformed("`id` is not a string of 1 to 128 characters without control characters");
  if (!isText(type, MAX_TYPE_LENGTH))
    throw malformed("`type` is not a string of 1 to 256 characters without control characters");
  if (parseInstant(created) === null) throw malformed("`created` is not an RFC 3339 instant");
  if (!isObject(data) || !isObject(data["object"])) throw malformed("`data.object` is not an object");
  return envelope as unknown as WebhookEvent;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw malformed("the body is not JSON in UTF-8", cause);
  }
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= maxLength && !UNSAFE.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(why: string, cause?: unknown): WebhookError {
  return new WebhookError("event_malformed", `The body is signed but is no webhook event: ${why}.`, { cause });
}
