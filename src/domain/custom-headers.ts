import { WebhookError } from "../errors.js";
import { isPlainObject } from "./filters.js";
import { fieldStep, quote } from "./quote.js";

/** Headers a webhook may add. */
export const MAX_CUSTOM_HEADERS = 20;

const MAX_VALUE_LENGTH = 1_024;
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/** What this package, HTTP or the connection decides; a webhook's own headers may not say it again. */
const RESERVED =
  /^(?:x-auraconnect-.*|webhook-.*|proxy-.*|content-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|date|user-agent|accept-encoding|traceparent|tracestate)$/i;

/**
 * Checks the headers that a webhook adds to its requests.
 *
 * @throws {@link WebhookError} `webhook_invalid`, naming the header; the message never repeats a value, which may be a
 *   credential.
 */
export function validateCustomHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (headers === undefined || headers === null) return {};
  if (!isPlainObject(headers)) throw refused("headers", "`headers` is an object of names and values.");
  const entries = Object.entries(headers);
  if (entries.length > MAX_CUSTOM_HEADERS) {
    throw refused("headers", `A webhook adds at most ${MAX_CUSTOM_HEADERS} headers; these are ${entries.length}.`);
  }
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const field = `headers${fieldStep(name)}`;
    if (!NAME.test(name)) throw refused(field, `${quote(name)} cannot name a header.`);
    if (RESERVED.test(name)) throw refused(field, `${quote(name)} is set by the sender or by HTTP; use another name.`);
    if (seen.has(name.toLowerCase())) throw refused(field, `${quote(name)} stands twice.`);
    if (typeof value !== "string" || value.length > MAX_VALUE_LENGTH || !VALUE.test(value)) {
      throw refused(
        field,
        `The value of ${quote(name)} is not at most ${MAX_VALUE_LENGTH} printable ASCII characters.`,
      );
    }
    seen.add(name.toLowerCase());
  }
  return Object.freeze({ ...headers }) as Readonly<Record<string, string>>;
}

function refused(field: string, message: string): WebhookError {
  return new WebhookError("webhook_invalid", message, { field });
}
