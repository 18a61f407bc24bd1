import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createReceiver, defineEvents } from "@auraconnect/webhooks/receiver";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { fakeSender, simulatedClock, type FakeAnswer } from "@auraconnect/webhooks/testing";
import { z } from "zod";
import { listen } from "../hosts/http-client.js";

const secret = "your-webhook-secret";
const SECOND = 1_000;

describe("a fake sender", () => {
  test("retries by the schedule on the receiver's clock, signing each attempt anew", async () => {
    const clock = simulatedClock();
    const startedAt = clock.now();
    const runs: number[] = [];
    const receiver = createReceiver({ secret, clock }).on("order.created", (_event, context) => {
      runs.push(context.attemptAt! - startedAt);
      throw new Error("no database");
    });
    const { delivered, attempts } = await fakeSender({ to: receiver, secret, clock }).send("order.created");
    expect(delivered).toBe(false);
    expect(attempts).toEqual(Array.from({ length: 6 }, () => [500]));
    expect(runs.map((ms) => ms / SECOND)).toEqual([0, 10, 40, 100, 400, 2_200]);
  });

  test("sends again what was taken when the answer is lost, and a receiver handles it once", async () => {
    const handler = vi.fn();
    const receiver = createReceiver({ secret }).on("order.created", handler);
    const { delivered, attempts } = await fakeSender({ to: receiver, secret, lostAnswers: 2 }).send("order.created");
    expect([delivered, attempts]).toEqual([true, [[200], [200], [200]]]);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("sends copies at the same moment, of which one is handled", async () => {
    const clock = simulatedClock();
    const handler = vi.fn(() => new Promise(setImmediate));
    const receiver = createReceiver({ secret, clock }).on("*", handler);
    const { delivered, attempts } = await fakeSender({ to: receiver, secret, clock, copies: 3 }).send("order.created");
    expect(delivered).toBe(true);
    expect(attempts[0]).toEqual([200, 409, 409]);
    expect(attempts.at(-1)).toEqual([200, 200, 200]);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("waits as long as it is asked to", async () => {
    const clock = simulatedClock();
    const at: number[] = [];
    const endpoint = (): Promise<FakeAnswer> => {
      at.push(clock.monotonicMs() / SECOND);
      return Promise.resolve(at.length === 1 ? { status: 503, headers: { "retry-after": "120" } } : { status: 204 });
    };
    expect((await fakeSender({ to: endpoint, secret, clock }).send("order.created")).delivered).toBe(true);
    expect(at).toEqual([0, 120]);
  });

  test("sends over HTTP, and takes a connection that fails for a failed attempt", async () => {
    const handler = vi.fn();
    const { port, close } = await listen(nodeReceiver(createReceiver({ secret }).on("order.created", handler)));
    onTestFinished(close);
    const taken = await fakeSender({ to: `http://127.0.0.1:${port}/`, secret }).send("order.created", { id: "evt_7" });
    expect(taken).toEqual({ id: "evt_7", delivered: true, attempts: [[200]] });
    expect(handler.mock.calls[0]?.[0]).toMatchObject({ id: "evt_7" });
    const nobody = fakeSender({ to: "http://127.0.0.1:1/", secret, retrySchedule: [0] });
    expect(await nobody.send("order.created")).toMatchObject({ delivered: false, attempts: [[null], [null]] });
  });

  test("knows the event types of a host's own, by their types", async () => {
    const events = defineEvents({ "table.reserved": z.object({ seats: z.number() }) });
    const seats: number[] = [];
    const receiver = createReceiver({ secret, events }).on("table.reserved", ({ data }) =>
      seats.push(data.object.seats),
    );
    await fakeSender({ to: receiver, secret, events }).send("table.reserved", { object: { seats: 4 } });
    expect(seats).toEqual([4]);
  });
});
