import fastify5, { type FastifyInstance } from "fastify";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import fastify4Itself from "fastify4";
import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { secret, testHost } from "./host-cases.js";
import { sendOver } from "./http-client.js";

const fastify4 = fastify4Itself as unknown as typeof fastify5;

async function listen(app: FastifyInstance) {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const close = async () => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { port, close, send: (request: Parameters<typeof sendOver>[1], path = "/") => sendOver(port, request, path) };
}

for (const [name, fastify] of [
  ["Fastify 5", fastify5],
  ["Fastify 4", fastify4],
] as const) {
  testHost({
    name,
    owns: ["sockets", "connections"],
    async open(receiver) {
      const app = fastify();
      await app.register(fastifyReceiver(receiver));
      return listen(app);
    },
  });

  describe(`fastifyReceiver in ${name}`, () => {
    const signed = () => signedRequest({ type: "order.created", secret });

    async function open(prepare: (app: FastifyInstance) => unknown = () => undefined) {
      const handler = vi.fn();
      const app = fastify();
      await prepare(app);
      await app.register(fastifyReceiver(createReceiver({ secret }).on("*", handler)), {
        prefix: "/webhooks/auraconnect",
      });
      app.post("/orders", (request) => Promise.resolve({ parsed: request.body }));
      const opened = await listen(app);
      onTestFinished(opened.close);
      return { ...opened, handler };
    }

    test("answers under the prefix it is registered with, with and without a slash at the end", async () => {
      const { send, handler } = await open();
      expect((await send(signed(), "/webhooks/auraconnect")).status).toBe(200);
      expect((await send(signed(), "/webhooks/auraconnect/")).status).toBe(200);
      expect((await send(signed(), "/webhooks")).status).toBe(404);
      expect(handler).toHaveBeenCalledTimes(2);
    });

    test("leaves the routes beside it their parsed bodies", async () => {
      const { send } = await open();
      const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"id":1}' };
      expect((await send(json, "/orders")).body).toBe('{"parsed":{"id":1}}');
      const form = { ...json, headers: { "Content-Type": "application/x-www-form-urlencoded" } };
      expect((await send(form, "/orders")).status).toBe(415);
    });

    test("takes the bytes also where the whole application has a parser of its own for JSON", async () => {
      const parser = vi.fn();
      const { send } = await open((app) => {
        app.removeAllContentTypeParsers();
        app.addContentTypeParser("application/json", { parseAs: "string" }, parser);
      });
      expect((await send(signed(), "/webhooks/auraconnect")).status).toBe(200);
      expect(parser).not.toHaveBeenCalled();
    });

    test("runs the hooks of the application around it", async () => {
      const hooks: string[] = [];
      const { send } = await open((app) => {
        app.addHook("preHandler", () => Promise.resolve(void hooks.push("before")));
        app.addHook("onResponse", () => Promise.resolve(void hooks.push("after")));
      });
      await send(signed(), "/webhooks/auraconnect");
      await vi.waitFor(() => {
        expect(hooks).toEqual(["before", "after"]);
      });
    });

    test("gives the error handler the mend at once when a hook has read the stream", async () => {
      const errors: unknown[] = [];
      const { send, handler } = await open((app) => {
        app.addHook("preHandler", async (request) => {
          await request.raw.toArray();
        });
        app.setErrorHandler((error, _request, reply) => {
          errors.push(error);
          return reply.code(500).send();
        });
      });
      expect((await send(signed(), "/webhooks/auraconnect")).status).toBe(500);
      expect(errors[0]).toMatchObject({ code: "body_already_parsed" });
      expect((errors[0] as Error).message).toContain("Register fastifyReceiver where no hook reads");
      expect(handler).not.toHaveBeenCalled();
    });

    test("takes a body larger than the application's own limit", async () => {
      const handler = vi.fn();
      const app = fastify({ bodyLimit: 10 });
      await app.register(fastifyReceiver(createReceiver({ secret }).on("*", handler)));
      const { send, close } = await listen(app);
      onTestFinished(close);
      expect((await send(signed())).status).toBe(200);
    });
  });
}
