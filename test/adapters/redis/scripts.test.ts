import type { Redis } from "ioredis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { redisIdempotency } from "@auraconnect/webhooks/redis";
import { eventually } from "../../services/eventually.js";
import { attempt, settlement, webhookRecord, type Scene } from "../../../src/testing/store-conformance/scene.js";
import { hostClient, openScene, privateRedis } from "./open-store.js";

/** A command that a script has run: its words, of which the first is its name. */
type Command = readonly string[];

/** Every command that a script runs from now on, read off the server's own monitor. */
async function watchScripts(client: Redis): Promise<() => Promise<readonly Command[]>> {
  const monitor = await monitorOf(client);
  onTestFinished(() => {
    monitor.disconnect();
  });
  const commands: Command[] = [];
  let seen = "";
  monitor.on("monitor", (_time: string, words: string[], source: string) => {
    if (source === "lua") commands.push(words);
    else seen = words.at(-1) ?? "";
  });
  return async () => {
    const mark = `mark ${Math.random()}`;
    await client.echo(mark);
    await eventually("the monitor has caught up", () => Promise.resolve(seen === mark));
    return commands;
  };
}

/** ioredis gives up where the server tells of a command in the same breath as it agrees to tell; then it is asked again. */
async function monitorOf(client: Redis, attempts = 10): Promise<Redis> {
  try {
    return await client.monitor();
  } catch (error) {
    if (attempts === 1) throw error;
    return monitorOf(client, attempts - 1);
  }
}

/** What commands take many keys, and at every which word one stands. */
const MANY_KEYS: Readonly<Record<string, number>> = { MGET: 1, MSET: 2, MSETNX: 2 };

function keysOf([name = "", ...words]: Command): readonly string[] {
  const step = MANY_KEYS[name.toUpperCase()];
  return step === undefined ? words.slice(0, 1) : words.filter((_, index) => index % step === 0);
}

/** Everything a store can be asked, for an account. */
async function askEverything(scene: Scene, accountId: string, webhookId: string): Promise<void> {
  const { store } = scene;
  await scene.register(webhookRecord(webhookId, { accountId }));
  const lease = scene.lease("worker");
  const events = ["one", "two", "three"].map((id) => scene.event(id, [webhookId], { accountId, leased: id === "one" }));
  await store.queue.enqueue([...events, ...events], { lease });
  const own = events[0]?.deliveries[0]?.id ?? "";
  await store.queue.settle([settlement(own, lease, { kind: "retry", delayMs: 0 }, attempt(1, { responseCode: 500 }))]);
  const { lease: claimed, taken } = await scene.take("worker");
  await store.queue.settle(taken.slice(0, 1).map(({ id }) => settlement(id, claimed, { kind: "success" })));
  await store.queue.giveBack(claimed);
  await store.log.list({ accountId, limit: 2 });
  await store.log.list({ accountId, webhookId, limit: 2, after: own });
  await store.log.list({ accountId, eventId: "one", limit: 2 });
  await store.log.attempts(own);
  await store.health.read([webhookId]);
  const window = { key: accountId, slotMs: 60_000, slots: 60 };
  const { slot } = await store.rate.take({ ...window, limit: 10, wanted: 5 });
  await store.rate.giveBack({ ...window, slot, count: 2 });
  await store.webhooks.page({ cursor: null, limit: 1 });
  await store.webhooks.replace(webhookRecord(webhookId, { accountId, revision: 2, active: false }));
  await store.webhooks.replace(webhookRecord(webhookId, { accountId, revision: 3 }));
  await store.queue.cancel({ accountId, webhookId, deliveryId: own, limit: 1 });
  await store.queue.cancel({ accountId, webhookId, limit: 1 });
  await store.queue.resend({ accountId, deliveries: [{ id: own, resends: 0 }], createdSince: 0 });
  await store.queue.depth();
  await store.log.event({ accountId, eventId: "one" });
  await store.log.count({ accountId, webhookId, since: 0, limit: 2 });
  const test = { id: `test-${own}`, accountId, webhookId, eventId: "test", eventType: "order.created" } as const;
  await store.log.recordTest({ ...test, createdAt: 0, body: "{}", status: "success", attempt: attempt(1) });
  const note = { accountId, kind: "kind", key: "key", text: "text" };
  await store.notes.write({ ...note, revision: 0, keepMs: 1, max: 9 });
  await store.notes.write({ ...note, key: "another", revision: 0, keepMs: 60_000, max: 9 });
  await store.notes.read(note);
  await store.notes.page({ kind: "kind", cursor: null, limit: 1 });
  await store.webhooks.remove({ accountId, webhookId });
  await store.queue.renew({ owner: "worker", leaseMs: 15_000, judgeOthers: true });
  await store.retention.purge({ ageMs: -1_000, limit: 1 });
  await store.retention.erase({ accountId, limit: 10 });
}

describe.skipIf(!inject("hasRedisServer"))("scripts", () => {
  test("touch keys of the one slot they were called for, and walk over none", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client, prefix: "webhooks:", partitions: 4 });
    const commands = await watchScripts(client);
    for (let index = 0; index < 8; index += 1) await askEverything(scene, `account-${index}`, `webhook-${index}`);
    await scene.store.queue.release("worker");
    const idempotency = redisIdempotency({ client });
    const claim = await idempotency.claim({ key: "evt", leaseMs: 1_000 });
    if (claim.kind === "claimed") await idempotency.complete({ key: "evt", token: claim.token, retentionMs: 1_000 });

    const ran = (await commands()).filter(([name = ""]) => name.toUpperCase() !== "TIME");
    const names = new Set(ran.map(([name = ""]) => name.toUpperCase()));
    for (const forbidden of ["KEYS", "SCAN", "HSCAN", "SSCAN", "ZSCAN", "RANDOMKEY"])
      expect(names).not.toContain(forbidden);
    const partitions = new Set<string>();
    for (const command of ran) {
      const tags = new Set(keysOf(command).map((key) => /^webhooks:(\{\d\}|handled:)/.exec(key)?.[1]));
      expect(tags.size, command.join(" ")).toBe(1);
      for (const tag of tags) partitions.add(String(tag));
    }
    expect([...partitions].sort()).toEqual(["handled:", "{0}", "{1}", "{2}", "{3}"]);
  });

  test("a claim asks only for deliveries of lanes that it may take from, and reads only what it takes", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client, prefix: "webhooks:" });
    await scene.register(webhookRecord("full"));
    const backlog = Array.from({ length: 2_000 }, (_, index) => scene.event(`evt-${index}`, ["full"]));
    await scene.store.queue.enqueue(backlog);
    await scene.publish("evt", ["a"]);
    const commands = await watchScripts(client);
    expect((await scene.claim("worker", { capacity: new Map([["full", 0]]) })).deliveries).toHaveLength(1);
    const ran = await commands();
    expect(ran.filter((command) => command.some((word) => word.includes("full")))).toEqual([]);
    expect(ran.length).toBeLessThan(15);
  });

  test("a batch that is new is stored by the same few commands, however many events it has", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client });
    const commands = await watchScripts(client);
    const lease = scene.lease("worker");
    const batch = Array.from({ length: 500 }, (_, index) => scene.event(`evt-${index}`, ["a"], { leased: true }));
    await scene.store.queue.enqueue(batch, { lease });
    const settlements = batch.flatMap(({ deliveries }) =>
      deliveries.map(({ id }) => settlement(id, lease, { kind: "success" }, attempt(1))),
    );
    await scene.store.queue.settle(settlements);
    expect((await commands()).map(([name]) => name)).toEqual([
      ...["TIME", "ZSCORE", "HGET", "MSETNX", "MSET", "ZADD", "ZADD", "ZADD", "HGET", "HSET", "HINCRBY"],
      ...["TIME", "MGET", "EXISTS", "MSET", "HINCRBY", "HDEL"],
    ]);
  });
});
