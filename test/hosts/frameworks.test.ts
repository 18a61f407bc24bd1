import "reflect-metadata";
import { once } from "node:events";
import { Logger, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { expressReceiver } from "@auraconnect/webhooks/express";
import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { createReceiver, type RequestReceiver } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { secret, testHost } from "./host-cases.js";
import { sendOver } from "./http-client.js";

testHost({
  name: "Hono on Node",
  owns: ["sockets"],
  async open(receiver) {
    const app = new Hono();
    const receive = fetchReceiver(receiver);
    app.all("/", (context) => receive(context.req.raw));
    const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      server.close();
      await once(server, "close");
    };
    return { port, close, send: (request) => sendOver(port, request) };
  },
});

// A decorator by hand: the compiler is set for the standard ones, and Nest's are of the older kind.
class AppModule {
  readonly name = "an application of nothing but webhooks";
}
Module({})(AppModule);
Logger.overrideLogger(false);

async function nest(receiver: RequestReceiver) {
  const app = await NestFactory.create(AppModule);
  app.use("/webhooks", expressReceiver(receiver));
  await app.listen(0, "127.0.0.1");
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const close = async () => {
    (app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
    await app.close();
  };
  return { port, close, send: (request: Parameters<typeof sendOver>[1]) => sendOver(port, request, "/webhooks") };
}

testHost({ name: "NestJS on Express", owns: ["sockets"], open: nest });

test("NestJS still parses the bodies of its own routes", async () => {
  const { port, close } = await nest(createReceiver({ secret }));
  onTestFinished(close);
  const broken = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{" };
  expect((await sendOver(port, broken, "/orders")).status).toBe(400);
  expect((await sendOver(port, signedRequest({ type: "order.created", secret }), "/webhooks")).status).toBe(200);
});
