import { expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { Scene } from "../../../src/testing/store-conformance/scene.js";

test("a call looks at a bounded number of events that must stay, and the next goes on behind them", async () => {
  const { now, advance } = handClock();
  const store = memoryStore();
  await store.open({ logger: silentLogger, now });
  const scene = await Scene.begin({ store, now, advance }, ["kept"]);
  await store.queue.enqueue(Array.from({ length: 6_000 }, (_, index) => scene.event(`kept-${index}`, ["kept"])));
  advance(1);
  await scene.publish("free", []);
  advance(1_001);
  expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(0);
  expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(1);
});
