import type { IncomingMessage, ServerResponse } from "node:http";
import { plainError } from "../error-table.js";
import { nodeHeader, type ManagementApi } from "../management/create-management-api.js";
import { problemReply } from "../management/problem.js";
import { bodyDeadline } from "./body-deadline.js";
import { readBody } from "./read-body.js";
import { sendReply } from "./send-reply.js";
import { normalPrefix, targetUnder } from "./target.js";

/** Where the API is mounted. */
export interface ManagementMount {
  /** What its paths begin with. Defaults to `/api/v1/webhooks`. */
  readonly prefix?: string | undefined;
}

const MEND = "Give the request to nodeManagement before anything else reads it.";

/**
 * Serves the management API on `node:http`: a request listener. What is not under the prefix is answered with 404.
 *
 * ```ts
 * createServer(nodeManagement(api, { prefix: "/api/v1/webhooks" })).listen(3000);
 * ```
 */
export function nodeManagement(
  api: ManagementApi,
  mount: ManagementMount = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const prefix = normalPrefix(mount.prefix);
  return (request, response) => {
    const target = targetUnder(request.url ?? "", prefix);
    const reply =
      target === null
        ? Promise.resolve(problemReply(plainError("route_not_found")))
        : api.handle({
            method: request.method ?? "",
            target,
            prefix,
            header: nodeHeader(request.headers),
            body: (maxBytes) => readBody(request, maxBytes, bodyDeadline(), MEND),
            raw: request,
          });
    void reply
      .then((answer) => {
        sendReply(response, answer);
      })
      .catch(() => {
        response.destroy();
      });
  };
}
