import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresIdempotency, postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import { webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { postgresUrl, testPool, testSchema } from "./database.js";
import { openScene, openStore } from "./open-store.js";

const pool = { query: () => Promise.reject(new Error("Nothing is sent here.")) };

describe("postgresStore", () => {
  test.each<[string, object]>([
    ["nothing", {}],
    ["both", { pool, connectionString: "postgres://localhost/test" }],
    ["a pool that is none", { pool: {} }],
    ["an empty URL", { connectionString: "" }],
    ["an empty schema", { pool, schema: "" }],
    ["a schema of 64 bytes", { pool, schema: "é".repeat(32) }],
    ["a schema with NUL", { pool, schema: "a\u0000" }],
    ["a schema of the server's", { pool, schema: "pg_webhooks" }],
  ])("refuses %s", (_, options) => {
    for (const make of [postgresStore, postgresIdempotency]) {
      expect(() => make(options as never)).toThrow(expect.objectContaining({ code: "option_invalid" }));
    }
  });

  test("answers store_unavailable before it is opened", async () => {
    await expect(postgresStore({ pool }).queue.release("worker")).rejects.toMatchObject({ code: "store_unavailable" });
  });
});

describe.skipIf(inject("postgresUrl") === null)("postgresStore on a server", () => {
  test("lets go of nothing that the host gave, and of all that it opened", async () => {
    const given = testPool();
    const schema = testSchema();
    const application = `webhooks_${schema}`;
    const store = await openStore({ pool: given, schema });
    await store.close();
    await expect(store.webhooks.read([])).rejects.toMatchObject({ code: "store_unavailable" });
    expect((await given.query("select 1")).rowCount).toBe(1);

    const connectionString = `${postgresUrl ?? ""}?application_name=${application}`;
    const owning = await openStore({ connectionString, schema });
    const stop = owning.listen?.(() => undefined);
    const connections = async () =>
      (await given.query("select 1 from pg_stat_activity where application_name = $1", [application])).rowCount;
    expect(await connections()).toBeGreaterThan(0);
    stop?.();
    await owning.close();
    await expect.poll(connections).toBe(0);
  });

  test("counts no use that failed to open", async () => {
    const schema = testSchema();
    let isAway = true;
    const real = testPool();
    const flaky = {
      query: (text: string, values?: unknown[]) =>
        isAway ? Promise.reject(new Error("connect ECONNREFUSED")) : real.query(text, values),
    };
    const store = postgresStore({ pool: flaky, schema });
    const opened = [store.open({ logger: silentLogger }), store.open({ logger: silentLogger })];
    expect((await Promise.allSettled(opened)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isAway = false;
    await store.open({ logger: silentLogger });
    expect(await store.webhooks.read([])).toEqual([]);
    await store.close();
    await expect(store.webhooks.read([])).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("works in a schema of any name, beside others on the same pool", async () => {
    const shared = testPool();
    const hostile = testSchema(`it's "a" \\ $webhooks$ .é; drop--`.slice(0, 30));
    const [one, two] = [
      await openScene({ pool: shared, schema: testSchema() }),
      await openScene({ pool: shared, schema: hostile }),
    ];
    await one.publish("one", ["a"]);
    await two.publish("two", ["a"]);
    expect((await one.claim("worker")).deliveries.map(({ eventId }) => eventId)).toEqual(["one"]);
    expect((await two.claim("worker")).deliveries.map(({ eventId }) => eventId)).toEqual(["two"]);
  });

  test("reads numbers as numbers where the host has the driver read them otherwise", async () => {
    const numbers = [20, 23, 701];
    const parsers = Object.fromEntries(numbers.map((oid) => [oid, asText]));
    const getTypeParser: typeof pg.types.getTypeParser = (oid, ...format) =>
      parsers[oid] ?? (pg.types.getTypeParser(oid, ...format) as unknown);
    const strange = testPool({ types: { getTypeParser } });
    expect(typeof (await strange.query<{ n: unknown }>("select 1 as n")).rows[0]?.n).toBe("object");
    const scene = await openScene({ pool: strange, schema: testSchema(), listen: false });
    await scene.publish("evt", ["a"]);
    const { lease, taken } = await scene.take("worker");
    expect(taken[0]).toMatchObject({ attempts: 0, scheduleOffset: 0, storedAt: expect.any(Number) as number });
    expect((await scene.claim("worker")).nextDueInMs).toBeNull();
    expect(await scene.store.queue.settle(taken.map(({ id }) => settled(id, lease)))).toEqual(["decided"]);
    const window = { key: "a", slotMs: 60_000, slots: 60 };
    expect((await scene.store.rate.take({ ...window, limit: 5, wanted: 9 })).granted).toBe(5);
  });

  test("does not end the process when an idle connection breaks", async () => {
    const schema = testSchema();
    const bare = new pg.Pool({ connectionString: postgresUrl ?? "", application_name: schema });
    onTestFinished(() => bare.end());
    const scene = await openScene({ pool: bare, schema });
    const admin = testPool({ max: 1 });
    const cut = await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1",
      [schema],
    );
    expect(cut.rowCount).toBeGreaterThan(0);
    await expect
      .poll(() => scene.store.webhooks.read([{ accountId: "a", version: null }]).catch(() => []))
      .toHaveLength(1);
  });

  test("of two webhooks with one id in two accounts the second is refused", async () => {
    const store = await openStore({ pool: testPool(), schema: testSchema() });
    await store.webhooks.insert(webhookRecord("a"), 100);
    const second = store.webhooks.insert(webhookRecord("a", { accountId: "account-2" }), 100);
    await expect(second).rejects.toMatchObject({ code: "webhook_invalid" });
  });
});

/** As a host that wants all of them as decimals of its own might. */
function asText(text: string): { toString: () => string } {
  return { toString: () => text };
}

function settled(deliveryId: string, lease: { readonly owner: string; readonly token: number }) {
  return { deliveryId, lease, attempt: null, next: { kind: "success" } } as const;
}
