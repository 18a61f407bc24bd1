import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestReceiver } from "../receiver/receiver.js";
import { failed } from "../receiver/reply.js";
import { asWebhookError } from "../receiver/report.js";
import { readBody } from "./read-body.js";
import { sendReply } from "./send-reply.js";

const MEND = "Give the request to nodeReceiver before anything else reads it.";

/**
 * Receives webhooks in `node:http`: a request listener.
 *
 * Never throws. A body that was read before is answered with 500 at once, and told to the receiver's `logger` and
 * `onError` as `body_already_parsed`.
 */
export function nodeReceiver(receiver: RequestReceiver): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    receiver
      .receive({
        method: request.method ?? "",
        header: request.headers,
        body: (maxBytes, signal) => readBody(request, maxBytes, signal, MEND),
      })
      .catch((error: unknown) => failed(asWebhookError(error).code))
      .then((reply) => {
        sendReply(response, reply);
      })
      .catch(() => {
        response.destroy();
      });
  };
}
