import { setTimeout } from "node:timers/promises";
import { createSender } from "@auraconnect/webhooks/sender";
import { startEndpoint } from "../support/endpoint.js";
import { openShared, type SharedStore } from "./shared-store.js";
import { Worker } from "./worker.js";
import type { WorkerOrders } from "./worker-process.js";

/** What two workers on one store go through. */
export interface OrdealPlan {
  readonly shared: SharedStore;
  /** How often one of them is killed in the middle of its work. */
  readonly kills: number;
  /** What happens to the store meanwhile: spread evenly among the kills, and none of it may change anything. */
  readonly outages: readonly (() => Promise<void>)[];
}

/** What came of it. */
export interface OrdealResult {
  /** Events of which a publisher was told that they are accepted. */
  readonly accepted: number;
  /** Of those, how many never arrived somewhere. */
  readonly lost: number;
  /** Requests that were answered 200 although the same event had been answered so before at the same endpoint. */
  readonly duplicates: number;
  /** How many there may be: what the killed had in flight or unwritten. */
  readonly duplicatesAllowed: number;
  /** Deliveries that are not ended when all has arrived and everybody has stopped. */
  readonly pending: number;
}

const WEBHOOKS = 3;
const CONCURRENCY = 8;
/** Outcomes that a worker may have unwritten, as a multiple of its concurrency, and those in flight. */
const UNRECORDED = CONCURRENCY * 8 + CONCURRENCY;
/** One request in so many is answered 503 first. */
const FAILS_EVERY = 20;
/** How long a request is in flight. */
const ANSWER_MS = 10;
/** A worker is killed when it has had this many events accepted. */
const WARM = 50;
const LEASE_MS = 1_000;
const DEADLINE_MS = 60_000;

const LIMITS = { burst: 4, everyMs: 20, concurrency: CONCURRENCY, leaseMs: LEASE_MS, attemptTimeoutMs: 2_000 };

/**
 * Two processes publish and deliver; one of them is killed over and over, each time while requests of it are being
 * answered. Everybody goes on in between.
 */
export async function ordeal({ shared, kills, outages }: OrdealPlan): Promise<OrdealResult> {
  const delivered = new Map<string, number>();
  let requests = 0;
  const endpoint = await startEndpoint(async ({ path, headers }) => {
    requests += 1;
    if (requests % FAILS_EVERY === 0) return 503;
    await setTimeout(ANSWER_MS);
    const key = `${path} ${String(headers["x-auraconnect-event-id"])}`;
    delivered.set(key, (delivered.get(key) ?? 0) + 1);
    return 200;
  });
  const { store, close } = openShared(shared);
  const observer = createSender({
    ...{ store, plaintextSecrets: true },
    addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  });
  const paths = Array.from({ length: WEBHOOKS }, (_, index) => `/hook-${index}`);
  for (const path of paths) await observer.webhooks.create({ url: new URL(path, endpoint.url).href, events: ["*"] });

  const accepted: string[] = [];
  const start = async (): Promise<Worker> => {
    const orders: WorkerOrders = { shared, ...LIMITS };
    const worker = new Worker(orders, (eventId) => accepted.push(eventId));
    await worker.started();
    return worker;
  };
  const steady = await start();
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const victim = await start();
      const outage = outages[kill - (kills - outages.length)];
      await until("the worker is in the middle of its work", () => victim.accepted >= WARM);
      if (outage !== undefined) await outage();
      await victim.kill();
    }
    steady.publishNoMore();
    const missing = (): number =>
      accepted.reduce((sum, id) => sum + paths.filter((path) => !delivered.has(`${path} ${id}`)).length, 0);
    await until("all that was accepted has arrived", () => missing() === 0).catch(() => undefined);
    const pendingRows = async (): Promise<number> =>
      (await observer.deliveries.list({ status: "pending", limit: 200 })).logs.length;
    await until("nothing is pending", async () => (await pendingRows()) === 0).catch(() => undefined);
    await steady.stop();
    return {
      accepted: accepted.length,
      lost: missing(),
      duplicates: [...delivered.values()].reduce((sum, times) => sum + times - 1, 0),
      duplicatesAllowed: kills * UNRECORDED,
      pending: await pendingRows(),
    };
  } finally {
    await steady.kill();
    await observer.stop();
    await close();
    await endpoint.close();
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`Waited ${DEADLINE_MS / 1_000} s in vain until ${what}.`);
    await setTimeout(5);
  }
}
