import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { ACCOUNT, attempt, Scene, settlement } from "../../../src/testing/store-conformance/scene.js";
import { testPool, testSchema } from "./database.js";

async function openedScene(...owners: string[]) {
  const schema = testSchema();
  const pool = testPool();
  const { now, advance } = handClock();
  const store = postgresStore({ pool, schema });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  const scene = await Scene.begin({ store, now, advance }, ["a", "b"], ...owners);
  const count = async (table: string) => (await pool.query(`select from ${schema}.${table}`)).rowCount;
  return { scene, store, advance, count };
}

describe.skipIf(inject("postgresUrl") === null)("a purge", () => {
  test("looks at a bounded number of events that must stay, and the next goes on behind them", async () => {
    const { scene, store, advance } = await openedScene();
    for (let index = 0; index < 6_000; index += 500) {
      await store.queue.enqueue(Array.from({ length: 500 }, (_, place) => scene.event(`kept-${index + place}`, ["a"])));
    }
    advance(1);
    await scene.publish("free", []);
    advance(1_001);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(0);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(1);
  }, 60_000);

  test("leaves no row of what it removed in any table", async () => {
    const { scene, store, advance, count } = await openedScene("worker");
    const { queue } = store;
    await scene.publish("evt-1", ["a", "b"]);
    for (const number of [1, 2]) {
      const { lease, taken } = await scene.take("worker");
      const next = number === 1 ? ({ kind: "retry", delayMs: 0 } as const) : ({ kind: "success" } as const);
      await queue.settle(taken.map(({ id }) => settlement(id, lease, next, attempt(number))));
    }
    await scene.publish("evt-2", ["b"]);
    await store.webhooks.remove({ accountId: ACCOUNT, webhookId: "b" });
    advance(1_001);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 9 })).toBe(2);
    for (const table of ["webhook_events", "webhook_deliveries", "webhook_attempts", "webhook_due", "webhook_leases"]) {
      expect(await count(table), table).toBe(0);
    }
  });
});
