import type { IncomingMessage } from "node:http";
import type { RequestReceiver } from "../receiver/receiver.js";
import { readBody } from "./read-body.js";
import { closesAfter } from "./send-reply.js";

/** What the receiver needs of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

/** What the receiver needs of Fastify's reply. */
export interface FastifyReplyLike {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** What the receiver needs of the scope that Fastify gives a plugin. */
export interface FastifyScope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>): unknown;
}

/** Fits as a plugin into Fastify 4 and 5. */
export type FastifyReceiverPlugin = (scope: FastifyScope) => Promise<void>;

const MEND =
  "Register fastifyReceiver where no hook reads or decodes the request's stream before it; parsers of other scopes do no harm.";

/**
 * Receives webhooks in Fastify, as a plugin under the prefix that it is registered with:
 *
 * ```ts
 * app.register(fastifyReceiver(receiver), { prefix: "/webhooks/auraconnect" });
 * ```
 *
 * Reads the raw body in a scope of its own: routes outside of it get theirs parsed as before, and hooks of outer scopes
 * run for it too.
 *
 * @throws {@link WebhookError} `body_already_parsed`, at once and to Fastify's error handler, when the bytes are gone.
 */
export function fastifyReceiver(receiver: RequestReceiver): FastifyReceiverPlugin {
  return (scope) => {
    scope.removeAllContentTypeParsers();
    // Leaves the stream as it is: it is read below, where size and time are bounded.
    scope.addContentTypeParser("*", (_request, _payload, done) => {
      done(null);
    });
    scope.all("/", async ({ raw }, reply) => {
      const { status, headers, body } = await receiver.receive({
        method: raw.method ?? "",
        header: raw.headers,
        body: (maxBytes, signal) => readBody(raw, maxBytes, signal, MEND),
      });
      reply.code(status);
      reply.headers({ ...headers, ...closesAfter(raw) });
      return reply.send(body);
    });
    return Promise.resolve();
  };
}
