import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { createReceiver, type IdempotencyStore, type ReceiverOptions } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";

const secret = "your-webhook-secret";
const DAY = 86_400_000;

/** A receiver, its clock, and a way to send it the same event again and again. */
function setUp(options: Partial<ReceiverOptions> = {}) {
  const clock = simulatedClock();
  const onError = vi.fn();
  const receiver = createReceiver({ secret, clock, onError, ...options });
  const send = async (id = "evt_1") => {
    const { method, headers, body } = signedRequest({ type: "order.created", secret, id, now: clock.now() });
    const reply = await receiver.receive({ method, header: headers, body });
    return { ...reply, error: (JSON.parse(reply.body) as { error?: string }).error };
  };
  return { clock, onError, receiver, send };
}

/** A handler that runs until it is told to end. */
function gate() {
  const { promise, resolve, reject } = withResolvers();
  const entered = withResolvers();
  const handler = vi.fn(async (_event: unknown, _context: { readonly signal: AbortSignal }) => {
    entered.resolve();
    await promise;
  });
  return { handler, entered: entered.promise, open: resolve, fail: reject };
}

function withResolvers() {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const settled = () => new Promise(setImmediate);

describe("an event that is sent again", () => {
  test("is acknowledged and not handled again", async () => {
    const { receiver, send } = setUp();
    const handler = vi.fn();
    receiver.on("order.created", handler);
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    expect(handler).toHaveBeenCalledOnce();
  });

  test.each(["constructor", "__proto__", "toString"])("is told by its id, be it %s", async (id) => {
    const { receiver, send } = setUp();
    const handler = vi.fn();
    receiver.on("order.created", handler);
    await send(id);
    await send(id);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("is remembered for 8 days", async () => {
    const { clock, receiver, send } = setUp();
    const handler = vi.fn();
    receiver.on("order.created", handler);
    await send();
    await clock.advance(8 * DAY - 1);
    await send();
    expect(handler).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    await send();
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("is remembered for longer than it would be accepted", async () => {
    const complete = vi.fn(() => Promise.resolve());
    const idempotency: IdempotencyStore = {
      claim: () => Promise.resolve({ kind: "claimed", token: "1" }),
      complete,
      release: () => Promise.resolve(),
    };
    await setUp({ idempotency, maxEventAgeMs: 30 * DAY }).send();
    expect(complete).toHaveBeenCalledWith({ key: "evt_1", token: "1", retentionMs: 30 * DAY + 300_000 });
  });

  test("is put off with 409 while it is being handled", async () => {
    const { receiver, send } = setUp();
    const { handler, entered, open } = gate();
    receiver.on("order.created", handler);
    const first = send();
    await entered;
    const second = await send();
    expect(second).toMatchObject({ status: 409, error: "event_in_progress" });
    expect(second.headers["Retry-After"]).toMatch(/^[1-9]\d*$/);
    open();
    expect((await first).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("is handled again when a handler threw", async () => {
    const { receiver, send } = setUp();
    const handler = vi.fn().mockImplementationOnce(() => {
      throw new Error("no database");
    });
    receiver.on("order.created", handler);
    expect(await send()).toMatchObject({ status: 500, error: "handler_failed" });
    expect((await send()).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("a request that did not verify leaves no trace", async () => {
    const { receiver, send } = setUp();
    const handler = vi.fn();
    receiver.on("order.created", handler);
    const { method, headers, body } = signedRequest({ type: "order.created", secret: "not the secret", id: "evt_1" });
    await receiver.receive({ method, header: headers, body });
    expect((await send()).status).toBe(200);
    expect(handler).toHaveBeenCalledOnce();
  });
});

describe("handlers that take too long", () => {
  test("are answered with 500, told by their signal, and keep their claim until they end", async () => {
    const { clock, onError, receiver, send } = setUp({ handlerTimeoutMs: 1_000 });
    const { handler, entered, open } = gate();
    receiver.on("order.created", handler);
    const first = send();
    await entered;
    await clock.advance(1_000);
    expect(await first).toMatchObject({ status: 500, error: "handler_timeout" });
    expect(handler.mock.calls[0]?.[1].signal).toMatchObject({ aborted: true, reason: { code: "handler_timeout" } });
    expect((await send()).error).toBe("event_in_progress");
    open();
    await settled();
    expect((await send()).status).toBe(200);
    expect(handler).toHaveBeenCalledOnce();
    expect(onError).toHaveBeenCalledOnce();
  });

  test("that fail late give their claim back, and the failure is told", async () => {
    const { clock, onError, receiver, send } = setUp({ handlerTimeoutMs: 1_000 });
    const { handler, entered, fail } = gate();
    receiver.on("order.created", handler);
    const first = send();
    await entered;
    await clock.advance(1_000);
    await first;
    fail(new Error("too late"));
    await settled();
    expect(onError.mock.calls.map(([error]) => (error as { code: string }).code)).toEqual([
      "handler_timeout",
      "handler_failed",
    ]);
    handler.mockResolvedValue();
    expect((await send()).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("are decided by the time, and told once, when they end by their signal", async () => {
    const { clock, onError, receiver, send } = setUp({ handlerTimeoutMs: 1_000 });
    const { entered, handler } = gate();
    receiver.on("order.created", async (event, context) => {
      void handler(event, context);
      await once(context.signal, "abort");
      context.signal.throwIfAborted();
    });
    const first = send();
    await entered;
    await clock.advance(1_000);
    expect((await first).error).toBe("handler_timeout");
    await settled();
    expect(onError).toHaveBeenCalledOnce();
  });

  test("are not followed by those after them", async () => {
    const { clock, receiver, send } = setUp({ handlerTimeoutMs: 1_000 });
    const { handler, entered, open } = gate();
    const next = vi.fn();
    receiver.on("order.created", handler).on("order.created", next);
    const first = send();
    await entered;
    await clock.advance(1_000);
    await first;
    open();
    await settled();
    expect(next).not.toHaveBeenCalled();
    expect((await send()).status).toBe(200);
    expect(next).toHaveBeenCalledOnce();
  });

  test("lose their claim 5 s after their time, when nobody knows whether they live", async () => {
    const { clock, receiver, send } = setUp({ handlerTimeoutMs: 1_000 });
    const { handler, entered } = gate();
    receiver.on("order.created", handler);
    const first = send();
    await entered;
    await clock.advance(1_000);
    await first;
    await clock.advance(4_999);
    expect((await send()).error).toBe("event_in_progress");
    await clock.advance(1);
    handler.mockResolvedValue();
    expect((await send()).status).toBe(200);
  });

  test("leave no timer behind when they end in time", async () => {
    const callOff = vi.fn();
    const { receiver, send } = setUp({ clock: { ...simulatedClock(), schedule: () => callOff } });
    receiver.on("order.created", () => undefined);
    await send();
    expect(callOff).toHaveBeenCalledOnce();
  });
});

describe("an idempotency store that is down", () => {
  const down = () => Promise.reject(new Error("no route to host"));
  const store = (broken: Partial<IdempotencyStore>): IdempotencyStore => ({
    claim: () => Promise.resolve({ kind: "claimed", token: "1" }),
    complete: () => Promise.resolve(),
    release: () => Promise.resolve(),
    ...broken,
  });

  test("stops the event before its handlers", async () => {
    const { onError, receiver, send } = setUp({ idempotency: store({ claim: down }) });
    const handler = vi.fn();
    receiver.on("order.created", handler);
    expect(await send()).toMatchObject({ status: 500, error: "idempotency_unavailable" });
    expect(handler).not.toHaveBeenCalled();
    expect(onError).toHaveBeenCalledOnce();
  });

  test("does not make the sender repeat what was handled: only the host is told that the id is not recorded", async () => {
    const { onError, receiver, send } = setUp({ idempotency: store({ complete: down }) });
    receiver.on("order.created", () => undefined);
    expect((await send()).status).toBe(200);
    expect(onError.mock.calls[0]?.[0]).toMatchObject({
      code: "idempotency_unavailable",
      message: expect.stringContaining("could not be recorded as handled") as string,
    });
  });

  test("does not hide what a handler threw", async () => {
    const { onError, receiver, send } = setUp({ idempotency: store({ release: down }) });
    receiver.on("order.created", () => {
      throw new Error("no database");
    });
    expect((await send()).error).toBe("handler_failed");
    expect(onError).toHaveBeenCalledTimes(2);
  });

  test("may throw where it should reject", async () => {
    const claim = () => {
      throw new Error("not connected");
    };
    expect((await setUp({ idempotency: store({ claim }) }).send()).error).toBe("idempotency_unavailable");
  });
});
