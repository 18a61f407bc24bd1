import { runInNewContext } from "node:vm";
import express5, { type RequestHandler } from "express";
import { describe, expect, test, vi } from "vitest";
import { expressReceiver, keepRawBody } from "@auraconnect/webhooks/express";
import { createReceiver, type RequestReceiver } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { secret, testHost } from "./host-cases.js";
import { listen, sendOver } from "./http-client.js";

// @ts-expect-error Express 4 is installed under another name, which has no types of its own.
import express4Untyped from "express4";

const express4 = express4Untyped as typeof express5;

/** An application that runs `before` on every request, and what its error handler was given. */
async function open(express: typeof express5, receiver: RequestReceiver, ...before: RequestHandler[]) {
  const errors: unknown[] = [];
  const app = express();
  for (const handler of before) app.use(handler);
  app.all("/", expressReceiver(receiver));
  const onError: express5.ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error);
    response.status(500).end();
  };
  app.use(onError);
  const { port, close } = await listen(app);
  return { port, close, errors, send: (request: Parameters<typeof sendOver>[1]) => sendOver(port, request) };
}

for (const [name, express] of [
  ["Express 5", express5],
  ["Express 4", express4],
] as const) {
  testHost({ name, owns: ["sockets", "connections"], open: (receiver) => open(express, receiver) });

  testHost({
    name: `${name} below express.raw()`,
    owns: ["sockets"],
    open: (receiver) => open(express, receiver, express.raw({ type: "*/*", limit: "256kb" })),
  });

  testHost({
    name: `${name} below express.json({ verify: keepRawBody })`,
    owns: ["sockets"],
    open: (receiver) => open(express, receiver, express.json({ verify: keepRawBody, strict: false })),
  });

  describe(`expressReceiver in ${name}`, () => {
    const handler = vi.fn();
    const receiver = () => createReceiver({ secret }).on("*", handler.mockClear());
    const signed = () => signedRequest({ type: "order.created", secret });

    test.each<[string, RequestHandler]>([
      ["express.json()", express.json()],
      ["express.text()", express.text({ type: "*/*" })],
      [
        "somebody who read the stream",
        (request, _response, next) =>
          void request.toArray().then(() => {
            next();
          }),
      ],
      [
        "somebody who listens to the stream",
        (request, _response, next) => {
          request.on("data", () => undefined);
          next();
        },
      ],
      [
        "somebody who decoded the stream",
        (request, _response, next) => {
          request.setEncoding("utf8");
          next();
        },
      ],
    ])("gives the error handler the mend at once below %s", async (_, before) => {
      const { send, errors, close } = await open(express, receiver(), before);
      const answer = await send(signed());
      await close();
      expect(answer.status).toBe(500);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ code: "body_already_parsed", status: 500 });
      expect((errors[0] as Error).message).toContain("Mount expressReceiver above the body parser");
      expect(handler).not.toHaveBeenCalled();
    });

    test("reads the stream itself below parsers that do not feel responsible", async () => {
      const { send, close } = await open(express, receiver(), express.urlencoded({ extended: true }), express.text());
      expect((await send(signed())).status).toBe(200);
      await close();
    });

    test("takes the rawBody that a platform keeps beside the parsed body", async () => {
      const platform: RequestHandler = (request, _response, next) => {
        void request.toArray().then((chunks) => {
          const rawBody = Buffer.concat(chunks as Buffer[]);
          Object.assign(request, { rawBody, body: JSON.parse(rawBody.toString()) as unknown });
          next();
        });
      };
      const { send, close } = await open(express, receiver(), platform);
      expect((await send(signed())).status).toBe(200);
      await close();
    });

    test("takes a rawBody that was made in another realm, as test runners have them", async () => {
      const { headers, body } = signed();
      const realm = runInNewContext("(text) => new Uint8Array(text.map((character) => character.charCodeAt(0)))") as (
        text: readonly string[],
      ) => Uint8Array;
      const platform: RequestHandler = (request, _response, next) => {
        Object.assign(request, { rawBody: realm(Array.from(body)), body: {} });
        next();
      };
      const { send, close } = await open(express, receiver(), express.json(), platform);
      expect((await send({ method: "POST", headers, body })).status).toBe(200);
      await close();
    });

    test("does not wait for a stream that a platform has replaced by a parsed body", async () => {
      const platform: RequestHandler = (request, _response, next) => {
        request.body = { id: "evt_1" };
        next();
      };
      const { send, errors, close } = await open(express, receiver(), platform);
      expect((await send(signed())).status).toBe(500);
      expect(errors[0]).toMatchObject({ code: "body_already_parsed" });
      await close();
    });

    test("answers a type it does not take before it looks at what became of the body", async () => {
      const { send, close } = await open(express, receiver(), express.json());
      expect((await send({ method: "GET", headers: {}, body: "" })).status).toBe(405);
      await close();
    });
  });
}
