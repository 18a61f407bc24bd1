import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { faultyStore, lostCalls } from "../support/faulty-store.js";
import { endpoint, heard, sample, startSender } from "../support/sender-scene.js";
import { until, untilInTime } from "../support/until.js";

const order = sample("order.created");

function recordingLogger() {
  const error = vi.fn<(details: object, message: string) => void>();
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error };
}

describe("what a sender tells of a delivery", () => {
  test("names it, its event, its webhook, and the attempt", async () => {
    const { url } = await endpoint((_, number) => (number === 1 ? 503 : 204));
    const clock = simulatedClock();
    const sender = await startSender({ clock });
    const retrying = heard(sender, "delivery.retrying");
    const succeeded = heard(sender, "delivery.succeeded");
    const { id: webhookId } = await sender.webhooks.create({ accountId: "a", url, events: ["*"] });
    const { event, deliveries } = await sender.publish("order.created", order, { accountId: "a" });
    await until("it is tried again", () => retrying.length === 1);
    await clock.advance(10_000);
    await until("it succeeded", () => succeeded.length === 1);
    const named = { id: deliveries[0]!.id, accountId: "a", webhookId, eventId: event.id, eventType: "order.created" };
    expect(retrying).toEqual([
      {
        delivery: { ...named, status: "pending", attempts: 1, nextAttemptAt: "2026-01-01T00:00:10.000Z" },
        attempt: {
          number: 1,
          sentAt: "2026-01-01T00:00:00.000Z",
          responseCode: 503,
          responseTimeMs: expect.any(Number) as number,
          error: expect.stringContaining("503") as string,
        },
      },
    ]);
    expect(succeeded).toEqual([
      {
        delivery: { ...named, status: "success", attempts: 2, nextAttemptAt: null },
        attempt: {
          number: 2,
          sentAt: "2026-01-01T00:00:10.000Z",
          responseCode: 204,
          responseTimeMs: expect.any(Number) as number,
          error: null,
        },
      },
    ]);
  });

  test("is told once it is recorded: the log says the same by then", async () => {
    const { url } = await endpoint();
    const sender = await startSender();
    const statuses: string[] = [];
    sender.on("delivery.succeeded", async ({ delivery }) => {
      const { logs } = await sender.deliveries.list({ eventId: delivery.eventId });
      statuses.push(logs[0]!.status);
    });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await until("it was told", () => statuses.length === 1);
    expect(statuses).toEqual(["success"]);
  });

  test("is told to every listener, and not to one that was taken off", async () => {
    const { url } = await endpoint();
    const sender = await startSender();
    const [first, second, off] = [vi.fn(), vi.fn(), vi.fn()];
    expect(sender.on("delivery.succeeded", first).on("delivery.succeeded", second).on("delivery.succeeded", off)).toBe(
      sender,
    );
    sender.off("delivery.succeeded", off);
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await until("it was told", () => first.mock.calls.length === 1);
    expect(second).toHaveBeenCalledOnce();
    expect(off).not.toHaveBeenCalled();
  });
});

describe("a listener that throws or rejects", () => {
  test("is logged, and stops neither the other listeners nor the delivery", async () => {
    const { url, seen } = await endpoint();
    const logger = recordingLogger();
    const sender = await startSender({ logger });
    sender.on("delivery.succeeded", () => {
      throw new Error("thrown");
    });
    sender.on("delivery.succeeded", () => Promise.reject(new Error("rejected")));
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.create({ url, events: ["*"] });
    for (let count = 0; count < 3; count++) await sender.publish("order.created", order);
    await seen(3);
    await until("all was told", () => succeeded.length === 3 && logger.error.mock.calls.length === 6);
    expect((await sender.deliveries.list({ status: "success" })).logs).toHaveLength(3);
    expect(logger.error.mock.calls[0]![1]).toContain("delivery.succeeded");
  });

  test("for `error` does not call itself", async () => {
    const logger = recordingLogger();
    const faulty = faultyStore(memoryStore());
    const clock = simulatedClock();
    const sender = await startSender({ store: faulty.store, logger, clock });
    sender.on("error", () => {
      throw new Error("thrown");
    });
    faulty.fault("queue.claim", lostCalls(1));
    await clock.advance(250);
    expect(logger.error).toHaveBeenCalledOnce();
  });
});

describe("a failure in the background", () => {
  test("goes to the listeners of `error`, and only where there are none to the logger", async () => {
    const logger = recordingLogger();
    const faulty = faultyStore(memoryStore());
    const clock = simulatedClock();
    const sender = await startSender({ store: faulty.store, logger, clock });
    faulty.fault("queue.claim", lostCalls(1));
    await clock.advance(250);
    expect(logger.error).toHaveBeenCalledOnce();
    const errors = heard(sender, "error");
    faulty.fault("queue.renew", lostCalls(1));
    await clock.advance(3_000);
    expect(errors).toMatchObject([{ error: { code: "store_unavailable" } }]);
    expect(logger.error).toHaveBeenCalledOnce();
  });

  test("stops nothing where the logger throws too", async () => {
    const { url, seen } = await endpoint();
    const faulty = faultyStore(memoryStore());
    const logger = recordingLogger();
    logger.error.mockImplementation(() => {
      throw new Error("thrown");
    });
    const clock = simulatedClock();
    const sender = await startSender({ store: faulty.store, logger, clock });
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault("queue.settle", lostCalls(1));
    await sender.publish("order.created", order);
    await seen(1);
    await untilInTime(clock, "it is recorded", async () => {
      return (await sender.deliveries.list()).logs[0]!.status === "success";
    });
    expect(logger.error).toHaveBeenCalledOnce();
  });

  test("crashes nothing without a logger and without a listener", async () => {
    const { url, seen } = await endpoint();
    const faulty = faultyStore(memoryStore());
    const sender = await startSender({ store: faulty.store });
    await sender.webhooks.create({ url, events: ["*"] });
    faulty.fault("queue.settle", lostCalls(1));
    await sender.publish("order.created", order);
    await seen(1);
    await until("it is recorded", async () => (await sender.deliveries.list()).logs[0]!.status === "success");
  });
});
