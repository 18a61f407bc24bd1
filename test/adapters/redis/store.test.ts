import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import { redisIdempotency, redisStore } from "@auraconnect/webhooks/redis";
import { silentLogger } from "../../../src/ports/logger.js";
import { recordingLogger } from "../../receiver/recording-logger.js";
import { hostClient, openScene, openStore, privateRedis } from "./open-store.js";
import { freshPrefix } from "./own-prefix.js";

describe("redisStore", () => {
  test("takes a client, a prefix that leaves the tag to it, a number of partitions, and a time-out", () => {
    const client = new Redis({ lazyConnect: true });
    for (const options of [
      {},
      { client: null },
      { client: {} },
      { client: "redis://localhost" },
      { client, prefix: "" },
      { client, prefix: "a{b}" },
      { client, prefix: "a b" },
      { client, prefix: 1 },
      { client, partitions: 0 },
      { client, partitions: 257 },
      { client, partitions: 1.5 },
      { client, timeoutMs: 99 },
      { client, timeoutMs: 60_001 },
    ]) {
      expect(() => redisStore(options as never)).toThrow(expect.objectContaining({ code: "option_invalid" }));
    }
    expect(() => redisIdempotency({} as never)).toThrow(expect.objectContaining({ code: "option_invalid" }));
    expect(() => redisIdempotency({ client, now: 1 } as never)).toThrow(
      expect.objectContaining({ code: "option_invalid" }),
    );
  });

  test("touches nothing before it is opened, and answers store_unavailable before that and after it is closed", async () => {
    const client = new Redis({ lazyConnect: true });
    const store = redisStore({ client });
    await expect(store.queue.release("worker")).rejects.toMatchObject({ code: "store_unavailable" });
    expect(store.listen?.(() => undefined)).toBeTypeOf("function");
    await store.close();
    expect(client.status).toBe("wait");
  });
});

describe.skipIf(!inject("hasRedisServer"))("redisStore, opened", () => {
  test("keeps the number of partitions it was made with, and refuses another", async () => {
    const client = hostClient((await privateRedis()).url);
    const prefix = freshPrefix();
    const store = await openStore({ client, prefix, partitions: 3 });
    await store.webhooks.read([]);
    const other = redisStore({ client, prefix, partitions: 4 });
    await expect(other.open({ logger: silentLogger })).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("3 partitions") as string,
    });
    await openStore({ client, prefix });
    expect(await client.hget(`${prefix}store`, "partitions")).toBe("3");
  });

  test("refuses what a newer version has written", async () => {
    const client = hostClient((await privateRedis()).url);
    const prefix = freshPrefix();
    await client.hset(`${prefix}store`, { version: 999, partitions: 1 });
    await expect(redisStore({ client, prefix }).open({ logger: silentLogger })).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("version 999") as string,
    });
  });

  test("goes on where the server has forgotten every script", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client });
    await scene.publish("evt-1", ["a"]);
    await client.script("FLUSH");
    await Promise.all([scene.publish("evt-2", ["a"]), scene.publish("evt-3", ["a"])]);
    await client.script("FLUSH");
    expect((await scene.claim("worker")).deliveries).toHaveLength(3);
  });

  test("keeps to the prefix that the host's client puts before its own", async () => {
    const { url } = await privateRedis();
    const scene = await openScene({ client: hostClient(url, { keyPrefix: "host:" }), prefix: "webhooks:" });
    await scene.publish("evt", ["a"]);
    const { lease, taken } = await scene.take("worker");
    expect(taken).toHaveLength(1);
    await scene.store.queue.settle([{ deliveryId: "delivery_000001", lease, attempt: null, next: { kind: "failed" } }]);
    expect((await scene.row("delivery_000001"))?.status).toBe("failed");
    const keys = await hostClient(url).keys("*");
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => !key.startsWith("host:webhooks:"))).toEqual([]);
  });

  test("reads numbers and texts from a client that is set to answer otherwise", async () => {
    const { url } = await privateRedis();
    const scene = await openScene({ client: hostClient(url, { stringNumbers: true }) });
    await scene.publish("evt", ["a"]);
    expect((await scene.claim("worker")).deliveries[0]?.attempts).toBe(0);
    const window = { key: "a", slotMs: 60_000, slots: 60 };
    expect((await scene.store.rate.take({ ...window, limit: 2, wanted: 1 })).granted).toBe(1);
  });

  test("has the server refuse what is no data of its own as store_refused", async () => {
    const client = hostClient((await privateRedis()).url);
    const scene = await openScene({ client, prefix: "webhooks:" });
    await client.set("webhooks:{0}:w:a", "not a sorted set");
    await expect(scene.publish("evt", ["a"])).rejects.toMatchObject({ code: "store_refused" });
  });

  test("leaves the host's client open, and ends the connection it made itself", async () => {
    const client = hostClient((await privateRedis()).url);
    const store = await openStore({ client });
    store.listen?.(() => undefined);
    await expect.poll(() => subscribers(client)).toBe(1);
    await store.close();
    await expect.poll(() => subscribers(client)).toBe(0);
    expect(await client.ping()).toBe("PONG");
  });

  test("says nothing about a server that keeps what it is given", async () => {
    const { logger, lines } = recordingLogger();
    const client = hostClient((await privateRedis()).url);
    const store = redisStore({ client });
    await store.open({ logger });
    await store.close();
    expect(lines).toEqual([]);
  });

  test("warns of a server that may evict, and of one without an append-only file", async () => {
    const { logger, lines } = recordingLogger();
    const settings = ["--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"];
    const client = hostClient((await privateRedis(settings)).url);
    const store = redisStore({ client });
    await store.open({ logger });
    await store.close();
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["warn", expect.stringContaining("appendonly yes")],
      ["warn", expect.stringContaining("maxmemory-policy noeviction")],
    ]);
  });

  test("warns that it cannot tell, where it may not ask", async () => {
    const { logger, lines } = recordingLogger();
    const admin = hostClient((await privateRedis()).url);
    await admin.call("ACL", "SETUSER", "limited", "on", "nopass", "~*", "&*", "+@all", "-info", "-config");
    const client = hostClient(`redis://limited@127.0.0.1:${admin.options.port}`, { enableReadyCheck: false });
    const store = redisStore({ client });
    await store.open({ logger });
    await store.close();
    expect(lines.map(({ message }) => message)).toEqual([expect.stringContaining("does not say how durable it is")]);
  });
});

async function subscribers(client: Redis): Promise<number> {
  const list = String(await client.client("LIST"));
  return list.split("\n").filter((line) => line.includes(" sub=1 ")).length;
}
