import type { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { silentLogger } from "../../../src/ports/logger.js";
import { redisStore } from "@auraconnect/webhooks/redis";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { LEASE_MS, Scene, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { hostClient, privateRedis } from "./open-store.js";
import { freshPrefix } from "./own-prefix.js";

const PARTITIONS = 4;

/** A client that reaches some partitions only, while `isCutOff` says so. */
function partlyCutOff(client: Redis, isCutOff: (key: string) => boolean): Redis {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      if (property !== "evalsha" && property !== "eval") return value.bind(target) as unknown;
      return (script: string, count: number, key: string, ...args: string[]): unknown =>
        isCutOff(key)
          ? Promise.reject(new Error("Connection is closed."))
          : target[property](script, count, key, ...args);
    },
  });
}

/** A scene on several partitions with an account in each, and what its client can be made to miss. */
async function partitionedScene() {
  const client = hostClient((await privateRedis()).url);
  const prefix = freshPrefix();
  const { now, advance } = handClock();
  let cutOff: (key: string) => boolean = () => false;
  const open = async (given: Redis): Promise<SenderStore> => {
    const store = redisStore({ client: given, prefix, partitions: PARTITIONS });
    await store.open({ logger: silentLogger, now });
    return store;
  };
  const store = await open(partlyCutOff(client, (key) => cutOff(key)));
  const scene = new Scene(store, now);
  const accounts = Array.from({ length: 16 }, (_, index) => `account-${index}`);
  for (const accountId of accounts) await scene.register(webhookRecord(`webhook of ${accountId}`, { accountId }));
  const publish = async (): Promise<void> => {
    for (const accountId of accounts) await scene.publish(`evt-${now()}`, [`webhook of ${accountId}`], { accountId });
  };
  const cut = (condition: (key: string) => boolean): void => {
    cutOff = condition;
  };
  return { client, prefix, scene, advance, publish, cut, accounts, other: await open(client) };
}

describe.skipIf(!inject("hasRedisServer"))("a life in several partitions", () => {
  test("claims are shared among partitions, and everything is claimed once", async () => {
    const { scene, publish, accounts } = await partitionedScene();
    await scene.join("worker");
    await publish();
    const first = await scene.claim("worker", { limit: 10 });
    expect(first.deliveries).toHaveLength(10);
    expect(first.nextDueInMs).toBe(0);
    const second = await scene.claim("worker", { limit: 10 });
    expect(second.deliveries).toHaveLength(6);
    expect((await scene.claim("worker")).nextDueInMs).toBeNull();
    const claimed = [...first.deliveries, ...second.deliveries].map(({ accountId }) => accountId);
    expect(claimed.sort()).toEqual([...accounts].sort());
  });

  test("one that begins in some of them only is no life, and holds nothing", async () => {
    const { scene, publish, cut, other } = await partitionedScene();
    await publish();
    cut((key) => key.includes("{3}"));
    await expect(scene.join("half")).rejects.toMatchObject({ code: "store_unavailable" });
    cut(() => false);
    expect(await other.queue.renew({ owner: "half", leaseMs: LEASE_MS, judgeOthers: false })).toBe(false);
    expect((await scene.claim("half")).deliveries).toEqual([]);
  });

  test("one that reaches some of them only is renewed in none, so that all judge it at its time", async () => {
    const { scene, publish, cut, advance, accounts, other } = await partitionedScene();
    await scene.join("cut off");
    await other.queue.join({ owner: "judge", leaseMs: LEASE_MS });
    await publish();
    expect((await scene.claim("cut off")).deliveries).toHaveLength(accounts.length);
    cut((key) => key.includes("{2}"));
    advance(LEASE_MS - 1);
    const renewal = scene.store.queue.renew({ owner: "cut off", leaseMs: LEASE_MS, judgeOthers: false });
    await expect(renewal).rejects.toMatchObject({ code: "store_unavailable" });
    await other.queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
    advance(1);
    await other.queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
    const lease = { owner: "judge", token: 1 };
    const taken = await other.queue.claim({ lease, limit: 100, perWebhook: 100, capacity: new Map() });
    expect(taken.deliveries).toHaveLength(accounts.length);
  });

  test("one that was judged over in one of them ends in all", async () => {
    const { client, prefix, scene, publish, accounts, other } = await partitionedScene();
    await scene.join("worker");
    await publish();
    const { lease, taken } = await scene.take("worker");
    expect(taken).toHaveLength(accounts.length);
    await client.zrem(`${prefix}{1}:lives`, "worker");
    expect(await scene.store.queue.renew({ owner: "worker", leaseMs: LEASE_MS, judgeOthers: false })).toBe(false);
    const late = taken.map(({ id }) => ({ deliveryId: id, lease, attempt: null, next: { kind: "success" } as const }));
    expect(new Set(await other.queue.settle(late))).toEqual(new Set(["stale"]));
    await scene.join("next");
    expect((await scene.claim("next")).deliveries).toHaveLength(accounts.length);
  });

  test("what is left of a good-bye that was cut short is found by whoever judges next", async () => {
    const { scene, publish, cut, accounts, other } = await partitionedScene();
    await scene.join("worker");
    await other.queue.join({ owner: "judge", leaseMs: LEASE_MS });
    for (let round = 0; round < 3; round += 1) await publish();
    await scene.claim("worker", { limit: 1_000, perWebhook: 1_000 });
    cut((key) => key.includes("{0}"));
    await expect(scene.store.queue.release("worker")).rejects.toMatchObject({ code: "store_unavailable" });
    const claim = () =>
      other.queue.claim({ lease: { owner: "judge", token: 1 }, limit: 1_000, perWebhook: 9, capacity: new Map() });
    const first = (await claim()).deliveries.length;
    expect(first).toBeGreaterThan(0);
    cut(() => false);
    await scene.store.queue.release("worker");
    expect(first + (await claim()).deliveries.length).toBe(new Set(accounts).size);
  });

  test("thousands that an owner held are given back in steps", async () => {
    const { scene, other } = await partitionedScene();
    await scene.join("worker");
    const accountId = "account-0";
    const batch = Array.from({ length: 3_500 }, (_, index) =>
      scene.event(`many-${index}`, [`webhook of ${accountId}`], { accountId, leased: true }),
    );
    await scene.store.queue.enqueue(batch, { lease: scene.lease("worker") });
    await scene.store.queue.release("worker");
    await other.queue.join({ owner: "heir", leaseMs: LEASE_MS });
    const lease = { owner: "heir", token: 1 };
    const taken = await other.queue.claim({ lease, limit: 5_000, perWebhook: 5_000, capacity: new Map() });
    expect(taken.deliveries).toHaveLength(batch.length);
  });

  test("whoever settles what another process took is answered all the same", async () => {
    const { scene, publish, other } = await partitionedScene();
    await scene.join("worker");
    await publish();
    const { lease, taken } = await scene.take("worker");
    const settlements = taken.map(({ id }) => ({
      ...{ deliveryId: id, lease, attempt: null, next: { kind: "success" } as const },
    }));
    expect(new Set(await other.queue.settle(settlements))).toEqual(new Set(["decided"]));
    expect(new Set(await scene.store.queue.settle(settlements))).toEqual(new Set(["decided"]));
  });
});
