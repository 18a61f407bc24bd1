import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { endpoint, heard, makeSender, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { untilInTime } from "../support/until.js";

const order = sample("order.created");
const HOUR = 3_600_000;

describe.each(stores)("explain on $name", ({ make }) => {
  test("says of every webhook of the account what became of the event, why, and what to do", async () => {
    const clock = simulatedClock();
    const good = await endpoint();
    const bad = await endpoint(() => 503);
    const sender = await startSender({ ...make(), clock, retrySchedule: [HOUR] });
    const create = async (url: string, more: object) =>
      (await sender.webhooks.create({ url, events: ["order.*"], ...more })).id;
    const ids = {
      delivered: await create(good.url, { events: ["payment.completed", "order.*"] }),
      retrying: await create(bad.url, { events: ["*"] }),
      not_subscribed: await create(good.url, { events: ["payment.*", "staff.clocked_in"] }),
      filtered: await create(good.url, { filters: { restaurant_id: ["1", 2] } }),
      attribute_missing: await create(good.url, { filters: { restaurant_id: 1, city: "Berlin" } }),
      inactive: await create(good.url, { active: false }),
      changed_later: await create(good.url, { events: ["payment.*"] }),
    };
    const succeeded = heard(sender, "delivery.succeeded");
    const retried = heard(sender, "delivery.retrying");
    await sender.webhooks.create({ accountId: "other", url: good.url, events: ["*"] });
    const { event } = await sender.publish("order.created", order);
    await untilInTime(clock, "it was sent", () => succeeded.length === 1 && retried.length === 1);
    await sender.webhooks.update({ webhookId: ids.changed_later, changes: { events: ["order.*"] } });
    const later = await create(good.url, {});
    const { event: about, webhooks } = await sender.explain({ eventId: event.id });
    expect(about).toMatchObject({ id: event.id, type: "order.created", created: event.created, test: false });
    const byId = new Map(webhooks.map((webhook) => [webhook.webhookId, webhook]));
    for (const [verdict, id] of Object.entries({ ...ids, registered_later: later })) {
      expect(byId.get(id), verdict).toMatchObject({ verdict });
      expect(byId.get(id)?.advice === null, verdict).toBe(verdict === "delivered");
    }
    expect(webhooks).toHaveLength(8);
    expect(byId.get(ids.delivered)).toMatchObject({
      ...{ url: good.url, matches: true, pattern: "order.*", filter: null, until: null },
      delivery: { status: "success", requests: [{ number: 1, responseCode: 200 }] },
    });
    const retrying = byId.get(ids.retrying);
    expect(retrying?.reason).toBe("Attempt 1 failed. The endpoint answered 503.");
    // The store decides by its own clock when that is; what was told of it before may be a moment off.
    const told = Date.parse(retried[0]?.delivery.nextAttemptAt ?? "");
    expect(Math.abs(Date.parse(retrying?.until ?? "") - told)).toBeLessThan(1_000);
    expect(byId.get(ids.not_subscribed)).toMatchObject({ matches: false, pattern: null });
    expect(byId.get(ids.filtered)).toMatchObject({
      ...{ matches: false, pattern: "order.*" },
      filter: { key: "restaurant_id", expected: ["1", 2], actual: 1 },
      reason: 'The filter `restaurant_id` asks for ["1",2]; the event has 1.',
    });
    expect(byId.get(ids.attribute_missing)?.filter).toEqual({ key: "city", expected: "Berlin" });
  });

  test("tells of retries, inactive and deleted webhooks, and of what the limit holds back", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => 500);
    const sender = await startSender({ ...make(), clock, retrySchedule: [], rateLimit: 1 });
    const failed = heard(sender, "delivery.failed");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const verdictOf = async (eventId: string) => (await sender.explain({ eventId })).webhooks[0];
    const { event } = await sender.publish("order.created", order);
    await untilInTime(clock, "it failed", () => failed.length === 1);
    expect(await verdictOf(event.id)).toMatchObject({
      ...{ verdict: "failed", reason: "Its one attempt failed. The endpoint answered 500." },
    });
    const deferred = heard(sender, "rate.deferred");
    const { event: held } = await sender.publish("order.created", order);
    await untilInTime(clock, "it waits for the limit", () => deferred.length === 1);
    const explained = await verdictOf(held.id);
    expect(explained).toMatchObject({ verdict: "rate_deferred", delivery: { status: "pending" } });
    expect(Date.parse(explained?.until ?? "")).toBeGreaterThan(clock.now());
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    expect(await verdictOf(held.id)).toMatchObject({ verdict: "waiting_inactive" });
    await sender.webhooks.delete({ webhookId });
    expect(await verdictOf(held.id)).toMatchObject({ verdict: "cancelled", url: null, matches: null });
  });

  test("knows a test, and no event of another account", async () => {
    const { url } = await endpoint();
    const sender = makeSender(make());
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["payment.*"] });
    await sender.webhooks.create({ url, events: ["*"] });
    const { eventId } = await sender.webhooks.test({ webhookId, eventType: "order.created" });
    const { event, webhooks } = await sender.explain({ eventId });
    expect(event.test).toBe(true);
    expect(webhooks.map((webhook) => webhook.verdict)).toEqual(["delivered"]);
    for (const key of [
      { eventId, accountId: "thief" },
      { eventId: "evt" },
      { eventId: undefined as unknown as string },
    ]) {
      expect((await rejection(sender.explain(key))).code).toBe("event_not_found");
    }
  });
});
