import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import { tooLarge } from "./request-body.js";
import { AMBIGUOUS, quoteHeader, type HeaderReader } from "./request-headers.js";

const JSON_TYPE = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Refuses what can be refused before the body is read.
 *
 * @throws {@link WebhookError} `method_not_allowed`, `unsupported_media_type`, `payload_too_large`.
 */
export function acceptRequest(method: string, read: HeaderReader, maxBodyBytes: number): void {
  if (method !== "POST")
    throw new WebhookError(
      "method_not_allowed",
      `Webhooks are sent with POST; this request is a ${quote(method, "")}.`,
    );
  const type = read("Content-Type");
  if (type !== null && type !== "" && (type === AMBIGUOUS || !JSON_TYPE.test(type))) {
    throw new WebhookError(
      "unsupported_media_type",
      `Webhooks are sent as application/json; this request says ${quoteHeader(type)}.`,
      { field: "Content-Type" },
    );
  }
  const length = read("Content-Length");
  if (typeof length === "string" && /^\d+$/.test(length) && Number(length) > maxBodyBytes) {
    throw tooLarge(maxBodyBytes, Number(length));
  }
}
