import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from "kysely";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { PostgresQueryable } from "@auraconnect/webhooks/postgres";
import type { Scene } from "../../../src/testing/store-conformance/scene.js";
import { testPool, testSchema } from "./database.js";
import { openScene } from "./open-store.js";

/** A transaction of the host's, as its library has it. */
interface HostTransaction {
  /** What is given to the store. */
  readonly transaction: PostgresQueryable;
  /** A statement of the host's own in it. */
  readonly run: (statement: string) => Promise<unknown>;
}

/** Begins a transaction, does the work in it, commits; rolls back and throws where the work throws. */
type InTransaction = (pool: pg.Pool, work: (host: HostTransaction) => Promise<void>) => Promise<void>;

async function withClient(
  pool: pg.Pool,
  work: (host: HostTransaction) => Promise<void>,
  shape: (client: pg.PoolClient) => PostgresQueryable = (client) => client,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work({ transaction: shape(client), run: (statement) => client.query(statement) });
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

type DrizzleTransaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

function ofDrizzle(transaction: DrizzleTransaction): PostgresQueryable {
  return {
    query: (text, values = []) =>
      transaction.execute(
        sql.join(
          text
            .split(/\$(\d+)/)
            .map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1]))),
        ),
      ),
  };
}

function ofKysely(transaction: Transaction<unknown>): PostgresQueryable {
  return { query: (text, values = []) => transaction.executeQuery(CompiledQuery.raw(text, values)) };
}

const LIBRARIES: readonly { readonly library: string; readonly inTransaction: InTransaction }[] = [
  { library: "pg", inTransaction: (pool, work) => withClient(pool, work) },
  {
    library: "Drizzle",
    inTransaction: (pool, work) =>
      drizzle(pool).transaction((transaction) =>
        work({
          transaction: ofDrizzle(transaction),
          run: (statement) => transaction.execute(sql.raw(statement)),
        }),
      ),
  },
  {
    library: "Kysely",
    inTransaction: (pool, work) =>
      new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }).transaction().execute((transaction) =>
        work({
          transaction: ofKysely(transaction),
          run: (statement) => transaction.executeQuery(CompiledQuery.raw(statement)),
        }),
      ),
  },
  {
    // How $queryRawUnsafe of Prisma answers: values apart, and the rows themselves.
    library: "the shape of Prisma",
    inTransaction: (pool, work) =>
      withClient(pool, work, (client) => {
        const queryRawUnsafe = async (text: string, ...values: unknown[]): Promise<unknown[]> =>
          (await client.query<object>(text, values)).rows;
        return { query: (text, values = []) => queryRawUnsafe(text, ...values) };
      }),
  },
];

/** An event that no store can take: two deliveries of one id. */
function poison(scene: Scene) {
  const event = scene.event("poison", ["a", "a"]);
  return { ...event, deliveries: event.deliveries.map((delivery) => ({ ...delivery, id: "the same" })) };
}

async function claimed(scene: Scene): Promise<string[]> {
  return (await scene.claim("worker")).deliveries.map(({ eventId }) => eventId);
}

describe.skipIf(inject("postgresUrl") === null).each(LIBRARIES)(
  "enqueue in a transaction of $library",
  ({ inTransaction }) => {
    test("exists, and is due, exactly when that commits", async () => {
      const pool = testPool();
      const scene = await openScene({ pool, schema: testSchema() });
      await inTransaction(pool, async ({ transaction }) => {
        const event = scene.event("committed", ["a"], { leased: true });
        const lease = scene.lease("worker");
        expect(await scene.store.queue.enqueue([event], { lease, transaction })).toEqual([{ kind: "stored" }]);
        expect(await scene.row(event.deliveries[0]?.id ?? "")).toBeUndefined();
        expect(await claimed(scene)).toEqual([]);
      });
      expect(await claimed(scene)).toEqual(["committed"]);

      const rolledBack = inTransaction(pool, async ({ transaction }) => {
        await scene.store.queue.enqueue([scene.event("undone", ["a"])], { transaction });
        throw new Error("The host changed its mind.");
      });
      await expect(rolledBack).rejects.toThrow("changed its mind");
      expect(await claimed(scene)).toEqual([]);
      expect(await scene.enqueueOne(scene.event("undone", ["a"]))).toEqual({ kind: "stored" });
    });

    test("knows an id that is taken, and another version of the registry", async () => {
      const pool = testPool();
      const scene = await openScene({ pool, schema: testSchema() });
      await scene.publish("taken", ["a"]);
      await inTransaction(pool, async ({ transaction }) => {
        const events = [scene.event("taken", ["a"]), { ...scene.event("stale", ["a"]), registryVersion: 99 }];
        const results = await scene.store.queue.enqueue([...events, scene.event("fresh", ["a"])], { transaction });
        expect(results.map(({ kind }) => kind)).toEqual(["known", "registry_changed", "stored"]);
      });
      expect(await claimed(scene)).toEqual(["taken", "fresh"]);
    });

    test("is undone alone when it fails, and the transaction goes on", async () => {
      const pool = testPool();
      const schema = testSchema();
      const scene = await openScene({ pool, schema });
      await pool.query(`create table ${schema}.orders (id integer)`);
      await inTransaction(pool, async ({ transaction, run }) => {
        await run(`insert into ${schema}.orders values (1)`);
        const failure = scene.store.queue.enqueue([poison(scene)], { transaction });
        await expect(failure).rejects.toMatchObject({ code: "store_refused" });
        await scene.store.queue.enqueue([scene.event("after", ["a"])], { transaction });
        await run(`insert into ${schema}.orders values (2)`);
      });
      expect((await pool.query(`select id from ${schema}.orders order by id`)).rows).toEqual([{ id: 1 }, { id: 2 }]);
      expect(await claimed(scene)).toEqual(["after"]);
    });
  },
);

describe.skipIf(inject("postgresUrl") === null)("enqueue in a transaction", () => {
  let pglite: PGlite;
  beforeAll(async () => {
    pglite = await PGlite.create();
  }, 60_000);
  afterAll(() => pglite.close());

  test("of PGlite exists exactly when that commits", async () => {
    const pool = pglite;
    const scene = await openScene({ pool });
    await pool.transaction(async (transaction) => {
      await scene.store.queue.enqueue([scene.event("committed", ["a"])], { transaction });
    });
    await pool.transaction(async (transaction) => {
      await scene.store.queue.enqueue([scene.event("undone", ["a"])], { transaction });
      await transaction.rollback();
    });
    expect(await claimed(scene)).toEqual(["committed"]);
  });

  test("several at once take turns, and one that fails undoes none of the others", async () => {
    const pool = testPool();
    const scene = await openScene({ pool, schema: testSchema() });
    await withClient(pool, async ({ transaction }) => {
      const { queue } = scene.store;
      const results = await Promise.allSettled([
        queue.enqueue([scene.event("one", ["a"])], { transaction }),
        queue.enqueue([poison(scene)], { transaction }),
        queue.enqueue([scene.event("two", ["a"])], { transaction }),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    });
    expect(await claimed(scene)).toEqual(["one", "two"]);
  });

  test("makes nobody else wait: neither publishers for the same webhook nor claims", async () => {
    const pool = testPool({ options: "-c lock_timeout=2s" });
    const scene = await openScene({ pool, schema: testSchema() });
    await withClient(pool, async ({ transaction: first }) => {
      await scene.store.queue.enqueue([scene.event("first", ["a"])], { transaction: first });
      await withClient(pool, async ({ transaction: second }) => {
        await scene.store.queue.enqueue([scene.event("second", ["a"])], { transaction: second });
        await scene.publish("third", ["a"]);
        expect(await claimed(scene)).toEqual(["third"]);
      });
      expect(await claimed(scene)).toEqual(["second"]);
    });
    expect(await claimed(scene)).toEqual(["first"]);
  });

  test("keeps the webhooks as they were matched until it ends", async () => {
    const pool = testPool();
    const scene = await openScene({ pool, schema: testSchema() });
    let removed: boolean | undefined;
    let removal: Promise<unknown> | undefined;
    await withClient(pool, async ({ transaction, run }) => {
      await scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction });
      removal = scene.store.webhooks
        .remove({ accountId: "account-1", webhookId: "a" })
        .then((answer) => (removed = answer));
      await run("select pg_sleep(0.1)");
      expect(removed).toBeUndefined();
    });
    await removal;
    expect(removed).toBe(true);
    expect(await claimed(scene)).toEqual(["evt"]);
  });

  test("refuses what is no open transaction on the store's database", async () => {
    const pool = testPool();
    const scene = await openScene({ pool, schema: testSchema() });
    const aborted = await pool.connect();
    await aborted.query("begin");
    await aborted.query("select 1 / 0").catch(() => undefined);
    const refused: readonly (readonly [transaction: unknown, message: string])[] = [
      [{}, "query(text, values)"],
      ["begin", "query(text, values)"],
      [null, "query(text, values)"],
      [pool, "begin one first"],
      [aborted, "failed before"],
    ];
    for (const [transaction, message] of refused) {
      const published = scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction });
      await expect(published).rejects.toMatchObject({
        ...{ code: "option_invalid", field: "transaction" },
        message: expect.stringContaining(message) as string,
      });
    }
    await aborted.query("rollback");
    aborted.release();
    await pglite.transaction(async (transaction) => {
      const published = scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction });
      await expect(published).rejects.toMatchObject({
        code: "option_invalid",
        message: expect.stringContaining("no webhook tables") as string,
      });
    });
  });
});
