import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { settlement } from "../../../src/testing/store-conformance/scene.js";
import { eventually } from "../../services/eventually.js";
import { postgresUrl, testPool, testSchema } from "./database.js";
import { openScene, openStore } from "./open-store.js";

/** Counts what a store hears. */
function heardBy(store: Awaited<ReturnType<typeof openStore>>) {
  const heard = { count: 0, stop: () => undefined as unknown };
  heard.stop = store.listen?.(() => (heard.count += 1)) ?? heard.stop;
  return heard;
}

/** Ends the connections that listen for a schema's pool, as an administrator would. */
async function cutListeners(pool: pg.Pool, name: string): Promise<number> {
  const { rowCount } = await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and query like 'listen %'",
    [name],
  );
  return rowCount ?? 0;
}

describe.skipIf(inject("postgresUrl") === null)("a store that listens", () => {
  test("hears what another made due, and not what was leased or is its own", async () => {
    const schema = testSchema();
    const pool = testPool();
    const publisher = await openScene({ pool, schema });
    const listening = await openStore({ pool, schema });
    const own = heardBy(publisher.store);
    const heard = heardBy(listening);
    await eventually("both listen", () => Promise.resolve(own.count > 0 && heard.count > 0));
    const before = { own: own.count, heard: heard.count };
    const lease = publisher.lease("worker");
    await publisher.enqueueOne(publisher.event("leased", ["a"], { leased: true }), lease);
    const [id = ""] = await publisher.publish("due", ["a"]);
    await eventually("it is told", () => Promise.resolve(heard.count > before.heard));
    expect(heard.count).toBe(before.heard + 1);
    const { lease: claimed } = await publisher.take("worker");
    await publisher.store.queue.settle([settlement(id, claimed, { kind: "retry", delayMs: 0 })]);
    await eventually("it is told of a retry that is due", () => Promise.resolve(heard.count > before.heard + 1));
    expect(own.count).toBe(before.own);
    own.stop();
    heard.stop();
  });

  test("hears of a transaction when it commits, its own publisher too", async () => {
    const pool = testPool();
    const scene = await openScene({ pool, schema: testSchema() });
    const heard = heardBy(scene.store);
    await eventually("it listens", () => Promise.resolve(heard.count > 0));
    const before = heard.count;
    const client = await pool.connect();
    await client.query("begin");
    await scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction: client });
    await client.query("select pg_sleep(0.05)");
    expect(heard.count).toBe(before);
    await client.query("commit");
    await eventually("it is told", () => Promise.resolve(heard.count > before));
    client.release();
    heard.stop();
  });

  test("listens again after its connection was lost, and asks for what it may have missed", async () => {
    const schema = testSchema();
    const application_name = schema;
    const pool = testPool({ application_name });
    pool.on("error", () => undefined);
    const admin = testPool({ max: 1 });
    const publisher = await openScene({ pool: admin, schema, listen: false });
    const listening = await openStore({ pool, schema });
    const heard = heardBy(listening);
    await eventually("it listens", () => Promise.resolve(heard.count === 1));
    expect(await cutListeners(admin, application_name)).toBe(1);
    await eventually("it listens again", () => Promise.resolve(heard.count === 2));
    await publisher.publish("evt", ["a"]);
    await eventually("it is told", () => Promise.resolve(heard.count > 2));
    heard.stop();
    await eventually("the connection is given up", async () => (await cutListeners(admin, application_name)) === 0);
  });

  test("keeps no connection when it is closed, and leaves the pool as it was", async () => {
    const pool = testPool({ max: 2 });
    const store = await openStore({ pool, schema: testSchema() });
    const heard = heardBy(store);
    await eventually("it listens", () => Promise.resolve(heard.count > 0));
    await store.close();
    expect(await pool.query("select 1")).toMatchObject({ rowCount: 1 });
    expect(pool.listenerCount("error")).toBe(0);
    await eventually("the connection is closed", () => Promise.resolve(pool.totalCount <= 1));
  });

  test.each([
    ["off", () => postgresStore({ pool: testPool(), listen: false })],
    ["on a pool of one connection", () => postgresStore({ pool: testPool({ max: 1 }) })],
    ["on what lends no connection", () => postgresStore({ pool: { query: () => Promise.resolve([]) } })],
  ])("is one that cannot tell where it is %s", (_, make) => {
    expect(typeof make().listen).toBe("undefined");
  });

  test("gives up listening on a client, which lends none, and works", async () => {
    const client = new pg.Client({ connectionString: postgresUrl ?? "" });
    await client.connect();
    const scene = await openScene({ pool: client, schema: testSchema() });
    const heard = heardBy(scene.store);
    await scene.publish("evt", ["a"]);
    expect((await scene.claim("worker")).deliveries).toHaveLength(1);
    heard.stop();
    await scene.store.close();
    await client.end();
  });
});
