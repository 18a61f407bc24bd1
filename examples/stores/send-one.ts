import { auraconnectEvents, createSender, sampleEvent } from "@auraconnect/webhooks";
import type { SenderStore } from "@auraconnect/webhooks/sender";

/**
 * Registers a webhook at WEBHOOK_URL, publishes an order, and resolves when it is delivered and the sender has stopped: all
 * that differs between stores is how they are made.
 */
export async function sendOne(store: SenderStore): Promise<void> {
  const sender = createSender({
    store,
    secretKeys: [{ id: "2026-11", key: process.env["SECRET_KEY"] ?? "" }],
    // For an endpoint on this machine only: https is the default.
    addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  });
  await sender.start();
  await sender.webhooks.create({ url: process.env["WEBHOOK_URL"] ?? "", events: ["order.*"] });
  const delivered = new Promise<number | null>((resolve) => {
    sender.on("delivery.succeeded", ({ attempt }) => {
      resolve(attempt.responseCode);
    });
  });
  const { event } = await sender.publish("order.created", sampleEvent(auraconnectEvents, "order.created").data.object);
  console.log(`${event.type} was answered ${await delivered}`);
  await sender.stop();
}
