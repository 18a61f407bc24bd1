import { describe, expect, inject, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { redisStore } from "@auraconnect/webhooks/redis";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { hostClient } from "../adapters/redis/open-store.js";
import { ownPrefix } from "../adapters/redis/own-prefix.js";
import { faultyStore, lostAnswers, lostCalls, type Fault, type Method } from "../support/faulty-store.js";
import { rejection } from "../support/rejection.js";
import {
  databaseFile,
  endpoint,
  heard,
  makeSender,
  sample,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";
import { until, untilInTime } from "../support/until.js";

const order = sample("order.created");
const redisUrl = inject("redisUrl");

const STORES: readonly (readonly [string, () => SenderStore])[] = [
  ["memory", () => memoryStore()],
  ["sqlite", () => sqliteStore({ path: databaseFile() })],
  ...(redisUrl === null
    ? []
    : [["redis", () => redisStore({ client: hostClient(redisUrl), prefix: ownPrefix(redisUrl) })] as const]),
];

describe.each(STORES)("a store that does not answer for a while (%s)", (_, makeStore) => {
  const methods: readonly Method[] = ["queue.claim", "queue.settle", "queue.giveBack", "webhooks.read"];
  const faults: readonly (readonly [string, (times: number) => Fault])[] = [
    ["before it did anything", lostCalls],
    ["after it did all", lostAnswers],
  ];
  const cases = methods.flatMap((method) => faults.map(([name, fault]) => [method, name, fault] as const));

  test.each(cases)("loses nothing when `%s` fails %s, and says so", async (method, __, fault) => {
    const { url, requests } = await endpoint();
    const clock = simulatedClock();
    const faulty = faultyStore(makeStore());
    const sender = makeSender({ store: faulty.store, secretKeys: SECRET_KEYS, clock });
    const errors = heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    for (let count = 0; count < 5; count++) await sender.publish("order.created", order);
    // What it knows of the webhook is too old for an attempt by now.
    await clock.advance(2_000);
    // A lost claim is what makes the sender give back.
    if (method === "queue.giveBack") faulty.fault("queue.claim", lostAnswers(1));
    faulty.fault(method, fault(1));
    await sender.start();
    await untilInTime(
      clock,
      "all is delivered",
      async () => (await sender.deliveries.list({ status: "success" })).logs.length === 5,
    );
    expect(new Set(requests.map(({ headers }) => headers["x-auraconnect-event-id"])).size).toBe(5);
    expect(requests).toHaveLength(5);
    expect(errors.length).toBeGreaterThanOrEqual(1);
    for (const { error } of errors) expect(error).toMatchObject({ code: "store_unavailable" });
  });

  test("delivers what was written when the answer to a publish was lost, and publishing it again is no second event", async () => {
    const { url, requests } = await endpoint();
    const faulty = faultyStore(makeStore());
    const sender = await startSender({ store: faulty.store, secretKeys: SECRET_KEYS });
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault("queue.enqueue", lostAnswers(1));
    const error = await rejection(sender.publish("order.created", order, { id: "evt_1" }));
    expect(error.code).toBe("store_unavailable");
    expect((await sender.publish("order.created", order, { id: "evt_1" })).duplicate).toBe(true);
    await until("it was delivered", () => succeeded.length === 1);
    expect(requests).toHaveLength(1);
  });

  test("refuses a publish that it did not take, and takes it when it is published again", async () => {
    const { url, seen } = await endpoint();
    const faulty = faultyStore(makeStore());
    const sender = await startSender({ store: faulty.store, secretKeys: SECRET_KEYS });
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault("queue.enqueue", lostCalls(1));
    expect((await rejection(sender.publish("order.created", order, { id: "evt_1" }))).code).toBe("store_unavailable");
    expect((await sender.publish("order.created", order, { id: "evt_1" })).duplicate).toBe(false);
    await seen(1);
  });

  test("keeps no more outcomes unwritten than is bounded, however long it is away", async () => {
    const { url, requests } = await endpoint();
    const clock = simulatedClock();
    const faulty = faultyStore(makeStore());
    const sender = makeSender({ store: faulty.store, secretKeys: SECRET_KEYS, concurrency: 2, clock });
    heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publishMany(Array.from({ length: 60 }, () => ({ type: "order.created" as const, object: order })));
    faulty.fault("queue.settle", lostCalls(Infinity));
    await sender.start();
    await untilInTime(clock, "it was asked often, and as much was sent as may be unwritten", () =>
      Promise.resolve(faulty.calls("queue.settle") >= 8 && requests.length >= 2 * 8),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(requests.length).toBeLessThanOrEqual(2 * 8 + 2);
    faulty.fault("queue.settle", null);
    await untilInTime(
      clock,
      "all is delivered",
      async () => (await sender.deliveries.list({ status: "success", limit: 200 })).logs.length === 60,
    );
    expect(requests).toHaveLength(60);
  });

  test("goes on when it is back, also where what is held leaves no room to claim and nothing is published", async () => {
    const { url, requests } = await endpoint();
    const clock = simulatedClock();
    const faulty = faultyStore(makeStore());
    const limits = { concurrency: 2, concurrencyPerWebhook: 2 };
    const sender = makeSender({ store: faulty.store, secretKeys: SECRET_KEYS, ...limits, clock });
    heard(sender, "error");
    for (const path of ["/1", "/2", "/3"])
      await sender.webhooks.create({ url: new URL(path, url).href, events: ["*"] });
    await sender.publishMany(Array.from({ length: 20 }, () => ({ type: "order.created" as const, object: order })));
    faulty.fault("queue.settle", lostCalls(Infinity));
    await sender.start();
    await untilInTime(clock, "it holds all it may, and as much is unwritten as may be", async () => {
      const { inFlight, waiting, unsettled } = await sender.stats();
      return inFlight === 0 && waiting >= 2 * limits.concurrency && unsettled >= 8 * limits.concurrency;
    });
    faulty.fault("queue.settle", null);
    await untilInTime(
      clock,
      "all is delivered",
      async () => (await sender.deliveries.list({ status: "success", limit: 200 })).logs.length === 60,
    );
    expect(requests).toHaveLength(60);
  });
});

describe("an account whose webhooks cannot be read", () => {
  test("takes no room from the others: what is published to them goes on being delivered", async () => {
    const { url, seen, requests } = await endpoint();
    const faulty = faultyStore(memoryStore());
    const sender = await startSender({ store: faulty.store, concurrency: 2, concurrencyPerWebhook: 1 });
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault("webhooks.read", lostCalls(20));
    for (let count = 0; count < 20; count++) {
      const results = await Promise.allSettled([
        sender.publish("order.created", order),
        sender.publish("order.created", order, { accountId: `unread_${count}` }),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    }
    faulty.fault("webhooks.read", null);
    await sender.publish("order.created", order);
    await seen(1);
    expect(requests).toHaveLength(1);
  });
});

describe("a claimed delivery whose webhook this process does not know", () => {
  test("is not cancelled because of an answer from before the webhook was registered", async () => {
    const { url } = await endpoint();
    const inner = memoryStore();
    const faulty = faultyStore(inner);
    const sender = await startSender({ store: faulty.store });
    const ended = [heard(sender, "delivery.succeeded"), heard(sender, "delivery.cancelled")];
    let letGo: () => void = () => undefined;
    let held = false;
    // The store answers what it knew when it was asked; that answer is long on its way.
    faulty.fault("webhooks.read", async (call) => {
      const answer = await call();
      if (!held) {
        held = true;
        await new Promise<void>((resolve) => (letGo = resolve));
      }
      return answer;
    });
    const reading = sender.webhooks.list();
    await until("the store was asked", () => held);
    const other = makeSender({ store: inner });
    await other.webhooks.create({ url, events: ["*"] });
    await other.publish("order.created", order);
    await until("it was claimed", async () => {
      const claimed = await inner.queue.claim({
        lease: { owner: "nobody", token: 1 },
        limit: 1,
        perWebhook: 1,
        capacity: new Map(),
      });
      return claimed.nextDueInMs === null && faulty.calls("queue.claim") > 2;
    });
    letGo();
    await reading;
    await until("it ended", () => ended.flat().length === 1);
    expect(ended.flat().map(({ delivery }) => delivery.status)).toEqual(["success"]);
  });
});

describe("during an outage of hours", () => {
  test("the store is not asked for more and more when it is back", async () => {
    const clock = simulatedClock();
    const faulty = faultyStore(memoryStore());
    const sender = await startSender({ store: faulty.store, clock });
    heard(sender, "error");
    for (const method of ["queue.claim", "queue.giveBack", "queue.renew"] as const) {
      faulty.fault(method, lostCalls(Infinity));
    }
    await clock.advance(600_000);
    for (const method of ["queue.claim", "queue.giveBack", "queue.renew"] as const) faulty.fault(method, null);
    const before = faulty.calls("queue.giveBack");
    await clock.advance(10_000);
    expect(faulty.calls("queue.giveBack") - before).toBeLessThan(5);
  });
});

describe("a life that was judged over", () => {
  /** Two senders on one store and one clock; the first cannot renew its life, and waits where it is told to. */
  async function scene(blocked: Method) {
    const { url, requests, seen } = await endpoint();
    const clock = simulatedClock();
    const inner = memoryStore();
    const faulty = faultyStore(inner);
    const stalled = await startSender({ store: faulty.store, clock, leaseMs: 1_000 });
    heard(stalled, "error");
    await stalled.webhooks.create({ url, events: ["*"] });
    // Longer than what an attempt may know of its webhook.
    await clock.advance(1_500);
    const other = await startSender({ store: inner, clock, leaseMs: 1_000 });
    let letGo: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (letGo = resolve));
    let waits = false;
    faulty.fault("queue.renew", lostCalls(Infinity));
    faulty.fault(blocked, async (call) => {
      waits = true;
      await wait;
      return call();
    });
    const published = stalled.publish("order.created", order);
    await until("it waits", () => waits);
    await clock.advance(1_500);
    const resume = async () => {
      faulty.fault("queue.renew", null);
      await clock.advance(1_000);
      letGo();
      await published;
      await until("it is delivered", async () => {
        await clock.advance(250);
        return (await other.deliveries.list({ status: "success" })).logs.length === 1;
      });
      await clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    return { requests, seen, resume, other };
  }

  test("starts no attempt for which it was still looking up the webhook", async () => {
    const { requests, seen, resume } = await scene("webhooks.read");
    await seen(1);
    await resume();
    expect(requests).toHaveLength(1);
  });

  test("does not send beside another what was written under it when it had ended", async () => {
    const { requests, resume } = await scene("queue.enqueue");
    await resume();
    expect(requests).toHaveLength(1);
  });

  test("does not send beside another what was claimed under it before it ended", async () => {
    const { url, requests, seen } = await endpoint();
    const clock = simulatedClock();
    const inner = memoryStore();
    const faulty = faultyStore(inner);
    const publisher = makeSender({ store: inner, clock });
    await publisher.webhooks.create({ url, events: ["*"] });
    await publisher.publish("order.created", order);
    let letGo: () => void = () => undefined;
    let claimed = false;
    faulty.fault("queue.claim", async (call) => {
      const answer = await call();
      if (!claimed) await new Promise<void>((resolve) => ((letGo = resolve), (claimed = true)));
      return answer;
    });
    faulty.fault("queue.renew", lostCalls(Infinity));
    const stalled = await startSender({ store: faulty.store, clock, leaseMs: 1_000 });
    heard(stalled, "error");
    await clock.advance(0);
    await until("it claimed", () => claimed);
    await startSender({ store: inner, clock, leaseMs: 1_000 });
    await clock.advance(1_500);
    await seen(1);
    faulty.fault("queue.renew", null);
    await clock.advance(1_000);
    letGo();
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(requests).toHaveLength(1);
  });

  test("tells nothing of an attempt that ends after another decided", async () => {
    const clock = simulatedClock();
    let answer: (status: number) => void = () => undefined;
    const { url, seen } = await endpoint((_, number) =>
      number === 1 ? new Promise<number>((resolve) => (answer = resolve)) : 200,
    );
    const inner = memoryStore();
    const faulty = faultyStore(inner);
    const stalled = await startSender({ store: faulty.store, clock, leaseMs: 1_000 });
    const told = [heard(stalled, "delivery.retrying"), heard(stalled, "delivery.succeeded")];
    heard(stalled, "error");
    await stalled.webhooks.create({ url, events: ["*"] });
    await stalled.publish("order.created", order);
    await seen(1);
    const other = await startSender({ store: inner, clock, leaseMs: 1_000 });
    const succeeded = heard(other, "delivery.succeeded");
    faulty.fault("queue.renew", lostCalls(Infinity));
    await clock.advance(1_500);
    await until("the other delivered it", () => succeeded.length === 1);
    const settled = faulty.calls("queue.settle");
    answer(500);
    await until("the late outcome is written", () => faulty.calls("queue.settle") > settled);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told.flat()).toEqual([]);
    expect((await other.deliveries.list()).logs).toMatchObject([{ status: "success", attempts: 1, responseCode: 200 }]);
  });

  test("is not begun again by a process that is being stopped", async () => {
    const clock = simulatedClock();
    const faulty = faultyStore(memoryStore());
    const sender = await startSender({ store: faulty.store, clock });
    faulty.fault("queue.renew", async () => Promise.resolve(false));
    let letGo: () => void = () => undefined;
    let joining = false;
    faulty.fault("queue.join", async (call) => {
      joining = true;
      await new Promise<void>((resolve) => (letGo = resolve));
      return call();
    });
    await clock.advance(3_000);
    await until("it begins a new life", () => joining);
    await sender.stop();
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const renewals = faulty.calls("queue.renew");
    await clock.advance(60_000);
    expect(faulty.calls("queue.renew")).toBe(renewals);
  });
});

describe("what a store cannot take at all", () => {
  /** Rejects as a bug would wherever one of these stands in a batch. */
  const poisonous =
    (isPoison: (item: unknown) => boolean): Fault =>
    (call, [items]) =>
      (items as readonly unknown[]).some(isPoison) ? Promise.reject(new TypeError("cannot be stored")) : call();

  test("among events refuses that one only", async () => {
    const { url, seen } = await endpoint();
    const faulty = faultyStore(memoryStore());
    const sender = await startSender({ store: faulty.store });
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault(
      "queue.enqueue",
      poisonous((event) => (event as { id: string }).id === "evt_3"),
    );
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((number) => sender.publish("order.created", order, { id: `evt_${number}` })),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    const ids = (await seen(4)).map(({ headers }) => headers["x-auraconnect-event-id"]).sort();
    expect(ids).toEqual(["evt_1", "evt_2", "evt_4", "evt_5"]);
  });

  test("among outcomes keeps that one only from being recorded, and is told", async () => {
    const { url } = await endpoint();
    const faulty = faultyStore(memoryStore());
    const sender = makeSender({ store: faulty.store });
    const errors = heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    const published = await sender.publishMany(
      Array.from({ length: 5 }, () => ({ type: "order.created" as const, object: order })),
    );
    const poison = published[2]!.deliveries[0]!.id;
    faulty.fault(
      "queue.settle",
      poisonous((settlement) => (settlement as { deliveryId: string }).deliveryId === poison),
    );
    await sender.start();
    await until(
      "the others are recorded",
      async () => (await sender.deliveries.list({ status: "success" })).logs.length === 4,
    );
    await until("it is told", () => errors.length === 1);
    expect(errors[0]!.error).toBeInstanceOf(TypeError);
  });
});
