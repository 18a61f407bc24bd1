import fastify from "fastify";
import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
import { createReceiver } from "@auraconnect/webhooks/receiver";

const receiver = createReceiver({ secret: process.env["WEBHOOK_SECRET"] ?? "" }).on("order.created", (event) => {
  console.log(event.type, event.data.object.order_number);
});

const app = fastify();
await app.register(fastifyReceiver(receiver), { prefix: "/webhooks/auraconnect" });
app.post("/orders", (request) => Promise.resolve({ parsed: request.body }));

const address = await app.listen({ port: Number(process.env["PORT"] ?? 4000) });
console.log("listening on", new URL(address).port);
