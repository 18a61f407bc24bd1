import type { FastifyInstance as Fastify5 } from "fastify";
import type { FastifyInstance as Fastify4 } from "fastify4";
import { expectTypeOf, test } from "vitest";
import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
import type { RequestReceiver } from "@auraconnect/webhooks/receiver";

test("fastifyReceiver makes a plugin by the types of Fastify 4 and 5", () => {
  const register4 = (app: Fastify4, receiver: RequestReceiver) =>
    app.register(fastifyReceiver(receiver), { prefix: "/webhooks" });
  const register5 = (app: Fastify5, receiver: RequestReceiver) =>
    app.register(fastifyReceiver(receiver), { prefix: "/webhooks" });
  expectTypeOf(register4).returns.not.toBeAny();
  expectTypeOf(register5).returns.not.toBeAny();
});
