import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
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
const MINUTE = 60_000;

const stores = [
  { name: "memory", make: () => ({ store: memoryStore() }) },
  { name: "sqlite", make: () => ({ store: sqliteStore({ path: databaseFile() }), secretKeys: SECRET_KEYS }) },
];

describe.each(stores)("the rate window on $name", ({ make }) => {
  test("sends no more than the limit, and the rest when there is room again, oldest first", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const sender = await startSender({ ...make(), clock, rateLimit: 20 });
    const deferred = heard(sender, "rate.deferred");
    await sender.webhooks.create({ url, events: ["*"] });
    const ids = Array.from({ length: 50 }, (_, index) => `evt_${String(index).padStart(2, "0")}`);
    for (const id of ids) {
      await sender.publish("order.created", order, { id });
      await clock.advance(1);
    }

    await untilInTime(clock, "the first 20 were sent", () => requests.length === 20);
    expect(deferred.map(({ accountId }) => accountId)).toEqual(["default"]);
    await clock.jump(59 * MINUTE);
    expect(requests.length).toBe(20);

    await clock.jump(2 * MINUTE);
    await untilInTime(clock, "the next 20 were sent", () => requests.length === 40);
    await clock.jump(62 * MINUTE);
    await untilInTime(clock, "the rest was sent", () => requests.length === 50);

    const hours = [0, 20, 40].map((start) =>
      requests.slice(start, start + 20).map(({ headers }) => String(headers["x-auraconnect-event-id"])),
    );
    expect(hours.map((sent) => sent.sort())).toEqual([ids.slice(0, 20), ids.slice(20, 40), ids.slice(40)]);
    await until("all of it is recorded, each with one attempt", async () => {
      const { logs } = await sender.deliveries.list({ limit: 200 });
      return logs.length === 50 && logs.every(({ attempts, status }) => attempts === 1 && status === "success");
    });
  });

  test("has room again within a minute of what another process gave back", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const { store, ...options } = make();
    const senders = [0, 1].map(() => makeSender({ ...options, store, clock, rateLimit: 60 }));
    const [first, second] = [senders[0]!, senders[1]!];
    await first.webhooks.create({ url, events: ["*"] });
    await first.start();
    await first.publish("order.created", order);
    await untilInTime(clock, "one process has taken a block and used a little of it", () => requests.length === 1, 1);
    await second.start();
    const deferred = heard(second, "rate.deferred");
    await second.publishMany(Array.from({ length: 12 }, () => ({ type: "order.created" as const, object: order })));
    await untilInTime(clock, "the other has sent what it may", () => requests.length >= 11 && deferred.length === 1, 1);
    const stopping = first.stop();
    await untilInTime(clock, "it has sent the rest", () => requests.length === 13, 5_000);
    await stopping;
    expect(deferred).toHaveLength(1);
  });

  test("is shared by all senders on a store", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const options = { ...make(), clock, rateLimit: 30 };
    const senders = [await startSender(options), await startSender(options)];
    await senders[0]!.webhooks.create({ url, events: ["*"] });
    const events = Array.from({ length: 100 }, () => ({ type: "order.created" as const, object: order }));
    await Promise.all(senders.map((sender) => sender.publishMany(events)));
    await untilInTime(clock, "30 were sent", () => requests.length >= 30);
    await clock.advance(5 * MINUTE);
    expect(requests.length).toBe(30);
  });

  test("of one account leaves the others alone", async () => {
    const clock = simulatedClock();
    const busy = await endpoint();
    const calm = await endpoint();
    const sender = await startSender({ ...make(), clock, rateLimit: 5 });
    await sender.webhooks.create({ accountId: "busy", url: busy.url, events: ["*"] });
    await sender.webhooks.create({ accountId: "calm", url: calm.url, events: ["*"] });
    for (let count = 0; count < 40; count++) await sender.publish("order.created", order, { accountId: "busy" });
    await untilInTime(clock, "the busy account was deferred", () => busy.requests.length === 5);
    for (let count = 0; count < 5; count++) await sender.publish("order.created", order, { accountId: "calm" });
    await untilInTime(clock, "the calm account was served", () => calm.requests.length === 5);
    expect(busy.requests.length).toBe(5);
  });
});

describe("rateLimit", () => {
  test("counts retries too", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint(() => 500);
    const sender = await startSender({ clock, rateLimit: 3, retrySchedule: [1_000, 1_000, 1_000, 1_000] });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await untilInTime(clock, "3 were sent", () => requests.length === 3);
    await clock.advance(10 * MINUTE);
    expect(requests.length).toBe(3);
  });

  test("is answered per account by a function, and off with false", async () => {
    const clock = simulatedClock();
    const limited = await endpoint();
    const free = await endpoint();
    const sender = await startSender({ clock, rateLimit: (accountId) => (accountId === "free" ? false : 2) });
    await sender.webhooks.create({ accountId: "free", url: free.url, events: ["*"] });
    await sender.webhooks.create({ accountId: "other", url: limited.url, events: ["*"] });
    for (const accountId of ["free", "other"]) {
      for (let count = 0; count < 10; count++) await sender.publish("order.created", order, { accountId });
    }
    await untilInTime(clock, "the free account was served", () => free.requests.length === 10);
    await untilInTime(clock, "the other got its share", () => limited.requests.length === 2);
    await clock.advance(5 * MINUTE);
    expect(limited.requests.length).toBe(2);
  });

  test("gives back what a stopped sender did not use", async () => {
    const clock = simulatedClock();
    const { url, requests, seen } = await endpoint();
    const store = memoryStore();
    const first = await startSender({ store, clock, rateLimit: 10 });
    await first.webhooks.create({ url, events: ["*"] });
    await first.publish("order.created", order);
    await seen(1);
    await first.stop();
    const second = await startSender({ store, clock, rateLimit: 10 });
    for (let count = 0; count < 20; count++) await second.publish("order.created", order);
    await untilInTime(clock, "the second sender sent the other 9", () => requests.length === 10);
  });

  test.each([0, -1, 1.5, "10", null])("refuses %j", (rateLimit) => {
    expect(() => makeSender({ rateLimit: rateLimit as number })).toThrow(/`rateLimit` is a whole number/);
  });

  test("a function that answers nonsense sends nothing and says so", async () => {
    const { url, requests } = await endpoint();
    const sender = await startSender({ rateLimit: () => -1 });
    const errors = heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await until("it is told", () => errors.length > 0);
    expect(errors[0]?.error.message).toMatch(/`rateLimit`/);
    expect(requests.length).toBe(0);
    expect((await rejection(sender.webhooks.get({ webhookId: "webhook_none" }))).code).toBe("webhook_not_found");
  });
});
