import { plainError } from "../error-table.js";
import type { ManagementApi } from "../management/create-management-api.js";
import { problemReply } from "../management/problem.js";
import { bodyDeadline } from "./body-deadline.js";
import { readStream } from "./fetch.js";
import type { ManagementMount } from "./node-management.js";
import { normalPrefix, targetUnder } from "./target.js";

/**
 * Serves the management API where requests are `Request`s: Hono, Next.js, Bun, Deno, Workers with `nodejs_compat`. What
 * is not under the prefix is answered with 404.
 *
 * ```ts
 * app.all("/api/v1/webhooks/*", (context) => fetchManagement(api)(context.req.raw));
 * ```
 */
export function fetchManagement(
  api: ManagementApi,
  mount: ManagementMount = {},
): (request: Request) => Promise<Response> {
  const prefix = normalPrefix(mount.prefix);
  return async (request) => {
    const target = targetUnder(request.url, prefix);
    const { status, headers, body } =
      target === null
        ? problemReply(plainError("route_not_found"))
        : await api.handle({
            method: request.method,
            target,
            prefix,
            header: (name) => request.headers.get(name),
            body: (maxBytes) => readStream(request, maxBytes, bodyDeadline()),
            raw: request,
          });
    // A status without a body may not have even an empty one.
    return new Response(status === 204 || request.method === "HEAD" ? null : body, { status, headers });
  };
}
