import type { Redis } from "ioredis";
import { redisStore } from "@auraconnect/webhooks/redis";
import { silentLogger } from "../../../src/ports/logger.js";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { until } from "../../support/until.js";
import { Scene, settlement } from "../../../src/testing/store-conformance/scene.js";
import { clientKinds, clusterKinds } from "./clients.js";
import { hostClient, openScene, openStore, privateRedis } from "./open-store.js";
import { startCluster } from "./test-cluster.js";

async function heardOn(client: Redis, channel: string): Promise<string[]> {
  const messages: string[] = [];
  const subscriber = client.duplicate();
  onTestFinished(() => {
    subscriber.disconnect();
  });
  subscriber.on("message", (_channel, message) => messages.push(message));
  await subscriber.subscribe(channel);
  return messages;
}

const TIMEOUT_MS = 1_000;

/** The server's list of those who are connected. */
async function connections(admin: Redis): Promise<readonly string[]> {
  return String(await admin.client("LIST"))
    .trim()
    .split("\n");
}

describe.skipIf(!inject("hasRedisServer"))("what is due is told", () => {
  test("not to those who made it due, not of what they hold, and once for all that comes at once", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client, prefix: "webhooks:" });
    const messages = await heardOn(client, "webhooks:due");
    let told = 0;
    scene.store.listen?.(() => (told += 1));
    const lease = scene.lease("worker");
    const held = scene.event("held", ["a"], { leased: true });
    await scene.store.queue.enqueue([held], { lease });
    await scene.store.queue.settle([settlement(held.deliveries[0]?.id ?? "", lease, { kind: "success" })]);
    await scene.store.queue.giveBack(lease);
    await client.publish("webhooks:due", "end of what is not told");
    await until("it is heard", () => messages.length > 0);
    expect(messages).toEqual(["end of what is not told"]);
    await Promise.all(Array.from({ length: 50 }, (_, index) => scene.publish(`evt-${index}`, ["a"])));
    await until("it is heard", () => messages.length > 1);
    await client.publish("webhooks:due", "end of what is told");
    await until("it is heard", () => messages.includes("end of what is told"));
    expect(messages.length).toBeLessThan(20);
    // The two ends are others' messages; its own are no news to it.
    await until("others are heard", () => told > 0);
    expect(told).toBeLessThanOrEqual(2);
  });

  test.each(clientKinds)("$name: again after the connection that hears was cut off", async ({ open }) => {
    const server = await privateRedis();
    const { client, end } = await open(server.url);
    onTestFinished(end);
    const prefix = "webhooks:";
    const listening = await openStore({ client, prefix });
    let told = 0;
    listening.listen?.(() => (told += 1));
    const admin = hostClient(server.url);
    const publisher = await openScene({ client: admin, prefix });
    const publish = async () => publisher.publish(`evt-${Math.random()}`, ["a"]);
    await until("it hears", async () => (await publish(), told > 0));
    await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
    const before = told;
    await until("it hears again", async () => (await publish(), told > before));
  });

  test("on a cluster, with each client, whichever node is told", async () => {
    const cluster = await startCluster(2);
    onTestFinished(() => cluster.stop());
    for (const { open } of clusterKinds) {
      const { client, end } = await open(cluster.url);
      onTestFinished(end);
      const listening = await openStore({ client, prefix: "webhooks:" });
      let told = 0;
      const stop = listening.listen?.(() => (told += 1));
      const store = await openStore({ client, prefix: "webhooks:" });
      const publisher = await Scene.begin({ store, now: Date.now, advance: () => undefined }, ["a"]);
      await until("it hears", async () => (await publisher.publish(`evt-${Math.random()}`, ["a"]), told > 0));
      stop?.();
    }
  }, 30_000);

  test.each(clientKinds)("$name: not to a store that was closed while its server was away", async ({ open }) => {
    const server = await privateRedis();
    const { client, end } = await open(server.url);
    onTestFinished(end);
    const closed = redisStore({ client, timeoutMs: TIMEOUT_MS });
    await closed.open({ logger: silentLogger });
    const other = await openStore({ client, timeoutMs: TIMEOUT_MS });
    await server.kill();
    closed.listen?.(() => undefined);
    other.listen?.(() => undefined);
    await closed.close();
    await server.start();
    const admin = hostClient(server.url);
    const hearing = async () => (await connections(admin)).filter((line) => line.includes(" sub=1 ")).length;
    await until("the one that is open hears", async () => (await hearing()) > 0);
    expect(await hearing()).toBe(1);
  });

  test("a client whose host has closed it neither hears nor fails", async () => {
    const client = hostClient((await privateRedis()).url);
    const store = await openStore({ client, timeoutMs: TIMEOUT_MS });
    client.disconnect();
    const stop = store.listen?.(() => undefined);
    stop?.();
    await expect(store.queue.release("worker")).rejects.toMatchObject({ code: "store_unavailable" });
  });
});
