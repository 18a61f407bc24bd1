import { expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { Scene, settlement } from "../../../src/testing/store-conformance/scene.js";
import { databaseFile } from "./database-file.js";
import { hostConnection } from "./open-store.js";

test("a call looks at a bounded number of events that must stay, and the next goes on behind them", async () => {
  const { now, advance } = handClock();
  const store = sqliteStore({ path: databaseFile() });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  const scene = await Scene.begin({ store, now, advance }, ["kept"]);
  await store.queue.enqueue(Array.from({ length: 6_000 }, (_, index) => scene.event(`kept-${index}`, ["kept"])));
  advance(1);
  await scene.publish("free", []);
  advance(1_001);
  expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(0);
  expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(1);
});

test("a purge leaves no row of what it removed in any table", async () => {
  const path = databaseFile();
  const { now, advance } = handClock();
  const store = sqliteStore({ path });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  const scene = await Scene.begin({ store, now, advance }, ["a", "b"], "worker");
  await scene.publish("evt", ["a", "b"]);
  const { lease, taken } = await scene.take("worker");
  await store.queue.settle(taken.map(({ id }) => settlement(id, lease, { kind: "success" })));
  advance(1_001);
  expect(await store.retention.purge({ ageMs: 1_000, limit: 1 })).toBe(1);
  const database = hostConnection(path);
  for (const table of ["webhook_events", "webhook_deliveries", "webhook_attempts"]) {
    expect(database.prepare(`select count(*) from ${table}`).pluck().get(), table).toBe(0);
  }
});
