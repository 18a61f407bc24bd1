import type { IncomingMessage } from "node:http";
import { nodeHeader, type ManagementApi } from "../management/create-management-api.js";
import { bodyDeadline } from "./body-deadline.js";
import { readBody } from "./read-body.js";
import { targetBehind } from "./target.js";

/** What the API needs of Fastify's request and reply. */
export interface FastifyManagementRequest {
  readonly raw: IncomingMessage;
}

export interface FastifyManagementReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** What the API needs of the scope that Fastify gives a plugin. */
export interface FastifyManagementScope {
  readonly prefix: string;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  all(
    path: string,
    handler: (request: FastifyManagementRequest, reply: FastifyManagementReply) => Promise<unknown>,
  ): unknown;
}

/** Fits as a plugin into Fastify 4 and 5. */
export type FastifyManagementPlugin = (scope: FastifyManagementScope) => Promise<void>;

const MEND =
  "Register fastifyManagement where no hook reads the request's stream before it; parsers of other scopes do no harm.";

/**
 * Mounts the management API in Fastify, as a plugin under the prefix that it is registered with:
 *
 * ```ts
 * app.register(fastifyManagement(api), { prefix: "/api/v1/webhooks" });
 * ```
 *
 * Reads bodies in a scope of its own: routes outside of it get theirs parsed as before.
 */
export function fastifyManagement(api: ManagementApi): FastifyManagementPlugin {
  return (scope) => {
    scope.removeAllContentTypeParsers();
    // Leaves the stream as it is: it is read below, where its size is bounded.
    scope.addContentTypeParser("*", (_request, _payload, done) => {
      done(null);
    });
    const handle = async (request: FastifyManagementRequest, reply: FastifyManagementReply): Promise<unknown> => {
      const { raw } = request;
      const { status, headers, body } = await api.handle({
        method: raw.method ?? "",
        ...targetBehind(raw.url ?? "", scope.prefix),
        header: nodeHeader(raw.headers),
        body: (maxBytes) => readBody(raw, maxBytes, bodyDeadline(), MEND),
        raw: request,
      });
      reply.code(status);
      reply.headers({ ...headers, ...(raw.complete || raw.httpVersionMajor >= 2 ? {} : { Connection: "close" }) });
      return reply.send(body);
    };
    scope.all("/", handle);
    scope.all("/*", handle);
    return Promise.resolve();
  };
}
