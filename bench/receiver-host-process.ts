/** One host, alone in its process: with a receiver, or the same app doing nothing. Tells its port by IPC. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expressReceiver } from "@auraconnect/webhooks/express";
import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver } from "@auraconnect/webhooks/receiver";

const [host = "", mode = ""] = process.argv.slice(2);
const receiver = createReceiver({ secret: "your-webhook-secret" }).on("order.created", () => undefined);
const receives = mode === "receiver";
const ANSWER = { received: true };

const HOSTS: Readonly<Record<string, () => Server | Promise<Server>>> = {
  node: () =>
    createServer(
      receives
        ? nodeReceiver(receiver)
        : (request, response) => {
            request.resume().on("end", () => {
              response.setHeader("Content-Type", "application/json").end(JSON.stringify(ANSWER));
            });
          },
    ).listen(0, "127.0.0.1"),
  express() {
    const app = express();
    if (receives) app.post("/", expressReceiver(receiver));
    else app.post("/", express.raw({ type: "*/*" }), (_request, response) => void response.json(ANSWER));
    return app.listen(0, "127.0.0.1");
  },
  async fastify() {
    const app = fastify();
    if (receives) await app.register(fastifyReceiver(receiver));
    else {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
        done(null, body);
      });
      app.post("/", () => Promise.resolve(ANSWER));
    }
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  hono() {
    const app = new Hono();
    const receive = fetchReceiver(receiver);
    if (receives) app.post("/", (context) => receive(context.req.raw));
    else {
      app.post("/", async (context) => {
        await context.req.arrayBuffer();
        return context.json(ANSWER);
      });
    }
    return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  },
};

const server = await HOSTS[host]?.();
if (server === undefined) throw new Error(`There is no host ${host}.`);
if (!server.listening) await once(server, "listening");
process.send?.((server.address() as AddressInfo).port);
process.once("disconnect", () => process.exit());
