/**
 * What each durable store keeps of an event that was delivered, log and indexes included.
 *
 *     npm run bench:space
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { redisStore } from "@auraconnect/webhooks/redis";
import { createSender, type SenderStore, type Transport } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { startPrivateRedis } from "../test/services/private-redis.js";
import { sampleOrder } from "./sample-order.js";
import { markdownTable, plainTable } from "./table.js";

const DELIVERIES = 10_000;
const BATCH = 250;
const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

/** An empty store, what is in it in bytes, and how to be rid of it. */
interface MeasuredStore {
  readonly store: SenderStore;
  readonly bytes: () => Promise<number>;
  readonly remove: () => Promise<void>;
}

const STORES: Readonly<Record<string, () => Promise<MeasuredStore>>> = {
  SQLite: () => {
    const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
    const sizes = (): readonly number[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".db"))
        .map((name) => statSync(join(folder, name)).size);
    return Promise.resolve({
      store: sqliteStore({ path: join(folder, "webhooks.db") }),
      bytes: () => Promise.resolve(sizes().reduce((sum, size) => sum + size, 0)),
      remove: () => {
        rmSync(folder, { recursive: true, force: true });
        return Promise.resolve();
      },
    });
  },
  PostgreSQL: () => {
    const schema = `space_${process.pid}`;
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    return Promise.resolve({
      store: postgresStore({ pool, schema }),
      bytes: async () => {
        const { rows } = await pool.query<{ readonly bytes: string | null }>(
          `select sum(pg_total_relation_size(oid)) as bytes from pg_class
           where relnamespace = to_regnamespace($1) and relkind = 'r'`,
          [schema],
        );
        return Number(rows[0]?.bytes ?? 0);
      },
      remove: async () => {
        await pool.query(`drop schema if exists ${schema} cascade`);
        await pool.end();
      },
    });
  },
  Redis: async () => {
    const server = await startPrivateRedis();
    const client = new Redis(server.url);
    return {
      store: redisStore({ client }),
      bytes: async () => Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]),
      remove: async () => {
        client.disconnect();
        await server.stop();
      },
    };
  },
};

/** Takes every event at once: what is measured is the store. */
const accepting: Transport = {
  send: () => Promise.resolve({ kind: "response", status: 200, headers: {}, body: "", durationMs: 1 }),
  close: () => Promise.resolve(),
};

/** Bytes that the store has grown by for each delivery. The sender is stopped first, so that nothing is on its way. */
async function bytesEach(open: () => Promise<MeasuredStore>, webhooks: number, batch: number): Promise<number> {
  const { store, bytes, remove } = await open();
  try {
    const options = { store, plaintextSecrets: true, rateLimit: false, transport: accepting } as const;
    const preparation = createSender(options);
    for (let number = 0; number < webhooks; number += 1) {
      await preparation.webhooks.create({ url: "https://example.com/", events: ["*"] });
    }
    await preparation.stop();
    const before = await bytes();

    const sender = createSender(options);
    await sender.start();
    let succeeded = 0;
    const done = new Promise<void>((resolve) => {
      sender.on("delivery.succeeded", () => {
        succeeded += 1;
        if (succeeded === DELIVERIES) resolve();
      });
    });
    const events = DELIVERIES / webhooks;
    for (let published = 0; published < events; published += batch) {
      const orders = Array.from({ length: Math.min(batch, events - published) }, (_, index) => {
        return { type: "order.created", object: sampleOrder(published + index + 1) } as const;
      });
      await sender.publishMany(orders);
    }
    await done;
    await sender.stop();
    return ((await bytes()) - before) / DELIVERIES;
  } finally {
    await remove();
  }
}

const SITUATIONS = [
  { name: "one by one, to one webhook", webhooks: 1, batch: 1 },
  { name: `${BATCH} at a time, to one webhook`, webhooks: 1, batch: BATCH },
  { name: "one by one, to ten webhooks", webhooks: 10, batch: 1 },
] as const;

const columns = ["published", ...Object.keys(STORES)];
const payloadBytes = Buffer.byteLength(JSON.stringify(sampleOrder(1)));
const rows: string[][] = [];
for (const { name, webhooks, batch } of SITUATIONS) {
  const cells: string[] = [];
  for (const open of Object.values(STORES)) {
    cells.push(Math.round(await bytesEach(open, webhooks, batch)).toLocaleString("en"));
  }
  rows.push([name, ...cells]);
}
console.log(
  `Bytes a delivery, of ${DELIVERIES.toLocaleString("en")}, each event with a payload of ${payloadBytes}\n\n${plainTable(columns, rows)}\n`,
);
console.log(markdownTable(columns, rows));
