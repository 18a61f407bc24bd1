import { describe, expect, inject, onTestFinished, test } from "vitest";
import { redisIdempotency, redisStore } from "@auraconnect/webhooks/redis";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { storeError } from "../../../src/adapters/redis/failure.js";
import { ACCOUNT, Scene, settlement, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { freePort } from "../../services/free-port.js";
import { rejection } from "../../support/rejection.js";
import { endpoint, heard, makeSender, sample, SECRET_KEYS } from "../../support/sender-scene.js";
import { until } from "../../support/until.js";
import { clientKinds } from "./clients.js";
import { hostClient, openScene, openStore, privateRedis } from "./open-store.js";
import { freshPrefix } from "./own-prefix.js";

const TIMEOUT_MS = 1_000;
/** For a machine that is busy with other tests. */
const GRACE_MS = 4_000;

const life = { owner: "worker", leaseMs: 15_000 };

/** Each method of a store, called. */
function everyCall({ queue, webhooks, log, rate, health, retention }: SenderStore): Promise<unknown>[] {
  const lease = { owner: "worker", token: 1 };
  return [
    queue.enqueue([]).then(() => queue.claim({ lease, limit: 1, perWebhook: 1, capacity: new Map() })),
    queue.enqueue([new Scene({} as SenderStore, Date.now).event("evt", ["a"])]),
    queue.settle([settlement("id", lease, { kind: "success" })]),
    queue.join(life),
    queue.renew({ ...life, judgeOthers: true }),
    queue.giveBack(lease),
    queue.release("worker"),
    queue.cancel({ accountId: ACCOUNT, webhookId: "a", limit: 1 }),
    webhooks.read([{ accountId: ACCOUNT, version: null }]),
    webhooks.page({ cursor: null, limit: 1 }),
    webhooks.insert(webhookRecord("b"), 10),
    webhooks.replace(webhookRecord("a", { revision: 2 })),
    webhooks.remove({ accountId: ACCOUNT, webhookId: "a" }),
    log.list({ accountId: ACCOUNT, limit: 1 }),
    log.attempts("id"),
    rate.take({ key: ACCOUNT, slotMs: 60_000, slots: 60, limit: 1, wanted: 1 }),
    rate.giveBack({ key: ACCOUNT, slotMs: 60_000, slots: 60, slot: 1, count: 1 }),
    health.read(["a"]),
    retention.purge({ ageMs: 1, limit: 1 }),
  ];
}

describe.skipIf(!inject("hasRedisServer"))("a server that is away", () => {
  test("every method says so within its time, whatever the client would wait for", async () => {
    const { url } = await privateRedis();
    const store = await openStore({ client: hostClient(url), timeoutMs: TIMEOUT_MS });
    await hostClient(url).client("PAUSE", "60000", "ALL");
    const startedAt = performance.now();
    const calls = everyCall(store);
    const errors = await Promise.all(calls.map(rejection));
    expect(errors.map(({ code }) => code)).toEqual(calls.map(() => "store_unavailable"));
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + GRACE_MS);
  });

  test.each(clientKinds)("$name: it is noticed, survived and recovered from", async ({ open }) => {
    const server = await privateRedis();
    const { client, end } = await open(server.url);
    onTestFinished(end);
    const store = await openStore({ client, timeoutMs: TIMEOUT_MS });
    const idempotency = redisIdempotency({ client, timeoutMs: TIMEOUT_MS });
    store.listen?.(() => undefined);
    await store.webhooks.insert(webhookRecord("a"), 10);
    await server.kill();
    expect((await rejection(store.webhooks.read([{ accountId: ACCOUNT, version: null }]))).code).toBe(
      "store_unavailable",
    );
    expect((await rejection(idempotency.claim({ key: "evt", leaseMs: 1_000 }))).code).toBe("store_unavailable");
    await server.start();
    await until("the store answers", async () => {
      const snapshots = await store.webhooks.read([{ accountId: ACCOUNT, version: null }]).catch(() => []);
      return snapshots[0]?.webhooks.length === 1;
    });
  });

  test("it can be opened once it is back", async () => {
    const server = await privateRedis();
    const store = redisStore({ client: hostClient(server.url), timeoutMs: TIMEOUT_MS });
    const { logger } = { logger: { debug: nothing, info: nothing, warn: nothing, error: nothing } };
    await server.kill();
    expect((await rejection(store.open({ logger }))).code).toBe("store_unavailable");
    await server.start();
    await until("the store opens", () =>
      store.open({ logger }).then(
        () => true,
        () => false,
      ),
    );
    expect(await store.webhooks.read([])).toEqual([]);
    await store.close();
  });

  test("one that became a replica, or is loading, is away too", async () => {
    const { url } = await privateRedis();
    const client = hostClient(url);
    const scene = await openScene({ client, timeoutMs: TIMEOUT_MS });
    await client.replicaof("127.0.0.1", await freePort());
    await expect(scene.publish("evt", ["a"])).rejects.toMatchObject({ code: "store_unavailable" });
    await client.replicaof("NO", "ONE");
    await scene.publish("evt", ["a"]);
    expect((await scene.claim("worker")).deliveries).toHaveLength(1);
  });

  test("a server without memory is away until it has some", async () => {
    const { url } = await privateRedis();
    const client = hostClient(url);
    const scene = await openScene({ client });
    await client.config("SET", "maxmemory", "1");
    await expect(scene.publish("evt", ["a"])).rejects.toMatchObject({ code: "store_unavailable" });
    await client.config("SET", "maxmemory", "0");
    await scene.publish("evt", ["a"]);
    expect((await scene.claim("worker")).deliveries).toHaveLength(1);
  });
});

describe.skipIf(!inject("hasRedisServer"))("a sender whose server is killed and comes back", () => {
  test("loses nothing it accepted, and goes on by itself", async () => {
    const server = await privateRedis();
    const client = hostClient(server.url);
    const { url, requests } = await endpoint();
    const store = redisStore({ client, prefix: freshPrefix(), timeoutMs: TIMEOUT_MS });
    const sender = makeSender({ store, secretKeys: SECRET_KEYS });
    const errors = heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.start();
    const accepted = new Set<string>();
    let isOver = false;
    const publish = async (): Promise<void> => {
      while (!isOver) {
        const published = await sender.publish("order.created", sample("order.created")).catch(() => null);
        if (published !== null) accepted.add(published.event.id);
      }
    };
    const publishers = [publish(), publish(), publish()];
    await until("it delivers", () => requests.length > 50);
    await server.kill();
    await until("it has noticed", () => errors.length > 0);
    await server.start();
    const before = accepted.size;
    await until("it publishes again", () => accepted.size > before + 50);
    isOver = true;
    await Promise.all(publishers);
    const arrived = (): Set<unknown> => new Set(requests.map(({ headers }) => headers["x-auraconnect-event-id"]));
    await until("all that was accepted has arrived", () => [...accepted].every((id) => arrived().has(id)));
    for (const { error } of errors) expect(error).toMatchObject({ code: "store_unavailable" });
  }, 30_000);
});

describe("errors of clients and servers", () => {
  test.each([
    "READONLY You can't write against a read only replica.",
    "LOADING Redis is loading the dataset in memory",
    "CLUSTERDOWN The cluster is down",
    "MOVED 3999 127.0.0.1:6381",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "BUSY Redis is busy running a script.",
    "ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -OOM command not allowed",
    "ERR max number of clients reached",
    "Connection is closed.",
    "The client is closed",
    "Reached the max retries per request limit (which is 20).",
  ])("%s: calling again may help", (message) => {
    expect(storeError(new Error(message)).code).toBe("store_unavailable");
  });

  test.each([
    "WRONGTYPE Operation against a key holding the wrong kind of value script: 1, on @user_script:21.",
    "ERR user_script:21: attempt to index a nil value",
    "ERR Protocol error: invalid bulk length",
  ])("%s: it will not", (message) => {
    expect(storeError(new Error(message)).code).toBe("store_refused");
  });

  test("what a client cannot even send is refused, and a WebhookError is passed on", () => {
    expect(storeError(new TypeError("no string")).code).toBe("store_refused");
    const error = storeError("not an error");
    expect(error.code).toBe("store_unavailable");
    expect(storeError(error)).toBe(error);
  });
});

function nothing(): void {
  // What is logged is not looked at here.
}
