import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { endpoint, heard, makeSender, sample, SECRET, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { untilInTime } from "../support/until.js";

const order = sample("order.created");
const DAY = 86_400_000;

describe.each(stores)("statistics on $name", ({ make }) => {
  test("of a webhook: what became of its deliveries of late, and how its endpoint does", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint((_, number) => (number <= 2 ? 200 : 500));
    const sender = await startSender({ ...make(), clock, retrySchedule: [] });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const succeeded = heard(sender, "delivery.succeeded");
    const failed = heard(sender, "delivery.failed");
    await sender.publish("order.created", order);
    await untilInTime(clock, "it arrived", () => succeeded.length === 1);
    await clock.jump(2 * DAY);
    await sender.publish("order.created", order);
    await untilInTime(clock, "it arrived", () => succeeded.length === 2);
    await sender.publish("order.created", order);
    await untilInTime(clock, "it failed", () => failed.length === 1);
    const stats = await sender.webhooks.stats({ webhookId });
    expect(stats).toMatchObject({
      ...{ webhookId, attempts: 2, complete: true, successRate: 0.5, failuresInARow: 1 },
      deliveries: { pending: 0, success: 1, failed: 1, expired: 0, cancelled: 0 },
    });
    expect(Date.parse(stats.failingSince ?? "")).toBeLessThanOrEqual(clock.now());
    expect(stats.responseTimeMs?.max).toBeGreaterThanOrEqual(stats.responseTimeMs?.median ?? Infinity);
    const all = await sender.webhooks.stats({ webhookId, since: new Date(clock.now() - 3 * DAY) });
    expect(all.deliveries.success).toBe(2);
    expect((await rejection(sender.webhooks.stats({ webhookId, accountId: "thief" }))).code).toBe("webhook_not_found");
    expect((await rejection(sender.webhooks.stats({ webhookId, since: "x" }))).code).toBe("option_invalid");
  });

  test("of a sender: what waits, and for how long it has been due", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => "hang");
    const sender = makeSender({ ...make(), clock });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await clock.jump(5_000);
    const idle = { delivering: false, inFlight: 0, waiting: 0, unsettled: 0 };
    expect(await sender.stats()).toEqual({ ...idle, store: { waiting: 1, held: 0, dueForMs: 5_000 } });
    await sender.start();
    await untilInTime(clock, "it is being sent", async () => (await sender.stats()).inFlight === 1, 1);
    expect(await sender.stats()).toMatchObject({ delivering: true, store: { waiting: 0, held: 1, dueForMs: 0 } });
  });
});

describe.each(stores)("eraseAccount on $name", ({ make }) => {
  test("leaves nothing of the account, and all of others", async () => {
    const { url } = await endpoint();
    const sender = makeSender(make());
    const accountId = "to be erased";
    for (const account of [accountId, "other"]) {
      for (let count = 0; count < 3; count += 1) {
        await sender.webhooks.create({ accountId: account, url, events: ["*"], secret: SECRET });
      }
      await sender.publish("order.created", order, { accountId: account, id: "evt" });
    }
    const [webhook] = (await sender.webhooks.list({ accountId })).webhooks;
    expect(await sender.eraseAccount({ accountId })).toEqual({ webhooks: 3, events: 1 });
    expect((await sender.webhooks.list({ accountId })).webhooks).toEqual([]);
    expect((await sender.deliveries.list({ accountId })).logs).toEqual([]);
    const error = await rejection(sender.webhooks.logs({ accountId, webhookId: webhook?.id ?? "" }));
    expect(error.code).toBe("webhook_not_found");
    expect((await rejection(sender.explain({ accountId, eventId: "evt" }))).code).toBe("event_not_found");
    expect((await sender.deliveries.list({ accountId: "other" })).logs).toHaveLength(3);
    expect(await sender.eraseAccount({ accountId })).toEqual({ webhooks: 0, events: 0 });
    expect((await sender.publish("order.created", order, { accountId, id: "evt" })).duplicate).toBe(false);
  });
});
