import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createReceiver } from "@auraconnect/webhooks";
import { auraconnectEvents, defineEvents } from "@auraconnect/webhooks/sender";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { endpoint, makeSender, sample, SECRET, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

describe.each(stores)("webhooks.test on $name", ({ make }) => {
  test("sends one real, signed sample, and answers what the endpoint said", async () => {
    const { url, requests } = await endpoint(() => ({ status: 201, headers: { "x-a": "b" }, body: "thank you" }));
    const sender = makeSender(make());
    const { id: webhookId } = await sender.webhooks.create({
      url,
      events: ["payment.*"],
      active: false,
      secret: SECRET,
    });
    const result = await sender.webhooks.test({ webhookId, eventType: "order.created" });
    expect(result).toMatchObject({
      webhookId,
      eventId: expect.stringMatching(/^evt_test_[0-9a-z]+$/) as string,
      ...{ eventType: "order.created", status: "success", attempts: 1, responseCode: 201, error: null, test: true },
      ...{ resends: 0, nextAttemptAt: null, debug: null, responseBody: "thank you" },
    });
    const [request] = requests;
    const event = await createReceiver({ secret: SECRET }).verify({ header: request!.headers, body: request!.body });
    expect(event.data.object).toEqual(sample("order.created"));
    expect(event.id).toBe(result.eventId);
    const { responseBody: _body, ...row } = result;
    const { logs } = await sender.webhooks.logs({ webhookId });
    expect(logs).toHaveLength(1);
    expect({ ...logs[0], timestamp: row.timestamp }).toEqual(row);
  });

  test("is not repeated when it fails, and counts neither toward disabling nor in the statistics", async () => {
    const { url, requests } = await endpoint(() => 500);
    const sender = makeSender({ ...make(), disableAfter: { failures: 1, failingForMs: 0 } });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const result = await sender.webhooks.test({ webhookId, eventType: "order.created" });
    expect(result).toMatchObject({ status: "failed", responseCode: 500, error: "The endpoint answered 500." });
    expect(await sender.webhooks.stats({ webhookId })).toMatchObject({
      ...{ attempts: 0, failuresInARow: 0, failingSince: null, successRate: null, responseTimeMs: null },
      deliveries: { pending: 0, success: 0, failed: 0, expired: 0, cancelled: 0 },
    });
    expect(await sender.webhooks.get({ webhookId })).toMatchObject({ active: true });
    expect(requests).toHaveLength(1);
    const error = await rejection(sender.deliveries.resend({ webhookId, eventId: result.eventId }));
    expect(error.code).toBe("delivery_not_found");
  });

  test("counts in the rate window, and says when there is room again", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint();
    const sender = makeSender({ ...make(), clock, rateLimit: 2 });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const attempt = () => sender.webhooks.test({ webhookId, eventType: "order.created" });
    await attempt();
    await attempt();
    const error = await rejection(attempt());
    expect(error).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 61 * 60_000 });
    expect(requests).toHaveLength(2);
    await clock.jump(61 * 60_000);
    await attempt();
  });
});

describe("webhooks.test", () => {
  test("uses a permit that this process holds already", async () => {
    const clock = simulatedClock();
    const { url, seen } = await endpoint();
    const sender = await startSender({ clock, rateLimit: 40 });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", sample("order.created"));
    await clock.advance(0);
    await seen(1);
    await sender.webhooks.test({ webhookId, eventType: "order.created" });
  });

  test("sends a payload of the caller's, if its type takes it", async () => {
    const { url, requests } = await endpoint();
    const sender = makeSender();
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const object = { ...sample("order.completed"), extra: "kept" };
    await sender.webhooks.test({ webhookId, eventType: "order.completed", object });
    expect((JSON.parse(requests[0]!.body) as { data: unknown }).data).toEqual({ object });
    for (const [eventType, given, code] of [
      ["order.completed", { id: "no number" }, "event_invalid"],
      ["order.lost", undefined, "event_type_unknown"],
      ["constructor", undefined, "event_type_unknown"],
    ] as const) {
      const wish = { webhookId, eventType: eventType as "order.completed", object: given };
      expect((await rejection(sender.webhooks.test(wish))).code).toBe(code);
    }
    expect((await rejection(sender.webhooks.test({ webhookId: "x", eventType: "order.created" }))).code).toBe(
      "webhook_not_found",
    );
    expect(requests).toHaveLength(1);
  });

  test("asks for a payload where a type has no sample", async () => {
    const { url, requests } = await endpoint();
    const events = defineEvents({ ...auraconnectEvents, "table.free": z.object({ table: z.int() }) });
    const sender = makeSender({ events });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const error = await rejection(sender.webhooks.test({ webhookId, eventType: "table.free" }));
    expect(error).toMatchObject({ code: "event_invalid", field: "object" });
    await sender.webhooks.test({ webhookId, eventType: "table.free", object: { table: 3 } });
    expect(requests).toHaveLength(1);
  });

  test("says why nothing answered, and shows no body then", async () => {
    const { url } = await endpoint(() => "reset");
    const sender = makeSender();
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const result = await sender.webhooks.test({ webhookId, eventType: "order.created" });
    expect(result).toMatchObject({ status: "failed", responseCode: null, responseBody: null });
    expect(result.error).toBeTruthy();
  });
});
