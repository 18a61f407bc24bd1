import type pg from "pg";
import { describe, expect, test } from "vitest";
import { postgresInbox } from "@auraconnect/webhooks/postgres";
import type { ClaimedInboxEvent, Inbox } from "@auraconnect/webhooks/receiver";
import { postgresUrl, testPool, testSchema } from "./database.js";

const LEASE_MS = 15_000;
const DAY_MS = 86_400_000;

/** An inbox of the present test's own, the pool that it is on, and an event of it that is held. */
async function setUp() {
  const schema = testSchema("inbox");
  const pool = testPool();
  const inbox = postgresInbox({ pool, schema });
  await inbox.put({ id: "evt", type: "order.created", body: "{}", context: "{}" });
  const [held] = await take(inbox);
  if (held === undefined) throw new Error("The event should be due.");
  return { schema, pool, inbox, held };
}

const take = async (inbox: Inbox): Promise<readonly ClaimedInboxEvent[]> =>
  (await inbox.claim({ limit: 10, leaseMs: LEASE_MS })).events;

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work(client);
    await client.query("commit");
  } finally {
    client.release();
  }
}

describe.skipIf(postgresUrl === null)("postgresInbox", () => {
  test("renews beside a transaction that has completed the event and is not committed yet", async () => {
    const { pool, inbox, held } = await setUp();
    await inbox.put({ id: "other", type: "order.created", body: "{}", context: "{}" });
    const [other] = await take(inbox);
    await inTransaction(pool, async (client) => {
      await inbox.completeIn(client, { ...held, retentionMs: DAY_MS });
      // Would wait for the commit, which comes after it.
      const kept = await inbox.renew({ holds: [held, other!], leaseMs: LEASE_MS });
      expect([...kept].sort()).toEqual([held.token, other!.token].sort());
    });
    expect(await inbox.settle({ ...held, kind: "done", retentionMs: DAY_MS })).toBe(true);
  });

  test("leaves the transaction usable when the event is somebody else's", async () => {
    const { pool, schema, inbox, held } = await setUp();
    await inTransaction(pool, async (client) => {
      await client.query(`create table ${schema}.mine (id int)`);
      const stale = inbox.completeIn(client, { ...held, token: "stale", retentionMs: DAY_MS });
      await expect(stale).rejects.toMatchObject({ code: "lease_lost" });
      await client.query(`insert into ${schema}.mine values (1)`);
    });
    expect((await pool.query(`select id from ${schema}.mine`)).rows).toEqual([{ id: 1 }]);
    expect((await inbox.list()).events).toMatchObject([{ id: "evt", state: "pending" }]);
  });

  test("completes in nothing that cannot be rolled back", async () => {
    const { pool, inbox, held } = await setUp();
    const completion = { ...held, retentionMs: DAY_MS };
    const client = await pool.connect();
    for (const connection of [pool, client]) {
      await expect(inbox.completeIn(connection, completion)).rejects.toMatchObject({
        code: "option_invalid",
        field: "transaction",
        message: expect.stringContaining("an open transaction; begin one first") as string,
      });
    }
    client.release();
    expect((await inbox.list()).events).toMatchObject([{ state: "pending" }]);
  });

  test("gives each of many events to one of many claimers", async () => {
    const { schema, pool, inbox } = await setUp();
    const ids = Array.from({ length: 200 }, (_, index) => `evt-${index}`);
    await Promise.all(ids.map((id) => inbox.put({ id, type: "order.created", body: "{}", context: "{}" })));
    const claimers = Array.from({ length: 8 }, () => postgresInbox({ pool, schema }));
    const taken: string[] = [];
    const drain = async (claimer: Inbox): Promise<void> => {
      for (;;) {
        const { events, nextDueInMs } = await claimer.claim({ limit: 7, leaseMs: LEASE_MS });
        taken.push(...events.map(({ id }) => id));
        if (nextDueInMs !== 0) return;
      }
    };
    await Promise.all(claimers.map(drain));
    expect(taken.sort()).toEqual(ids.sort());
  });

  test("forgets in time what was handled, beside what comes in", async () => {
    let now = Date.now();
    const pool = testPool();
    const inbox = postgresInbox({ pool, schema: testSchema("inbox"), now: () => now });
    const put = (id: string) => inbox.put({ id, type: "order.created", body: "{}", context: "{}" });
    await put("old");
    const [old] = await take(inbox);
    await inbox.settle({ ...old!, kind: "done", retentionMs: 1_000 });
    now += 1_000;
    for (let index = 0; index < 60; index += 1) await put(`new-${index}`);
    expect((await inbox.list({ limit: 1 })).events).toMatchObject([{ id: "new-0" }]);
  });

  test("opens a pool of its own for a connection string, and ends it", async () => {
    const { schema } = await setUp();
    const inbox = postgresInbox({ connectionString: postgresUrl ?? "", schema, migrate: false });
    expect((await inbox.list()).events).toHaveLength(1);
    await inbox.close();
    expect((await inbox.list()).events).toHaveLength(1);
    await inbox.close();
  });

  test("says at once what it cannot be opened with, and at the first call that tables are missing", async () => {
    expect(() => postgresInbox({} as never)).toThrow("PostgreSQL is given either `pool`");
    const inbox = postgresInbox({ pool: testPool(), schema: testSchema(), migrate: false });
    await expect(inbox.list()).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("The inbox's tables") as string,
    });
  });
});
