import { describe, expect, test } from "vitest";
import type { Endpoint } from "../support/endpoint.js";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { faultyStore, lostCalls } from "../support/faulty-store.js";
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
import { until } from "../support/until.js";

const order = sample("order.created");

/** How often each event arrived. */
function arrivals({ requests }: Endpoint): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { headers } of requests) {
    const id = String(headers["x-auraconnect-event-id"]);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe("start", () => {
  test("twice, at once and later, is starting once", async () => {
    const { store, calls } = faultyStore(memoryStore());
    const sender = makeSender({ store });
    await Promise.all([sender.start(), sender.start()]);
    await sender.start();
    expect(calls("queue.join")).toBe(1);
  });

  test("that failed can be tried again", async () => {
    const { url, seen } = await endpoint();
    const { store, fault } = faultyStore(memoryStore());
    const sender = makeSender({ store });
    fault("queue.join", lostCalls(1));
    expect((await rejection(sender.start())).code).toBe("store_unavailable");
    await sender.start();
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
  });

  test("after stop delivers again", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const sender = await startSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
    await sender.stop();
    await sender.publish("order.created", order);
    await sender.start();
    await seen(2);
    await sender.publish("order.created", order);
    await seen(3);
  });
});

describe("stop", () => {
  test("before start, twice, and at once, does no harm", async () => {
    const sender = makeSender();
    await sender.stop();
    await sender.start();
    await Promise.all([sender.stop(), sender.stop()]);
    await sender.stop();
  });

  test("and start called one after the other take effect in that order", async () => {
    const { url, seen } = await endpoint();
    const sender = makeSender();
    void sender.start();
    void sender.stop();
    await sender.start();
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
  });

  test("lets attempts in flight end, records them, and leaves nothing held", async () => {
    let answer: (status: number) => void = () => undefined;
    const { url, requests, seen } = await endpoint(() => new Promise<number>((resolve) => (answer = resolve)));
    const store = memoryStore();
    const sender = await startSender({ store, concurrencyPerWebhook: 1 });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order, { id: "evt_1" });
    await sender.publish("order.created", order, { id: "evt_2" });
    await seen(1);
    let stopped = false;
    const stopping = sender.stop().then(() => (stopped = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stopped).toBe(false);
    answer(200);
    await stopping;
    const { logs } = await sender.deliveries.list();
    expect(logs.map(({ eventId, status }) => [eventId, status])).toEqual([
      ["evt_2", "pending"],
      ["evt_1", "success"],
    ]);
    expect(requests).toHaveLength(1);
    await startSender({ store });
    await seen(2);
    answer(200);
  });

  test("with a hanging endpoint ends at its deadline, and another sender takes over at once", async () => {
    const { url, requests, seen } = await endpoint((_, number) => (number === 1 ? "hang" : 200));
    const path = databaseFile();
    const options = () => ({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS, leaseMs: 300_000 });
    const sender = await startSender(options());
    const other = await startSender(options());
    const errors = [sender, other].map((each) => heard(each, "error"));
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
    const startedAt = performance.now();
    await sender.stop({ timeoutMs: 50 });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await seen(2);
    await until("it succeeded", async () => (await other.deliveries.list()).logs[0]!.status === "success");
    expect(arrivals({ requests } as Endpoint).size).toBe(1);
    expect(errors.flat()).toEqual([]);
  });

  test("with a store that is away ends at its deadline", async () => {
    const { url, seen } = await endpoint();
    const { store, fault, calls } = faultyStore(memoryStore());
    const sender = await startSender({ store });
    heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    fault("queue.settle", lostCalls(Infinity));
    await sender.publish("order.created", order);
    await seen(1);
    await until("the store was asked", () => calls("queue.settle") > 0);
    await sender.stop({ timeoutMs: 150 });
    const asked = calls("queue.settle");
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(calls("queue.settle")).toBe(asked);
  });

  test("while the store is just being asked ends at its deadline too", async () => {
    const { url, seen } = await endpoint();
    const { store, fault, calls } = faultyStore(memoryStore());
    const sender = await startSender({ store });
    heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    fault("queue.settle", async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return lostCalls(1)(call, []);
    });
    await sender.publish("order.created", order);
    await seen(1);
    await until("the store was asked", () => calls("queue.settle") > 0);
    await sender.stop({ timeoutMs: 20 });
    const asked = calls("queue.settle");
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(calls("queue.settle")).toBe(asked);
  });

  test("does not refuse or lose what is being published at the same time", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const options = () => ({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
    const sender = await startSender(options());
    await sender.webhooks.create({ url, events: ["*"] });
    const publishing = Array.from({ length: 20 }, () => sender.publish("order.created", order));
    const stopping = sender.stop();
    publishing.push(...Array.from({ length: 20 }, () => sender.publish("order.created", order)));
    await Promise.all([stopping, ...publishing]);
    await startSender(options());
    await seen(40);
  });

  test("starts nothing more, not even what was just being claimed", async () => {
    const { url, requests, seen } = await endpoint();
    const { store, fault } = faultyStore(memoryStore());
    const sender = makeSender({ store });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    let letGo: () => void = () => undefined;
    let claimed = false;
    fault("queue.claim", async (call) => {
      const answer = await call();
      await new Promise<void>((resolve) => ((letGo = resolve), (claimed = true)));
      return answer;
    });
    await sender.start();
    await until("it is claimed", () => claimed);
    const stopping = sender.stop();
    letGo();
    await stopping;
    expect(requests).toHaveLength(0);
    await startSender({ store });
    letGo();
    fault("queue.claim", null);
    await seen(1);
  });

  test("lets go of the store of a sender that only published", async () => {
    let closed = 0;
    const store = memoryStore();
    store.close = () => {
      closed += 1;
      return Promise.resolve();
    };
    const sender = makeSender({ store });
    await sender.publish("order.created", order);
    await sender.stop();
    expect(closed).toBe(1);
  });

  test("leaves no timer behind", async () => {
    const timers = new Set<object>();
    const clock = {
      now: () => Date.now(),
      monotonicMs: () => performance.now(),
      schedule(delayMs: number, run: () => void) {
        const key = {};
        timers.add(key);
        const timer = setTimeout(() => {
          timers.delete(key);
          run();
        }, delayMs);
        return () => {
          timers.delete(key);
          clearTimeout(timer);
        };
      },
    };
    const { url, seen } = await endpoint();
    const sender = await startSender({ clock });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
    await sender.stop();
    expect(timers.size).toBe(0);
  });
});

describe("two senders on one SQLite file", () => {
  test("deliver each event once, whoever published it", async () => {
    const target = await endpoint();
    const path = databaseFile();
    const options = () => ({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS, concurrency: 8 });
    const senders = [await startSender(options()), await startSender(options())];
    const publisher = makeSender(options());
    await publisher.webhooks.create({ url: target.url, events: ["*"] });
    await publisher.webhooks.create({ url: target.url, events: ["payment.*"] });
    const published = await Promise.all(
      Array.from({ length: 150 }, (_, index) => [...senders, publisher][index % 3]!.publish("order.created", order)),
    );
    await until(
      "all is delivered",
      async () => (await publisher.deliveries.list({ status: "pending" })).logs.length === 0,
    );
    expect(arrivals(target)).toEqual(new Map(published.map(({ event }) => [event.id, 1])));
    expect(target.requests).toHaveLength(150);
  });
});

describe("a process whose renewals do not reach the store", () => {
  test("sends nothing once its lease is over, and goes on when they do again", async () => {
    const { url, requests, seen } = await endpoint();
    const clock = simulatedClock();
    const { store, fault } = faultyStore(memoryStore());
    const sender = await startSender({ store, leaseMs: 1_000, clock });
    heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    fault("queue.renew", lostCalls(Infinity));
    await clock.advance(1_100);
    await sender.publish("order.created", order);
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(requests).toHaveLength(0);
    fault("queue.renew", null);
    await clock.advance(1_000);
    await seen(1);
    expect(requests).toHaveLength(1);
  });
});
