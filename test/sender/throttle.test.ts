import { describe, expect, test } from "vitest";
import type { Sender } from "@auraconnect/webhooks/sender";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { endpoint, heard, makeSender, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { until, untilInTime } from "../support/until.js";

const order = sample("order.created");
const anOrder = { type: "order.created" as const, object: order };

/** When each request was made, in milliseconds of the sender's clock, and of which event; earliest first. */
async function sent(sender: Sender): Promise<readonly { readonly at: number; readonly eventId: string }[]> {
  const { logs } = await sender.deliveries.list({ limit: 200, status: "success" });
  return logs.map(({ timestamp, eventId }) => ({ at: Date.parse(timestamp), eventId })).sort((a, b) => a.at - b.at);
}

/** The most that was sent in any window of that length. */
function busiest(instants: readonly number[], windowMs: number): number {
  return Math.max(...instants.map((start) => instants.filter((at) => at >= start && at < start + windowMs).length));
}

describe.each(stores)("a throttle on $name", ({ make }) => {
  test("sends no more than it says in any second, oldest first, and spends no attempt on what waits", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint();
    const sender = await startSender({ ...make(), clock });
    const deferred = heard(sender, "rate.deferred");
    await sender.webhooks.create({ url, events: ["*"], throttle: { requests: 4, perSeconds: 1 } });
    const ids = Array.from({ length: 30 }, (_, index) => `evt_${String(index).padStart(2, "0")}`);
    for (const id of ids) {
      await sender.publish("order.created", order, { id });
      await clock.advance(1);
    }
    const startedAt = clock.now();
    await untilInTime(clock, "all were sent", async () => (await sent(sender)).length === 30);
    const requests = await sent(sender);
    expect(
      busiest(
        requests.map(({ at }) => at),
        1_000,
      ),
    ).toBe(4);
    // One that was refused and is being given back may be overtaken by those of the next window.
    const lateness = requests.map(({ eventId }, place) => Math.abs(place - ids.indexOf(eventId)));
    expect(Math.max(...lateness)).toBeLessThanOrEqual(8);
    // Seven further windows of a second, each at most a tenth late, and time that went on while real sockets were awaited.
    expect(requests.at(-1)!.at - startedAt).toBeGreaterThan(6_900);
    const { logs } = await sender.deliveries.list({ limit: 200 });
    expect(logs.map(({ attempts }) => attempts)).toEqual(ids.map(() => 1));
    expect(deferred).toEqual([]);
  });

  test("is shared by all senders on a store", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint();
    const options = { ...make(), clock };
    const senders = [await startSender(options), await startSender(options)];
    await senders[0]!.webhooks.create({ url, events: ["*"], throttle: { requests: 12, perSeconds: 2 } });
    const events = Array.from({ length: 30 }, () => anOrder);
    await Promise.all(senders.map((sender) => sender.publishMany(events)));
    await untilInTime(clock, "all were sent", async () => (await sent(senders[0]!)).length === 60);
    expect(
      busiest(
        (await sent(senders[0]!)).map(({ at }) => at),
        2_000,
      ),
    ).toBe(12);
  });

  test("of one webhook holds up no other, not even of the same account", async () => {
    const clock = simulatedClock();
    const slow = await endpoint();
    const free = await endpoint();
    const sender = await startSender({ ...make(), clock, concurrency: 4, concurrencyPerWebhook: 4 });
    await sender.webhooks.create({ url: slow.url, events: ["*"], throttle: { requests: 1, perSeconds: 3_600 } });
    await sender.webhooks.create({ url: free.url, events: ["*"] });
    const before = clock.now();
    for (let count = 0; count < 40; count += 1) await sender.publish("order.created", order);
    await untilInTime(clock, "the free one got everything", () => free.requests.length === 40, 1);
    expect(clock.now() - before).toBeLessThan(60_000);
    expect(slow.requests.length).toBe(1);
    await until("nothing is held for the slow one", async () => {
      const { inFlight, waiting, store } = await sender.stats();
      return inFlight === 0 && waiting === 0 && store.waiting === 39 && store.held === 0;
    });
  });

  test("keeps what waits in the store while it waits: it is neither claimed nor given back again and again", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const given = make();
    let taken = 0;
    const claim = given.store.queue.claim.bind(given.store.queue);
    given.store.queue.claim = async (request) => {
      const result = await claim(request);
      taken += result.deliveries.length;
      return result;
    };
    const sender = await startSender({ ...given, clock });
    await sender.webhooks.create({ url, events: ["*"], throttle: { requests: 2, perSeconds: 10 } });
    await sender.publishMany(Array.from({ length: 100 }, () => anOrder));
    await untilInTime(clock, "the first were sent", () => requests.length === 2);
    await clock.advance(9_000);
    const before = taken;
    for (let round = 2; round <= 5; round += 1) {
      await untilInTime(clock, "two more were sent", () => requests.length === 2 * round, 100);
      await clock.advance(8_000);
    }
    // Two a round, and some again where a worker asked while the window was still full; each of its more than a hundred
    // looks at the store would have taken what it has room for.
    expect(taken - before).toBeLessThanOrEqual(48);
  });
});

describe("a throttle", () => {
  test("takes effect when it is changed, and ends when it is taken away", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const sender = await startSender({ clock });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    await sender.webhooks.update({ webhookId, changes: { throttle: { requests: 3, perSeconds: 60 } } });
    await sender.publishMany(Array.from({ length: 20 }, () => anOrder));
    await untilInTime(clock, "three were sent", () => requests.length === 3);
    await clock.advance(20_000);
    expect(requests.length).toBe(3);
    await sender.webhooks.update({ webhookId, changes: { throttle: null } });
    const updatedAt = clock.now();
    await untilInTime(clock, "the rest was sent", () => requests.length === 20);
    expect(clock.now() - updatedAt).toBeLessThanOrEqual(61_000);
  });

  test("counts retries, and not tests", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint(() => 500);
    const sender = await startSender({ clock, retrySchedule: [1_000, 1_000, 1_000] });
    const throttle = { requests: 2, perSeconds: 600 };
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], throttle });
    await sender.publish("order.created", order);
    await untilInTime(clock, "two were sent", () => requests.length === 2);
    await clock.advance(60_000);
    expect(requests.length).toBe(2);
    await sender.webhooks.test({ webhookId, eventType: "order.created" });
    expect(requests.length).toBe(3);
  });

  test("gives the permit back when the account has none", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const other = await endpoint();
    const store = memoryStore();
    const taken: { key: string; count: number }[] = [];
    const take = store.rate.take.bind(store.rate);
    const giveBack = store.rate.giveBack.bind(store.rate);
    store.rate.take = async (request) => {
      const permits = await take(request);
      taken.push({ key: request.key, count: permits.granted });
      return permits;
    };
    store.rate.giveBack = async (permits) => {
      taken.push({ key: permits.key, count: -permits.count });
      return giveBack(permits);
    };
    const sender = await startSender({ store, clock, rateLimit: 5 });
    await sender.webhooks.create({ url: other.url, events: ["staff.*"] });
    await sender.publishMany(
      Array.from({ length: 5 }, () => ({ type: "staff.shift_alert" as const, object: sample("staff.shift_alert") })),
    );
    await untilInTime(clock, "the account has sent all it may", () => other.requests.length === 5);
    const throttle = { requests: 7, perSeconds: 3_600 };
    const { id } = await sender.webhooks.create({ url, events: ["order.*"], throttle });
    await sender.publishMany([anOrder, anOrder, anOrder]);
    await clock.advance(120_000);
    expect(requests.length).toBe(0);
    await sender.stop();
    const ofWebhook = taken.filter(({ key }) => key.startsWith(id));
    expect(ofWebhook.length).toBeGreaterThan(0);
    expect(ofWebhook.reduce((sum, { count }) => sum + count, 0)).toBe(0);
  });

  test("is explained, with the instant at which it goes on", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const sender = await startSender({ clock });
    await sender.webhooks.create({ url, events: ["*"], throttle: { requests: 1, perSeconds: 600 } });
    await sender.publish("order.created", order);
    await untilInTime(clock, "one was sent", () => requests.length === 1);
    const { event } = await sender.publish("order.created", order);
    await clock.advance(1_000);
    const [explained] = (await sender.explain({ eventId: event.id })).webhooks;
    expect(explained).toMatchObject({
      verdict: "rate_deferred",
      reason: "The webhook is sent at most 1 requests in 600 s, and has been sent as many.",
    });
    const waitMs = Date.parse(explained?.until ?? "") - clock.now();
    expect(waitMs).toBeGreaterThan(598_000);
    expect(waitMs).toBeLessThanOrEqual(660_000);
    await clock.jump(waitMs);
    await untilInTime(clock, "it was sent", () => requests.length === 2);
  });

  test("of a webhook that was stored before there were any is none", async () => {
    const { url, seen } = await endpoint();
    const store = memoryStore();
    const sender = makeSender({ store });
    const { id } = await sender.webhooks.create({ url, events: ["*"] });
    const [account] = await store.webhooks.read([{ accountId: "default", version: null }]);
    const { throttle: _, ...record } = account!.webhooks[0]!;
    await store.webhooks.replace({ ...record, revision: record.revision + 1 });
    await sender.start();
    expect((await sender.webhooks.get({ webhookId: id })).throttle).toBeNull();
    await sender.publish("order.created", order);
    await seen(1);
  });
});
