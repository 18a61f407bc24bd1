import { setTimeout } from "node:timers/promises";
import { createSender, type DeliveryLogRow } from "@auraconnect/webhooks/sender";
import { startEndpoint, type Answer } from "../support/endpoint.js";
import { until } from "../support/until.js";
import { openShared, type SharedStore } from "./shared-store.js";
import { Worker } from "./worker.js";

/** What became of deliveries whose worker was suspended while it held them. */
export interface SuspensionResult {
  /** The log when another worker had delivered them all, the suspended one still being suspended. */
  readonly taken: readonly DeliveryLogRow[];
  /** The log after the suspended worker went on, recorded what it had, and stopped. */
  readonly afterwards: readonly DeliveryLogRow[];
  /** Attempts that were recorded of each delivery in the end. */
  readonly attempts: readonly number[];
}

const IN_FLIGHT = 8;
const LEASE_MS = 1_000;

/**
 * One worker is suspended while its requests are in flight, for longer than its life; another takes its deliveries over
 * and ends them; then the first goes on, and is told by its endpoint that it failed.
 */
export async function suspension(shared: SharedStore): Promise<SuspensionResult> {
  const held: ((answer: Answer) => void)[] = [];
  let takenOver = false;
  const endpoint = await startEndpoint(() => (takenOver ? 200 : new Promise((answer) => held.push(answer))));
  const { store, close } = openShared(shared);
  const successor = createSender({
    ...{ store, plaintextSecrets: true, leaseMs: LEASE_MS, concurrencyPerWebhook: IN_FLIGHT },
    addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  });
  await successor.webhooks.create({ url: endpoint.url, events: ["*"] });
  const worker = new Worker(
    {
      ...{ shared, burst: IN_FLIGHT, everyMs: 20, concurrency: IN_FLIGHT },
      ...{ leaseMs: LEASE_MS, attemptTimeoutMs: 60_000 },
    },
    () => undefined,
  );
  const rows = async (): Promise<readonly DeliveryLogRow[]> => (await successor.deliveries.list({ limit: 200 })).logs;
  try {
    await until("its requests are in flight", () => held.length >= IN_FLIGHT);
    worker.publishNoMore();
    // What it publishes last is on its way when it hears that it is enough.
    await setTimeout(100);
    worker.suspend();
    takenOver = true;
    await successor.start();
    await until("another worker has ended all of them", async () =>
      (await rows()).every(({ status }) => status === "success"),
    );
    const taken = await rows();
    worker.continue();
    for (const answer of held) answer(500);
    await worker.stop();
    const afterwards = await rows();
    const attempts = await Promise.all(
      afterwards.map(async ({ deliveryId }) => (await store.log.attempts(deliveryId)).length),
    );
    return { taken, afterwards, attempts };
  } finally {
    worker.continue();
    await worker.kill();
    await successor.stop();
    await close();
    await endpoint.close();
  }
}
