import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { SenderEventName } from "@auraconnect/webhooks/sender";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { verify } from "@auraconnect/webhooks/signature";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import type { Answer } from "../support/endpoint.js";
import {
  databaseFile,
  endpoint,
  heard,
  makeSender,
  sample,
  SECRET,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";
import { faultyStore } from "../support/faulty-store.js";
import { until } from "../support/until.js";

const DAY = 86_400_000;

/** Longer than the longest wait before a retry. */
const LONG = 2_400_000;

const order = sample("order.created");

/** Publishes one event to an endpoint that answers so, without retries, and tells how the delivery ended. */
async function outcomeOf(url: string, options: Parameters<typeof startSender>[0] = {}) {
  const sender = await startSender({ retrySchedule: [], ...options });
  const ends = (["delivery.succeeded", "delivery.failed"] as const).map((name) => heard(sender, name));
  await sender.webhooks.create({ url, events: ["*"] });
  await sender.publish("order.created", order);
  await until("the delivery ended", () => ends.flat().length === 1);
  const [row] = (await sender.deliveries.list()).logs;
  return row!;
}

describe("an attempt succeeds", () => {
  test.each([200, 201, 202, 204, 226, 299])("with status %i", async (status) => {
    const { url } = await endpoint(() => status);
    expect(await outcomeOf(url)).toMatchObject({ status: "success", responseCode: status, attempts: 1, error: null });
  });
});

describe("an attempt fails", () => {
  test.each([300, 304, 400, 401, 404, 410, 429, 500, 503])("with status %i", async (status) => {
    const { url } = await endpoint(() => status);
    const row = await outcomeOf(url);
    expect(row).toMatchObject({ status: "failed", responseCode: status, attempts: 1, nextAttemptAt: null });
    expect(row.error).toContain(String(status));
  });

  test.each([301, 302, 303, 307, 308])("with a redirect (%i), which is not followed", async (status) => {
    const target = await endpoint();
    const { url } = await endpoint(() => ({ status, headers: { location: target.url } }));
    const row = await outcomeOf(url);
    expect(row).toMatchObject({ status: "failed", responseCode: status });
    expect(row.error).toContain("redirect");
    expect(target.requests).toHaveLength(0);
  });

  test("when the endpoint does not answer in time", async () => {
    const { url } = await endpoint(() => "hang");
    const row = await outcomeOf(url, { attemptTimeoutMs: 50 });
    expect(row).toMatchObject({ status: "failed", responseCode: null });
    expect(row.error).toContain("50 ms");
    expect(row.responseTimeMs).toBeGreaterThanOrEqual(49);
  });

  test("when the connection is reset", async () => {
    const { url } = await endpoint(() => "reset");
    expect(await outcomeOf(url)).toMatchObject({ status: "failed", responseCode: null, attempts: 1 });
  });

  test("when nobody listens", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const row = await outcomeOf(`http://127.0.0.1:${port}/`);
    expect(row).toMatchObject({ status: "failed", responseCode: null });
    expect(row.error).toContain("refused");
  });

  test("when the address is no longer allowed, and no connection is made", async () => {
    const { url, requests } = await endpoint();
    const store = memoryStore();
    await makeSender({ store }).webhooks.create({ url, events: ["*"] });
    const sender = await startSender({ store, retrySchedule: [], addressPolicy: { allowHttp: true } });
    const failed = heard(sender, "delivery.failed");
    await sender.publish("order.created", order);
    await until("it failed", () => failed.length === 1);
    expect(failed[0]!.attempt.error).toContain("127.0.0.1");
    expect(requests).toHaveLength(0);
  });
});

/** A started sender on a clock that is moved by hand, with one webhook and a word for each thing that it told. */
async function scene(answer?: (number: number) => Answer, options: Parameters<typeof startSender>[0] = {}) {
  const clock = simulatedClock();
  const { url, requests } = await endpoint((_, number) => answer?.(number) ?? 200);
  const sender = await startSender({ clock, ...options });
  const told: string[] = [];
  const names: SenderEventName[] = [
    "delivery.succeeded",
    "delivery.retrying",
    "delivery.failed",
    "delivery.expired",
    "delivery.cancelled",
  ];
  for (const name of names) {
    sender.on(name, () => {
      told.push(name.slice("delivery.".length));
    });
  }
  const webhook = await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
  const tells = (count: number): Promise<void> => until(`${count} things were told`, () => told.length >= count);
  const row = async () => (await sender.deliveries.list()).logs[0]!;
  return { clock, url, requests, sender, told, tells, row, webhook, webhookId: webhook.id };
}

test("a transport of the host's that rejects spends an attempt, since the request may have been made", async () => {
  const transport = { send: () => Promise.reject(new Error("broken")), close: () => Promise.resolve() };
  const sender = await startSender({ transport, retrySchedule: [] });
  const failed = heard(sender, "delivery.failed");
  await sender.webhooks.create({ url: "https://example.com/", events: ["*"] });
  await sender.publish("order.created", order);
  await until("it has failed", () => failed.length === 1);
  expect(failed[0]?.attempt).toMatchObject({ number: 1, responseCode: null, error: "The transport rejected: broken" });
});

describe("a failing delivery", () => {
  test.each<[string, () => Parameters<typeof startSender>[0]]>([
    ["memory", () => ({})],
    ["sqlite", () => ({ store: sqliteStore({ path: databaseFile() }), secretKeys: SECRET_KEYS, leaseMs: 300_000 })],
  ])(
    "is sent at 0, 10, 40, 100, 400 and 2,200 s and has then failed; the webhook stays active (%s)",
    async (_, options) => {
      const { clock, sender, requests, told, tells, row, webhookId } = await scene(() => 500, options());
      await sender.publish("order.created", order);
      for (const [index, waitMs] of [10_000, 30_000, 60_000, 300_000, 1_800_000].entries()) {
        await tells(index + 1);
        await clock.advance(waitMs - 1);
        expect(requests).toHaveLength(index + 1);
        await clock.advance(1);
      }
      await tells(6);
      expect(told).toEqual(["retrying", "retrying", "retrying", "retrying", "retrying", "failed"]);
      const startedAt = Date.UTC(2026, 0, 1) / 1_000;
      const instants = requests.map(({ headers }) => Number(headers["x-auraconnect-timestamp"]) - startedAt);
      expect(instants).toEqual([0, 10, 40, 100, 400, 2_200]);
      expect(await row()).toMatchObject({ status: "failed", attempts: 6, nextAttemptAt: null, responseCode: 500 });
      await clock.advance(60_000);
      expect(requests).toHaveLength(6);
      expect(await sender.webhooks.get({ webhookId })).toMatchObject({ active: true, disabledReason: null });
    },
  );

  test("tells when the next attempt is due, and that the log says the same", async () => {
    const { sender, tells, row } = await scene(() => 500);
    const retrying = heard(sender, "delivery.retrying");
    await sender.publish("order.created", order);
    await tells(1);
    expect(retrying[0]!.delivery).toMatchObject({
      status: "pending",
      attempts: 1,
      nextAttemptAt: "2026-01-01T00:00:10.000Z",
    });
    expect(await row()).toMatchObject({ status: "pending", attempts: 1, nextAttemptAt: "2026-01-01T00:00:10.000Z" });
  });

  test("waits up to a tenth longer, as chance has it, and never less", async () => {
    const { clock, sender, requests, tells } = await scene(() => 500, { random: () => 0.999_999 });
    await sender.publish("order.created", order);
    await tells(1);
    await clock.advance(10_999);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    await tells(2);
    expect(requests).toHaveLength(2);
  });

  test.each([
    [409, "120", 120_000],
    [429, "120", 120_000],
    [503, "120", 120_000],
    [429, "3", 10_000],
    [503, "Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    [429, "999999", 3_600_000],
    [429, "soon", 10_000],
    [500, "120", 10_000],
  ])("with status %i and Retry-After `%s` is sent again after %i ms", async (status, retryAfter, waitMs) => {
    const { clock, sender, requests, tells } = await scene(() => ({ status, headers: { "retry-after": retryAfter } }));
    await sender.publish("order.created", order);
    await tells(1);
    await clock.advance(waitMs - 1);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    await tells(2);
    expect(requests).toHaveLength(2);
  });

  test("succeeds at a later attempt and is not sent again", async () => {
    const { clock, sender, requests, tells, told, row } = await scene((number) => (number === 1 ? "reset" : 200));
    await sender.publish("order.created", order);
    await tells(1);
    await clock.advance(10_000);
    await tells(2);
    await clock.advance(LONG);
    expect(told).toEqual(["retrying", "succeeded"]);
    expect(requests).toHaveLength(2);
    expect(await row()).toMatchObject({ status: "success", attempts: 2, responseCode: 200, error: null });
  });
});

describe("an event of more than 7 days ago", () => {
  const now = Date.UTC(2026, 0, 1);

  test("gets one attempt, and expires when it fails", async () => {
    const { clock, sender, requests, told, tells, row } = await scene(() => 500);
    await sender.publish("order.created", order, { created: new Date(now - 7 * DAY - 1) });
    await tells(1);
    expect(told).toEqual(["expired"]);
    expect(await row()).toMatchObject({ status: "expired", attempts: 1, nextAttemptAt: null });
    await clock.advance(LONG);
    expect(requests).toHaveLength(1);
  });

  test("is delivered when that one attempt succeeds", async () => {
    const { sender, told, tells } = await scene();
    await sender.publish("order.created", order, { created: new Date(now - 400 * DAY) });
    await tells(1);
    expect(told).toEqual(["succeeded"]);
  });

  test("is retried while it is exactly 7 days old, and not once it is older", async () => {
    const { clock, sender, requests, told, tells } = await scene(() => 500);
    await sender.publish("order.created", order, { created: new Date(now - 7 * DAY) });
    await tells(1);
    await clock.advance(10_000);
    await tells(2);
    expect(told).toEqual(["retrying", "expired"]);
    expect(requests).toHaveLength(1);
  });
});

describe("an inactive webhook", () => {
  test("gets no new deliveries", async () => {
    const { sender, webhookId } = await scene();
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    const { deliveries, unmatched } = await sender.publish("order.created", order);
    expect({ deliveries, unmatched }).toEqual({ deliveries: [], unmatched: [] });
  });

  test("lets what is pending wait, and gets it when it is active again", async () => {
    const { clock, sender, requests, tells, told, row, webhookId } = await scene((number) =>
      number === 1 ? 500 : 200,
    );
    await sender.publish("order.created", order);
    await tells(1);
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    await clock.advance(LONG);
    expect(requests).toHaveLength(1);
    expect(await row()).toMatchObject({ status: "pending", attempts: 1 });
    await sender.webhooks.update({ webhookId, changes: { active: true } });
    await clock.advance(0);
    await tells(2);
    expect(told).toEqual(["retrying", "succeeded"]);
  });

  test("does not get an event whose 7 days ended meanwhile: it expires unsent", async () => {
    const { clock, sender, requests, tells, told, row, webhookId } = await scene((number) =>
      number === 1 ? 500 : 200,
    );
    await sender.publish("order.created", order, { created: new Date(clock.now() - 7 * DAY + 60_000) });
    await tells(1);
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    await clock.advance(60_001);
    await sender.webhooks.update({ webhookId, changes: { active: true } });
    await clock.advance(0);
    await tells(2);
    expect(told).toEqual(["retrying", "expired"]);
    expect(requests).toHaveLength(1);
    expect(await row()).toMatchObject({ status: "expired", attempts: 1, nextAttemptAt: null });
  });

  test("that another process made active again is served by one that knew it as inactive, without asking in a circle", async () => {
    const clock = simulatedClock();
    const { store, calls } = faultyStore(memoryStore());
    const { url, requests } = await endpoint();
    const publisher = makeSender({ store, clock });
    const { id: webhookId } = await publisher.webhooks.create({ url, events: ["*"] });
    await publisher.publish("order.created", order);
    await publisher.webhooks.update({ webhookId, changes: { active: false } });

    const sender = await startSender({ store, clock });
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.get({ webhookId });
    await publisher.webhooks.update({ webhookId, changes: { active: true } });
    const before = calls("queue.claim");
    let moved = false;
    void clock.advance(250).then(() => (moved = true));
    await until("it succeeded", () => succeeded.length === 1);
    await until("the clock moved", () => moved);
    expect(requests).toHaveLength(1);
    expect(calls("queue.claim") - before).toBeLessThan(10);
  });
});

describe("a deleted webhook", () => {
  test("has its pending deliveries cancelled, and its log stays", async () => {
    const { clock, sender, requests, told, tells, webhookId } = await scene(() => 500);
    const cancelled = heard(sender, "delivery.cancelled");
    const { event } = await sender.publish("order.created", order);
    await tells(1);
    await sender.webhooks.delete({ webhookId });
    expect(told).toEqual(["retrying", "cancelled"]);
    expect(cancelled).toMatchObject([
      { delivery: { webhookId, eventId: event.id, status: "cancelled", attempts: 1 }, attempt: null },
    ]);
    await clock.advance(LONG);
    expect(requests).toHaveLength(1);
    const { logs } = await sender.webhooks.logs({ webhookId });
    expect(logs).toMatchObject([{ status: "cancelled", attempts: 1, responseCode: 500, nextAttemptAt: null }]);
  });

  test("lets an attempt in flight end; when it fails the delivery is cancelled and not left pending", async () => {
    let answer: (status: number) => void = () => undefined;
    const { url, requests, seen } = await endpoint(() => new Promise<number>((resolve) => (answer = resolve)));
    const clock = simulatedClock();
    const sender = await startSender({ clock });
    const cancelled = heard(sender, "delivery.cancelled");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
    await sender.webhooks.delete({ webhookId });
    answer(500);
    await until("it was cancelled", () => cancelled.length === 1);
    const { logs } = await sender.webhooks.logs({ webhookId });
    expect(logs).toMatchObject([{ status: "cancelled", attempts: 1, responseCode: 500, nextAttemptAt: null }]);
    await clock.advance(LONG);
    expect(requests).toHaveLength(1);
  });

  test("in flight, counts a success as a success", async () => {
    let answer: (status: number) => void = () => undefined;
    const { url, seen } = await endpoint(() => new Promise<number>((resolve) => (answer = resolve)));
    const sender = await startSender();
    const succeeded = heard(sender, "delivery.succeeded");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen(1);
    await sender.webhooks.delete({ webhookId });
    answer(200);
    await until("it succeeded", () => succeeded.length === 1);
  });
});

describe("a change between two attempts", () => {
  test("of the URL and the headers holds for the next attempt", async () => {
    const { clock, sender, requests, tells, webhookId } = await scene(() => 500);
    const other = await endpoint();
    await sender.publish("order.created", order);
    await tells(1);
    await sender.webhooks.update({ webhookId, changes: { url: `${other.url}/new?a=b`, headers: { "X-Tenant": "7" } } });
    await clock.advance(10_000);
    await tells(2);
    expect(requests).toHaveLength(1);
    expect(other.requests).toMatchObject([{ path: "/hook/new?a=b", headers: { "x-tenant": "7" } }]);
  });

  test("of the secret, without overlap, holds for the next attempt", async () => {
    const { clock, sender, requests, tells, webhookId } = await scene(() => 500);
    await sender.publish("order.created", order);
    await tells(1);
    await sender.webhooks.rotateSecret({ webhookId, secret: "the-next-secret-of-it", overlapMs: 0 });
    await clock.advance(10_000);
    await tells(2);
    const secrets = [SECRET, "the-next-secret-of-it"];
    const signedWith = requests.map(({ body, headers }) =>
      secrets.filter((secret) => verify(body, headers["x-auraconnect-signature"], secret)),
    );
    expect(signedWith).toEqual([[SECRET], ["the-next-secret-of-it"]]);
  });
});

describe("a webhook that hangs", () => {
  test("does not slow a healthy one", async () => {
    const hanging = await endpoint(() => "hang");
    const healthy = await endpoint();
    const sender = await startSender({ concurrency: 8, concurrencyPerWebhook: 4 });
    const slow = await sender.webhooks.create({ url: hanging.url, events: ["order.*"] });
    for (let count = 0; count < 100; count++) await sender.publish("order.created", order);
    await hanging.seen(4);
    await sender.webhooks.create({ url: healthy.url, events: ["payment.*"] });
    for (let count = 0; count < 50; count++) await sender.publish("payment.completed", sample("payment.completed"));
    await healthy.seen(50);
    expect(hanging.requests).toHaveLength(4);
    const { logs } = await sender.webhooks.logs({ webhookId: slow.id, limit: 200, status: "pending" });
    expect(logs).toHaveLength(100);
  });
});

describe("attempts in flight", () => {
  /** An endpoint that knows how many requests it had at a time, at most. */
  async function counting() {
    let now = 0;
    const most = { total: 0, byPath: new Map<string, number>() };
    const nowByPath = new Map<string, number>();
    const { url, seen } = await endpoint(async ({ path }) => {
      const add = (count: number): void => {
        now += count;
        nowByPath.set(path, (nowByPath.get(path) ?? 0) + count);
        most.total = Math.max(most.total, now);
        most.byPath.set(path, Math.max(most.byPath.get(path) ?? 0, nowByPath.get(path) ?? 0));
      };
      add(1);
      await new Promise((resolve) => setTimeout(resolve, 3));
      add(-1);
      return 200;
    });
    return { url, seen, most };
  }

  test.each([
    ["sent from memory", true],
    ["claimed", false],
  ])("are never more than allowed, per webhook and in all (%s)", async (_, startFirst) => {
    const { url, seen, most } = await counting();
    const sender = makeSender({ concurrency: 5, concurrencyPerWebhook: 2 });
    for (const path of ["a", "b", "c", "d"]) await sender.webhooks.create({ url: `${url}/${path}`, events: ["*"] });
    if (startFirst) await sender.start();
    await sender.publishMany(Array.from({ length: 40 }, () => ({ type: "order.created" as const, object: order })));
    await sender.start();
    await seen(160);
    expect(most.total).toBe(5);
    expect([...most.byPath.values()]).toEqual([2, 2, 2, 2]);
  });
});
