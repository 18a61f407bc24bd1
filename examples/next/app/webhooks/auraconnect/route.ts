import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { createReceiver } from "@auraconnect/webhooks/receiver";

const receiver = createReceiver({ secret: process.env["WEBHOOK_SECRET"] ?? "" }).on("order.created", (event) => {
  console.log(event.type, event.data.object.order_number);
});

export const POST = fetchReceiver(receiver);
