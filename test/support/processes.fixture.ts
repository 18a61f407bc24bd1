import { postgresStore } from "@auraconnect/webhooks/postgres";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../src/ports/logger.js";
import { ACCOUNT, attempt } from "../../src/testing/store-conformance/scene.js";

/**
 * One of several processes on one store: publishes its share, then claims and settles whatever is due until everything
 * that was published by all is settled. Prints the ids of what it settled as decided, as JSON.
 */
const [kind = "", place = "", owner = "", share = "0", all = "0"] = process.argv.slice(2);
const CHUNK = 10;

/** By its name, and by the one thing that says where it is: a file, or a schema on the server of `DATABASE_URL`. */
const STORES: Readonly<Record<string, (place: string) => SenderStore>> = {
  sqlite: (path) => sqliteStore({ path }),
  postgres: (schema) => postgresStore({ connectionString: process.env["DATABASE_URL"] ?? "", schema }),
};

const open = STORES[kind];
if (open === undefined) throw new Error(`There is no store ${kind}.`);
const store = open(place);
await store.open({ logger: silentLogger });
await store.queue.join({ owner, leaseMs: 60_000 });
const [registry] = await store.webhooks.read([{ accountId: ACCOUNT, version: null }]);
if (registry === undefined) throw new Error("The test registers the webhooks before it starts us.");

let token = 0;
const decided: string[] = [];

async function publish(from: number): Promise<void> {
  const events = Array.from({ length: CHUNK }, (_, index) => {
    const id = `${owner}-${from + index}`;
    return {
      ...{ accountId: ACCOUNT, id, type: "order.created", createdAt: Date.now(), body: "{}" },
      ...{ attributes: null, unmatched: null, registryVersion: registry?.version ?? 0 },
      deliveries: (registry?.webhooks ?? []).map((webhook) => ({
        id: `${id}-${webhook.id}`,
        webhookId: webhook.id,
        leased: false,
      })),
    };
  });
  await store.queue.enqueue(events);
}

async function work(): Promise<void> {
  const lease = { owner, token: (token += 1) };
  const { deliveries } = await store.queue.claim({ lease, limit: 7, perWebhook: 7, capacity: new Map() });
  const results = await store.queue.settle(
    deliveries.map(({ id }) => ({ deliveryId: id, lease, attempt: attempt(1), next: { kind: "success" } })),
  );
  for (const [index, { id }] of deliveries.entries()) if (results[index] === "decided") decided.push(id);
}

for (let from = 0; from < Number(share); from += CHUNK) await Promise.all([publish(from), work()]);
for (let left = Infinity; left > 0;) {
  await work();
  const { deliveries } = await store.log.list({ accountId: ACCOUNT, status: "success", limit: Number(all) });
  left = Number(all) - deliveries.length;
}
await store.close();
process.stdout.write(JSON.stringify(decided));
