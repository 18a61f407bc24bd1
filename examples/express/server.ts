import type { AddressInfo } from "node:net";
import express from "express";
import { expressReceiver } from "@auraconnect/webhooks/express";
import { createReceiver } from "@auraconnect/webhooks/receiver";

const receiver = createReceiver({ secret: process.env["WEBHOOK_SECRET"] ?? "" }).on("order.created", (event) => {
  console.log(event.type, event.data.object.order_number);
});

const app = express();
app.post("/webhooks/auraconnect", expressReceiver(receiver));
app.use(express.json());
app.post("/orders", (request, response) => {
  response.json({ parsed: request.body as unknown });
});

const server = app.listen(Number(process.env["PORT"] ?? 4000), () => {
  console.log("listening on", (server.address() as AddressInfo).port);
});
