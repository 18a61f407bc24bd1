import { expect, inject, onTestFinished, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { testPool, testSchema } from "./database.js";

test.skipIf(inject("postgresUrl") === null)("an account has one row, which holds the minutes that count", async () => {
  const schema = testSchema();
  const pool = testPool();
  const { now, advance } = handClock();
  const store = postgresStore({ pool, schema });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  for (let minute = 0; minute < 70; minute += 1) {
    await store.rate.take({ accountId: "busy", limit: 1_000, wanted: 2 });
    advance(60_000);
  }
  await store.rate.take({ accountId: "busy", limit: 1_000, wanted: 2 });
  const { rows } = await pool.query(
    `select account_id, cardinality(minutes) as minutes, cardinality(counts) as counts from ${schema}.webhook_rate_windows`,
  );
  expect(rows).toEqual([{ account_id: "busy", minutes: 61, counts: 61 }]);
});
