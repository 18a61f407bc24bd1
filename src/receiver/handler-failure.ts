import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";

/** The error of a handler that threw. */
export function handlerFailed(event: WebhookEvent, cause: unknown): WebhookError {
  const message = `A handler of ${quote(event.type)} threw on event ${quote(event.id)}, which will be handled again.`;
  return new WebhookError("handler_failed", message, { cause });
}

/** The error of handlers that did not end in time. */
export function handlersTooSlow(event: WebhookEvent, timeoutMs: number): WebhookError {
  return new WebhookError(
    "handler_timeout",
    `The handlers of ${quote(event.type)} did not finish event ${quote(event.id)} within ${timeoutMs} ms (handlerTimeoutMs). Give the receiver an inbox, or hand long work to a queue of yours.`,
  );
}
