import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { endpoint, heard, makeSender, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { untilInTime } from "../support/until.js";

const order = sample("order.created");
const DAY = 86_400_000;

describe.each(stores)("deliveries on $name", ({ make }) => {
  test("resend sends what failed again, with the whole schedule, and attempts keep counting", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint((_, number) => (number <= 3 ? 500 : 200));
    const sender = await startSender({ ...make(), clock, retrySchedule: [1_000] });
    const failed = heard(sender, "delivery.failed");
    const succeeded = heard(sender, "delivery.succeeded");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const { event } = await sender.publish("order.created", order);
    const key = { webhookId, eventId: event.id };
    await untilInTime(clock, "it failed", () => failed.length === 1);
    expect(await sender.deliveries.resend(key)).toMatchObject({ status: "pending", attempts: 2, resends: 1 });
    await untilInTime(clock, "it arrived", () => succeeded.length === 1);
    expect(succeeded[0]).toMatchObject({ delivery: { attempts: 4 }, attempt: { number: 4 } });
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    const { requests: attempts, ...row } = await sender.deliveries.get(key);
    expect(row).toMatchObject({ status: "success", attempts: 4, resends: 1, error: null });
    expect(attempts.map(({ number, responseCode }) => [number, responseCode])).toEqual([
      [1, 500],
      [2, 500],
      [3, 500],
      [4, 200],
    ]);
  });

  test("resend refuses what is pending, what is too old, and what goes to an inactive webhook", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint();
    const sender = makeSender({ ...make(), clock });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const { event } = await sender.publish("order.created", order);
    const key = { webhookId, eventId: event.id };
    const codeOf = async (given: typeof key & { accountId?: string }): Promise<string> =>
      (await rejection(sender.deliveries.resend(given))).code;
    expect(await codeOf(key)).toBe("delivery_pending");
    expect(await codeOf({ ...key, eventId: "evt_unknown" })).toBe("delivery_not_found");
    expect(await codeOf({ ...key, webhookId: "webhook_unknown" })).toBe("webhook_not_found");
    expect(await codeOf({ ...key, accountId: "thief" })).toBe("webhook_not_found");
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    expect(await codeOf(key)).toBe("webhook_inactive");
    await sender.webhooks.update({ webhookId, changes: { active: true } });
    await sender.deliveries.cancel(key);
    await clock.jump(7 * DAY + 1);
    const error = await rejection(sender.deliveries.resend(key));
    expect(error).toMatchObject({ code: "resend_too_late", status: 409, field: "eventId" });
    expect(error.message).toMatch(/more than 7 days ago/);
  });

  test("cancel ends what waits, of one event or of all, and tells of each", async () => {
    const { url } = await endpoint();
    const sender = makeSender(make());
    const cancelled = heard(sender, "delivery.cancelled");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push((await sender.publish("order.created", order)).event.id);
    const [eventId = ""] = ids;
    expect(await sender.deliveries.cancel({ webhookId, eventId })).toEqual({ cancelled: 1 });
    expect(await sender.deliveries.cancel({ webhookId, eventId })).toEqual({ cancelled: 0 });
    expect(await sender.deliveries.cancel({ webhookId })).toEqual({ cancelled: 2 });
    expect(cancelled.map(({ delivery }) => delivery.eventId)).toEqual(ids);
    expect((await rejection(sender.deliveries.cancel({ webhookId, eventId: "evt" }))).code).toBe("delivery_not_found");
  });

  test("get refuses what is not there, and another account's", async () => {
    const { url } = await endpoint();
    const sender = makeSender(make());
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const { event } = await sender.publish("order.created", order);
    const key = { webhookId, eventId: event.id };
    expect(await sender.deliveries.get(key)).toMatchObject({ status: "pending", requests: [] });
    for (const other of [
      { ...key, accountId: "thief" },
      { ...key, eventId: "evt" },
    ]) {
      expect((await rejection(sender.deliveries.get(other))).code).toBe("delivery_not_found");
    }
  });
});
