import { expect, inject, onTestFinished, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { testPool, testSchema } from "./database.js";

test.skipIf(inject("postgresUrl") === null)("a window has one row, which holds the slots that count", async () => {
  const schema = testSchema();
  const pool = testPool();
  const { now, advance } = handClock();
  const store = postgresStore({ pool, schema });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  const window = { key: "busy", slotMs: 60_000, slots: 60 };
  for (let minute = 0; minute < 70; minute += 1) {
    await store.rate.take({ ...window, limit: 1_000, wanted: 2 });
    advance(60_000);
  }
  await store.rate.take({ ...window, limit: 1_000, wanted: 2 });
  const { rows } = await pool.query(
    `select key, cardinality(slots) as slots, cardinality(counts) as counts from ${schema}.webhook_rate_windows`,
  );
  expect(rows).toEqual([{ key: "busy", slots: 61, counts: 61 }]);
});
