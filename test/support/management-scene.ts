import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import { onTestFinished } from "vitest";
import { createManagementApi, type ManagementApi } from "@auraconnect/webhooks/management";
import { expressManagement } from "@auraconnect/webhooks/express";
import { fastifyManagement } from "@auraconnect/webhooks/fastify";
import { fetchManagement } from "@auraconnect/webhooks/fetch";
import { nodeManagement } from "@auraconnect/webhooks/node";
import type { Sender } from "@auraconnect/webhooks/sender";

const require = createRequire(import.meta.url);
const express4 = require("express4") as typeof express;
const fastify4 = require("fastify4") as typeof fastify;

export const PREFIX = "/api/v1/webhooks";

/** Tokens and whose calls they make. */
export const TOKENS = new Map([
  ["token-of-one", "account-1"],
  ["token-of-two", "account-2"],
]);

/** An API for the accounts of {@link TOKENS}. */
export function managementApi(sender: Sender): ManagementApi {
  return createManagementApi({
    sender,
    authenticate(token) {
      const accountId = TOKENS.get(token);
      return accountId === undefined ? null : { accountId };
    },
  });
}

/** A way to mount the API, by its name; `serve` answers the origin. */
export interface ManagementHost {
  readonly name: string;
  readonly serve: (api: ManagementApi) => Promise<string>;
}

const hosted = (
  name: string,
  listener: (api: ManagementApi) => Parameters<typeof createServer>[1],
): ManagementHost => ({
  name,
  serve: (api) => listen(createServer(listener(api) as never)),
});

/** Every host, with and without body parsers of its own above the API. */
export const managementHosts: readonly ManagementHost[] = [
  hosted("Express 5", (api) => express().use(PREFIX, expressManagement(api))),
  hosted("Express 5 below express.json()", (api) => express().use(express.json()).use(PREFIX, expressManagement(api))),
  hosted("Express 5 below every parser", (api) =>
    express()
      .use(express.json(), express.urlencoded(), express.text({ type: "text/*" }))
      .use(PREFIX, expressManagement(api)),
  ),
  hosted("Express 5 below express.raw()", (api) =>
    express()
      .use(express.raw({ type: () => true }))
      .use(PREFIX, expressManagement(api)),
  ),
  hosted("Express 4", (api) => express4().use(PREFIX, expressManagement(api))),
  hosted("Express 4 below express.json()", (api) =>
    express4().use(express4.json()).use(PREFIX, expressManagement(api)),
  ),
  onFastify("Fastify 5", fastify),
  onFastify("Fastify 4", fastify4),
  hosted("node:http", (api) => nodeManagement(api)),
  {
    name: "fetch",
    serve(api) {
      const handle = fetchManagement(api);
      return listen(
        createServer((request, response) => {
          void (async () => {
            const body = Buffer.concat((await request.toArray()) as Uint8Array[]);
            const hasBody = request.method !== "GET" && request.method !== "HEAD";
            const answer = await handle(
              new Request(`http://localhost${request.url ?? ""}`, {
                method: request.method ?? "",
                headers: Object.entries(request.headers).map(
                  ([name, value]) => [name, String(value)] as [string, string],
                ),
                ...(hasBody ? { body } : {}),
              }),
            );
            response.writeHead(answer.status, Object.fromEntries(answer.headers));
            response.end(Buffer.from(await answer.arrayBuffer()));
          })();
        }),
      );
    },
  },
];

function onFastify(name: string, make: typeof fastify): ManagementHost {
  return {
    name,
    async serve(api) {
      const app = make();
      await app.register(fastifyManagement(api), { prefix: PREFIX });
      onTestFinished(() => app.close());
      return app.listen({ port: 0, host: "127.0.0.1" });
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
