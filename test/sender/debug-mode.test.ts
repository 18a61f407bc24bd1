import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { endpoint, heard, makeSender, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { untilInTime } from "../support/until.js";

const HOUR = 3_600_000;
const secret = 'a secret/with "marks" & more';
const token = "Bearer a-token-of-theirs";

describe.each(stores)("debug mode on $name", ({ make }) => {
  test("keeps what was sent and answered, without signatures and secrets", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint((request) => ({
      status: 500,
      headers: { "x-echo": String(request.headers["x-auraconnect-signature"]), "set-cookie": "session=1" },
      body: JSON.stringify({ ...request.headers, secret, encoded: encodeURIComponent(secret) }),
    }));
    const sender = await startSender({ ...make(), clock, retrySchedule: [1_000] });
    const webhook = await sender.webhooks.create({
      ...{ url, events: ["*"], secret, headers: { Authorization: token }, debugMode: true },
    });
    expect(webhook).toMatchObject({ debugMode: true, debugUntil: new Date(clock.now() + 24 * HOUR).toISOString() });
    const failed = heard(sender, "delivery.failed");
    const { event } = await sender.publish("order.created", sample("order.created"));
    await untilInTime(clock, "it failed", () => failed.length === 1);
    const { logs } = await sender.webhooks.logs({ webhookId: webhook.id });
    expect(logs[0]?.debug).toHaveLength(2);
    expect(logs[0]?.debug?.[0]).toMatchObject({
      attempt: 1,
      error: "The endpoint answered 500.",
      request: {
        headers: {
          ...{ "X-AuraConnect-Event": "order.created", "X-AuraConnect-Event-Id": event.id },
          ...{ "X-AuraConnect-Signature": "***", "webhook-signature": "***", Authorization: "***" },
        },
      },
      response: { status: 500, headers: { "x-echo": "***", "set-cookie": "***" } },
    });
    const kept = JSON.stringify(logs);
    const signatures = requests.flatMap(({ headers }) => [
      String(headers["x-auraconnect-signature"]),
      ...String(headers["webhook-signature"]).split(" "),
    ]);
    for (const hidden of [secret, encodeURIComponent(secret), "a-token-of-theirs", ...signatures]) {
      expect(kept).not.toContain(JSON.stringify(hidden).slice(1, -1));
    }
    const details = await sender.deliveries.get({ webhookId: webhook.id, eventId: event.id });
    expect(details.requests.map(({ number, debug }) => [number, debug?.attempt])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test("ends by itself after 24 hours unless it is renewed, and tells only of attempts made in it", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint((_, number) => (number === 3 ? 200 : 500));
    const sender = await startSender({ ...make(), clock, retrySchedule: [HOUR, 2 * HOUR] });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], debugMode: true });
    await clock.jump(20 * HOUR);
    const renewed = await sender.webhooks.update({ webhookId, changes: { debugMode: true } });
    expect(renewed.debugUntil).toBe(new Date(clock.now() + 24 * HOUR).toISOString());
    await clock.jump(22.5 * HOUR);
    const done = heard(sender, "delivery.succeeded");
    const retrying = heard(sender, "delivery.retrying");
    const { event } = await sender.publish("order.created", sample("order.created"));
    await untilInTime(clock, "it failed", () => retrying.length === 1);
    await clock.jump(HOUR);
    await untilInTime(clock, "it failed again", () => retrying.length === 2);
    await clock.jump(2 * HOUR);
    await untilInTime(clock, "it arrived", () => done.length === 1);
    expect(await sender.webhooks.get({ webhookId })).toMatchObject({ debugMode: false, debugUntil: null });
    const { requests } = await sender.deliveries.get({ webhookId, eventId: event.id });
    expect(requests.map(({ debug }) => debug !== null)).toEqual([true, true, false]);
    const { logs } = await sender.webhooks.logs({ webhookId });
    expect(logs[0]?.debug?.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test("is off by default and can be switched off", async () => {
    const { url } = await endpoint();
    const sender = makeSender(make());
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const attempt = async () => (await sender.webhooks.test({ webhookId, eventType: "order.created" })).debug;
    expect(await attempt()).toBeNull();
    await sender.webhooks.update({ webhookId, changes: { debugMode: true } });
    expect(await attempt()).toHaveLength(1);
    await sender.webhooks.update({ webhookId, changes: { debugMode: false } });
    expect(await attempt()).toBeNull();
    const { logs } = await sender.webhooks.logs({ webhookId });
    expect(logs.map(({ debug }) => debug === null)).toEqual([true, false, true]);
  });
});

test("a secret that is cut off at the end of what was read is hidden too", async () => {
  const filler = "x".repeat(4_096 - 9);
  const { url } = await endpoint(() => ({ status: 200, headers: {}, body: filler + secret }));
  const sender = makeSender();
  const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret });
  const { responseBody } = await sender.webhooks.test({ webhookId, eventType: "order.created" });
  expect(responseBody).toBe(`${filler}***`);
});

test("what is kept of an answer is bounded", async () => {
  const headers = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`x-${index}`, "v".repeat(150)]));
  const { url } = await endpoint(() => ({ status: 200, headers, body: "☃".repeat(20_000) }));
  const sender = makeSender();
  const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], debugMode: true });
  const { debug } = await sender.webhooks.test({ webhookId, eventType: "order.created" });
  expect(Object.keys(debug![0]!.response!.headers)).toHaveLength(50);
  expect(Buffer.byteLength(JSON.stringify(debug))).toBeLessThan(32_000);
});
