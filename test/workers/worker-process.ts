/**
 * A process that publishes and delivers until it is told to stop, killed or suspended by its parent. Each event that
 * `publish` accepted is a line on its standard output, written before anything else happens.
 */
import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { auraconnectEvents, sampleEvent } from "../../src/doors/index.js";
import { createSender } from "../../src/doors/sender.js";
import { openShared, type SharedStore } from "./shared-store.js";

/** What the parent tells it. */
export interface WorkerOrders {
  readonly shared: SharedStore;
  /** Events that it publishes at a time, and how many milliseconds after each other. */
  readonly burst: number;
  readonly everyMs: number;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly attemptTimeoutMs: number;
}

const { shared, burst, everyMs, ...limits } = JSON.parse(process.argv[2] ?? "") as WorkerOrders;
const { store, close } = openShared(shared);
const sender = createSender({
  ...{ store, ...limits, concurrencyPerWebhook: limits.concurrency, plaintextSecrets: true, rateLimit: false },
  addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  retrySchedule: [100, 100, 100, 100, 100, 100, 100],
});
const heard = new Set<unknown>();
process.on("message", (order) => heard.add(order));
process.once("disconnect", () => process.exit());

sender.on("error", () => undefined);
await untilDone(() => sender.start());
process.send?.("started");
const { object } = sampleEvent(auraconnectEvents, "order.created").data;
while (!heard.has("stop")) {
  if (!heard.has("publish no more")) await Promise.all(Array.from({ length: burst }, publishOne));
  await setTimeout(everyMs);
}
await untilDone(() => sender.stop());
await close();
process.send?.("stopped");
process.disconnect();

/** An event is accepted when `publish` says so; while the store is away nobody is told that anything is. */
async function publishOne(): Promise<void> {
  try {
    const { event } = await sender.publish("order.created", object);
    writeSync(1, `${event.id}\n`);
  } catch {
    // Nothing was accepted.
  }
}

/** Begins and ends however long the store is away. */
async function untilDone(run: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await run();
      return;
    } catch {
      await setTimeout(everyMs);
    }
  }
}
