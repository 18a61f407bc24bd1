import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { createReceiver } from "@auraconnect/webhooks/receiver";

const receiver = createReceiver({ secret: process.env["WEBHOOK_SECRET"] ?? "" }).on("order.created", (event) => {
  console.log(event.type, event.data.object.order_number);
});

const app = new Hono();
const receive = fetchReceiver(receiver);
app.post("/webhooks/auraconnect", (context) => receive(context.req.raw));
app.post("/orders", async (context) => context.json({ parsed: await context.req.json<unknown>() }));

serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 4000) }, ({ port }) => {
  console.log("listening on", port);
});
