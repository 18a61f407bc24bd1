import { WebhookError } from "../errors.js";

/**
 * The error of a host whose request no longer has the bytes that were sent.
 *
 * @param what What was found, as the beginning of a sentence.
 * @param mend What the user of this host does about it, as a sentence.
 */
export function alreadyRead(what: string, mend: string): WebhookError {
  return new WebhookError("body_already_parsed", `${what}, but a signature covers the bytes that were sent. ${mend}`, {
    field: "body",
  });
}
