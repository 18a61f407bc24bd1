import type pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { postgresIdempotency, postgresInbox, postgresMigrations, postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import { webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { testPool, testSchema } from "./database.js";
import { openStore } from "./open-store.js";

/** Everything that makes a schema what it is, without its name. */
async function shapeOf(pool: pg.Pool, schema: string): Promise<unknown> {
  const columns = await pool.query(
    `select table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity
     from information_schema.columns where table_schema = $1 order by 1, 2`,
    [schema],
  );
  const indexes = await pool.query<{ name: string; definition: string }>(
    "select indexname as name, indexdef as definition from pg_indexes where schemaname = $1 order by 1",
    [schema],
  );
  const options = await pool.query(
    `select relname, reloptions from pg_class where relnamespace = to_regnamespace($1) and relkind = 'r' order by 1`,
    [schema],
  );
  const versions = await pool.query(`select component, version from ${schema}.webhook_schema order by 1`);
  return {
    columns: columns.rows,
    indexes: indexes.rows.map(({ name, definition }) => [name, definition.replaceAll(`${schema}.`, "")]),
    options: options.rows,
    versions: versions.rows,
  };
}

describe.skipIf(inject("postgresUrl") === null)("migrations", () => {
  test("ten stores and ten receivers that open at the same moment all find their tables", async () => {
    const schema = testSchema();
    const pool = testPool({ max: 20 });
    const stores = Array.from({ length: 10 }, () => postgresStore({ pool, schema, listen: false }));
    const receivers = Array.from({ length: 10 }, () => postgresIdempotency({ pool, schema }));
    await Promise.all([
      ...stores.map((store) => store.open({ logger: silentLogger })),
      ...receivers.map((receiver, index) => receiver.claim({ key: `evt-${index}`, leaseMs: 60_000 })),
    ]);
    await Promise.all(stores.map((store, index) => store.webhooks.insert(webhookRecord(`webhook-${index}`), 100)));
    const [snapshot] = (await stores[0]?.webhooks.read([{ accountId: "account-1", version: null }])) ?? [];
    expect(snapshot?.webhooks).toHaveLength(stores.length);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("the printed SQL, run by hand and run twice, makes the very same tables", async () => {
    const pool = testPool();
    const [byHand, byItself] = [testSchema(), testSchema()];
    for (const _ of ["once", "twice"]) await pool.query(postgresMigrations({ schema: byHand }));
    await openStore({ pool, schema: byItself });
    await postgresIdempotency({ pool, schema: byItself }).claim({ key: "evt", leaseMs: 1 });
    await postgresInbox({ pool, schema: byItself }).list();
    expect(await shapeOf(pool, byHand)).toEqual(await shapeOf(pool, byItself));
    const store = await openStore({ pool, schema: byHand, migrate: false });
    expect(await store.webhooks.insert(webhookRecord("a"), 100)).toBe("inserted");
  });

  test("the printed SQL has the tables that were asked for", async () => {
    const pool = testPool();
    const schema = testSchema();
    await pool.query(postgresMigrations({ schema, components: ["receiver"] }));
    const receiver = postgresIdempotency({ pool, schema, migrate: false });
    expect((await receiver.claim({ key: "evt", leaseMs: 1 })).kind).toBe("claimed");
    const store = postgresStore({ pool, schema, migrate: false });
    await expect(store.open({ logger: silentLogger })).rejects.toMatchObject({ code: "store_incompatible" });
    expect(() => postgresMigrations({ schema: "" })).toThrow(expect.objectContaining({ code: "option_invalid" }));
  });

  test("with migrate: false nothing is made, and the mend is told", async () => {
    const pool = testPool();
    const schema = testSchema();
    const failure = postgresStore({ pool, schema, migrate: false }).open({ logger: silentLogger });
    await expect(failure).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("postgresMigrations()") as string,
    });
    expect((await pool.query("select to_regnamespace($1) as made", [schema])).rows).toEqual([{ made: null }]);
  });

  test("tables of a newer version are left alone", async () => {
    const pool = testPool();
    const schema = testSchema();
    const store = await openStore({ pool, schema });
    await store.close();
    await pool.query(`update ${schema}.webhook_schema set version = 999`);
    await expect(store.open({ logger: silentLogger })).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("version 999") as string,
    });
    await pool.query(postgresMigrations({ schema }));
    expect((await pool.query(`select version from ${schema}.webhook_schema where component = 'sender'`)).rows).toEqual([
      { version: 999 },
    ]);
  });

  test("what was cut off in the middle is made whole by whoever comes next", async () => {
    const pool = testPool();
    const schema = testSchema();
    const half = postgresMigrations({ schema }).replace(
      "create table",
      "create table pg_temp.cut_off (id none); create table",
    );
    await expect(pool.query(half)).rejects.toThrow();
    const store = await openStore({ pool, schema });
    expect(await store.webhooks.insert(webhookRecord("a"), 100)).toBe("inserted");
  });

  test.each([
    { server: "PostgreSQL 12", version: 120_004, encoding: "UTF8", told: "PostgreSQL 13 or later" },
    { server: "a database in LATIN1", version: 150_000, encoding: "LATIN1", told: "in UTF8 is needed" },
  ])("$server is refused at once", async ({ version, encoding, told }) => {
    const pool = { query: () => Promise.resolve({ rows: [{ version, encoding, present: false }] }) };
    await expect(postgresStore({ pool }).open({ logger: silentLogger })).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining(told) as string,
    });
  });
});
