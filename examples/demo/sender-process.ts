/**
 * A sender in a process of its own, so that it can be killed. `publish` has it publish some events first; either way it
 * delivers what is due until its parent lets go of it.
 */
import { auraconnectEvents, sampleEvent } from "@auraconnect/webhooks";
import { createDemoSender } from "./demo-sender.js";

const [task, databasePath = "", count = "0"] = process.argv.slice(2);
const sender = createDemoSender({ databasePath, secretKey: process.env["DEMO_SECRET_KEY"] ?? "" });
await sender.start();
process.once("disconnect", () => void sender.stop());

if (task === "publish") {
  const { object } = sampleEvent(auraconnectEvents, "order.created").data;
  const events = Array.from({ length: Number(count) }, (_, index) => ({
    type: "order.created" as const,
    object,
    id: `evt_kept_${index + 1}`,
  }));
  const published = await sender.publishMany(events);
  process.send?.(published.map(({ event }) => event.id));
}
