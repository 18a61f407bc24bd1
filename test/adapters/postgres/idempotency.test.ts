import { describe, expect, inject, test } from "vitest";
import { postgresIdempotency } from "@auraconnect/webhooks/postgres";
import { postgresUrl, testPool, testSchema } from "./database.js";
import { openStore } from "./open-store.js";

describe.skipIf(inject("postgresUrl") === null)("postgresIdempotency", () => {
  test("purges by the way what expired, and keeps what did not", async () => {
    let time = 0;
    const pool = testPool();
    const schema = testSchema();
    const store = postgresIdempotency({ pool, schema, now: () => time });
    const claims = (prefix: string) =>
      Promise.all(
        Array.from({ length: 300 }, (_, index) => store.claim({ key: `${prefix}-${index}`, leaseMs: 1_000 })),
      );
    await claims("old");
    time += 1_000;
    await claims("new");
    const { rows } = await pool.query(
      `select left(key, 3) as prefix, count(*)::int4 from ${schema}.webhook_idempotency group by 1`,
    );
    expect(rows).toEqual([{ prefix: "new", count: 300 }]);
  });

  test("shares a schema with a sender's tables without meeting them", async () => {
    const location = { pool: testPool(), schema: testSchema() };
    const receiver = postgresIdempotency(location);
    const [claim] = await Promise.all([receiver.claim({ key: "evt", leaseMs: 60_000 }), openStore(location)]);
    expect(claim.kind).toBe("claimed");
    expect((await receiver.claim({ key: "evt", leaseMs: 60_000 })).kind).toBe("in_flight");
  });

  test("closed and asked again it opens again", async () => {
    const store = postgresIdempotency({ connectionString: postgresUrl ?? "", schema: testSchema() });
    await store.claim({ key: "evt", leaseMs: 60_000 });
    await store.close();
    expect((await store.claim({ key: "evt", leaseMs: 60_000 })).kind).toBe("in_flight");
    await store.close();
  });
});
