import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import { sqliteInbox } from "@auraconnect/webhooks/sqlite";

/** Acknowledges at once and handles in the background: see docs/inbox.md. */
const receiver = createReceiver({
  secret: process.env["WEBHOOK_SECRET"] ?? "",
  inbox: sqliteInbox({ path: process.env["INBOX"] ?? "inbox.db" }),
}).on("order.created", (event) => {
  console.log(event.type, event.data.object.order_number);
});

await receiver.start();
const server = createServer(nodeReceiver(receiver)).listen(Number(process.env["PORT"] ?? 4000), () => {
  console.log("listening on", (server.address() as AddressInfo).port);
});

process.once("SIGTERM", () => {
  server.close();
  void receiver.stop();
});
