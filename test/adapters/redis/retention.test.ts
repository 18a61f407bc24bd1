import { describe, expect, inject, onTestFinished, test } from "vitest";
import { redisStore } from "@auraconnect/webhooks/redis";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { Scene, settlement, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { hostClient, privateRedis } from "./open-store.js";

async function sceneInTime(partitions?: number) {
  const { now, advance } = handClock();
  const client = hostClient((await privateRedis()).url);
  const store = redisStore({ client, prefix: "webhooks:", partitions });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  return { client, store, advance, scene: new Scene(store, now) };
}

describe.skipIf(!inject("hasRedisServer"))("retention", () => {
  test("a purge leaves no key of what it removed, and nothing of it in any index", async () => {
    const { client, store, advance, scene } = await sceneInTime();
    for (const id of ["a", "b"]) await scene.register(webhookRecord(id));
    await scene.join("worker");
    const before = (await client.keys("*")).sort();
    const batch = Array.from({ length: 120 }, (_, index) => scene.event(`evt-${index}`, ["a", "b"]));
    await store.queue.enqueue(batch);
    for (let left = 240; left > 0; left -= 100) {
      const { lease, taken } = await scene.take("worker");
      await store.queue.settle(taken.map(({ id }) => settlement(id, lease, { kind: "success" })));
    }
    await store.queue.enqueue([scene.event("pending of a removed webhook", ["a"])]);
    await store.webhooks.remove({ accountId: "account-1", webhookId: "a" });
    advance(1_001);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 70 })).toBe(70);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 70 })).toBe(51);
    expect((await client.keys("*")).filter((key) => key !== "webhooks:{0}:turn").sort()).toEqual(before);
  });

  test("an erased account leaves no key but its webhooks, and what was held of it counts as held no more", async () => {
    const { client, store, scene } = await sceneInTime();
    for (const id of ["a", "b"]) await scene.register(webhookRecord(id));
    await scene.join("worker");
    const before = (await client.keys("*")).sort();
    await store.queue.enqueue(Array.from({ length: 120 }, (_, index) => scene.event(`evt-${index}`, ["a", "b"])));
    await scene.claim("worker");
    for (const kind of ["one", "two"]) {
      for (let key = 0; key < 300; key += 1) {
        const note = { accountId: "account-1", kind, key: `${key}`, text: "text", revision: 0 };
        await store.notes.write({ ...note, keepMs: 1_000, max: 300 });
      }
    }
    expect(await store.queue.depth()).toMatchObject({ waiting: 140, held: 100 });
    expect(await store.retention.erase({ accountId: "account-1", limit: 70 })).toBe(70);
    expect(await store.retention.erase({ accountId: "account-1", limit: 70 })).toBe(50);
    expect(await store.queue.depth()).toEqual({ waiting: 0, held: 0, dueForMs: 0 });
    expect((await client.keys("*")).filter((key) => key !== "webhooks:{0}:turn").sort()).toEqual(before);
  });

  test("notes whose time is over are removed by those that are written later, whoever they are of", async () => {
    const { client, store, advance } = await sceneInTime();
    const note = { kind: "kind", text: "text", revision: 0, keepMs: 1_000, max: 9 };
    for (let index = 0; index < 30; index += 1) await store.notes.write({ ...note, accountId: `${index}`, key: "key" });
    advance(1_000);
    for (const key of ["one", "two"]) await store.notes.write({ ...note, accountId: "account-1", key });
    expect((await client.keys("webhooks:{0}:*")).sort()).toEqual(
      ["expiries", "n:account-1", "notes", "x:account-1\tkind"].map((key) => `webhooks:{0}:${key}`),
    );
  });

  test("a call looks at a bounded number of events that must stay, and the next goes on behind them", async () => {
    const { store, advance, scene } = await sceneInTime();
    await scene.register(webhookRecord("kept"));
    await store.queue.enqueue(Array.from({ length: 6_000 }, (_, index) => scene.event(`kept-${index}`, ["kept"])));
    advance(1);
    await scene.publish("free", []);
    advance(1_001);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(0);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 500 })).toBe(1);
  });

  test("goes through hundreds of accounts in all partitions, those that must keep something too", async () => {
    const { store, advance, scene } = await sceneInTime(4);
    const accounts = Array.from({ length: 300 }, (_, index) => `account-${index}`);
    await scene.register(webhookRecord("kept", { accountId: "account-7" }));
    await scene.publish("kept", ["kept"], { accountId: "account-7" });
    for (const accountId of accounts) await scene.publish("evt", [], { accountId });
    advance(1);
    for (const accountId of accounts) await scene.publish("evt-2", [], { accountId });
    advance(1_000);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 1_000 })).toBe(300);
    advance(1);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 100 })).toBe(100);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 1_000 })).toBe(200);
    expect(await store.retention.purge({ ageMs: 1_000, limit: 1_000 })).toBe(0);
    const { deliveries } = await store.log.list({ accountId: "account-7", limit: 10 });
    expect(deliveries.map(({ eventId }) => eventId)).toEqual(["kept"]);
  });
});
