import type { IncomingMessage } from "node:http";
import { nodeHeader, type ManagementApi } from "../management/create-management-api.js";
import { WebhookError } from "../errors.js";
import { problemReply } from "../management/problem.js";
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
  setErrorHandler(
    handler: (error: unknown, request: FastifyManagementRequest, reply: FastifyManagementReply) => unknown,
  ): unknown;
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
    // Answers what Fastify refuses before it looks for a parser; whatever else fails here goes on to the host's handler.
    scope.setErrorHandler((error, _request, reply) => {
      const refusal = contentTypeRefusal(error);
      if (refusal === null) throw error;
      const { status, headers, body } = problemReply(refusal);
      reply.code(status);
      reply.headers({ ...headers });
      return reply.send(body);
    });
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

/** What Fastify refuses a `Content-Type` with that is none, as an error of ours; null for any other error. */
function contentTypeRefusal(error: unknown): WebhookError | null {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  if (code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE") return null;
  return new WebhookError("unsupported_media_type", "`Content-Type` is application/json, or left out.", {
    field: "Content-Type",
  });
}
