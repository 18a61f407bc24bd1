/**
 * A sender at a steady pace, alone in its process, which says after each of so many deliveries how much memory it has.
 * Started with `--expose-gc` and an IPC channel.
 */
import { setTimeout } from "node:timers/promises";
import { createSender } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { sampleOrder } from "./sample-order.js";

/** What it is told on its command line. */
export interface SteadyPlan {
  readonly url: string;
  /** A path for its database. */
  readonly path: string;
  readonly samples: number;
  readonly deliveriesPerSample: number;
  /** Events a second; null is as fast as they are delivered. */
  readonly perSecond: number | null;
}

/** What it tells after each sample. */
export interface MemorySample {
  readonly kind: "sample";
  readonly deliveries: number;
  /** Of the heap, after a garbage collection. */
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

/** Events on their way at most, where there is no pace. */
const ON_THEIR_WAY = 500;

const MEGABYTE = 1_048_576;
const LOOK_MS = 5;

const plan = JSON.parse(process.argv[2] ?? "") as SteadyPlan;
const sender = createSender({
  ...{ store: sqliteStore({ path: plan.path }), plaintextSecrets: true, rateLimit: false, concurrencyPerWebhook: 32 },
  addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
});
await sender.start();
await sender.webhooks.create({ url: plan.url, events: ["*"] });
let published = 0;
let delivered = 0;
sender.on("delivery.succeeded", () => {
  delivered += 1;
});
process.once("disconnect", () => process.exit());

const startedAt = performance.now();
for (let sample = 1; sample <= plan.samples; sample += 1) {
  const end = sample * plan.deliveriesPerSample;
  while (published < end) await publishNext();
  while (delivered < end) await setTimeout(LOOK_MS);
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const memory = { heapMegabytes: heapUsed / MEGABYTE, residentMegabytes: rss / MEGABYTE };
  process.send?.({ kind: "sample", deliveries: delivered, ...memory } satisfies MemorySample);
}
await sender.stop();
process.exit();

async function publishNext(): Promise<void> {
  const { perSecond } = plan;
  const waitMs = perSecond === null ? 0 : startedAt + (published * 1_000) / perSecond - performance.now();
  if (waitMs > 0) await setTimeout(waitMs);
  published += 1;
  const accepted = sender.publish("order.created", sampleOrder(published));
  if (perSecond === null || published % ON_THEIR_WAY === 0) await accepted;
  while (published - delivered > ON_THEIR_WAY) await setTimeout(LOOK_MS);
}
