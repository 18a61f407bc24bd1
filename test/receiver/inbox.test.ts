import { describe, expect, onTestFinished, test, vi } from "vitest";
import { INBOX_RETRY_SCHEDULE } from "@auraconnect/webhooks";
import { memoryIdempotency, memoryInbox } from "@auraconnect/webhooks/memory";
import {
  createInbox,
  createReceiver,
  type EventContext,
  type Inbox,
  type InboxStore,
  type ReceiverOptions,
  WebhookError,
} from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";

const secret = "your-webhook-secret";
const SECOND = 1_000;
const DAY = 86_400_000;

type Handler = (event: { readonly id: string }, context: EventContext) => unknown;

/** A receiver with an inbox under a simulated clock. Its retries have no jitter. */
function setUp(options: Partial<ReceiverOptions> = {}, changes: Partial<Inbox> = {}) {
  const clock = simulatedClock();
  const memory = memoryInbox({ now: () => clock.now() });
  const inbox = Object.assign(Object.create(memory) as Inbox, bound(memory), changes);
  const errors: WebhookError[] = [];
  const open = () =>
    createReceiver({ secret, clock, inbox, random: () => 0, onError: (error) => errors.push(error), ...options });
  const receiver = open();
  const handler = vi.fn<Handler>();
  receiver.on("*", handler);
  const send = async (id = "evt_1", body?: string) => {
    const request = signedRequest({ type: "order.created", secret, id, now: clock.now(), webhookId: "webhook_7" });
    return receiver.receive({ method: "POST", header: request.headers, body: body ?? request.body });
  };
  onTestFinished(async () => {
    const stopping = receiver.stop();
    await clock.advance(DAY);
    await stopping;
  });
  return { clock, inbox, memory, errors, codes: () => errors.map(({ code }) => code), open, receiver, handler, send };
}

/** The methods of an inbox as functions, so that some can be replaced. */
function bound(inbox: InboxStore): InboxStore {
  return {
    put: (event) => inbox.put(event),
    claim: (request) => inbox.claim(request),
    renew: (request) => inbox.renew(request),
    settle: (settlement) => inbox.settle(settlement),
    completeIn: (transaction, completion) => inbox.completeIn(transaction, completion),
    list: (query) => inbox.list(query),
    requeue: (ids) => inbox.requeue(ids),
    discard: (ids) => inbox.discard(ids),
    close: () => inbox.close(),
  };
}

/** A handler that ends when it is told to, and what its signal said. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const signals: AbortSignal[] = [];
  const handle: Handler = async (_event, { signal }) => {
    signals.push(signal);
    await opened;
  };
  return { handle, open, signals };
}

const statesOf = async (inbox: Inbox) =>
  (await inbox.list()).events.map(({ id, state, attempts }) => [id, state, attempts].join(" "));

describe("an inbox", () => {
  test("acknowledges before anything is handled, and handles when it is started", async () => {
    const { clock, receiver, handler, inbox, send } = setUp();
    expect(await send()).toMatchObject({ status: 200, body: '{"received":true}' });
    await clock.advance(DAY);
    expect(handler).not.toHaveBeenCalled();
    await receiver.start();
    await clock.advance(0);
    expect(handler).toHaveBeenCalledOnce();
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
  });

  test("hands the handler the event and its context as if it had been there", async () => {
    const { clock, receiver, handler, send } = setUp();
    await receiver.start();
    const sentAt = clock.now();
    await send();
    await clock.advance(0);
    const [event, context] = handler.mock.calls[0] ?? [];
    expect(event).toMatchObject({
      id: "evt_1",
      type: "order.created",
      data: { object: { order_number: "ORD-2025-001" } },
    });
    expect(context).toMatchObject({
      webhookId: "webhook_7",
      attemptAt: sentAt,
      attemptAtProven: true,
      secretIndex: { auraconnect: 0, standard: 0 },
    });
    expect(JSON.parse(Buffer.from(context!.rawBody).toString())).toEqual(event);
  });

  test("acknowledges an event that it has, and does not handle it again", async () => {
    const { clock, receiver, handler, send } = setUp();
    await receiver.start();
    for (let times = 0; times < 3; times += 1) {
      expect((await send()).status).toBe(200);
      await clock.advance(SECOND);
    }
    expect(handler).toHaveBeenCalledOnce();
  });

  test("stores nothing that does not verify", async () => {
    const { inbox, send } = setUp();
    expect((await send("evt_1", "{}")).status).toBe(401);
    expect(await statesOf(inbox)).toEqual([]);
  });

  test("answers 500 when it cannot store, so that the sender tries again", async () => {
    const { codes, send } = setUp({}, { put: () => Promise.reject(new Error("disk full")) });
    expect(await send()).toMatchObject({ status: 500, body: '{"error":"inbox_unavailable"}' });
    expect(codes()).toEqual(["inbox_unavailable"]);
  });

  test("finds within a second what another process has stored", async () => {
    const { clock, open, receiver, handler, send } = setUp();
    await send();
    const worker = open();
    const theirs = vi.fn();
    await worker.on("*", theirs).start();
    await clock.advance(0);
    await send("evt_2");
    await clock.advance(SECOND);
    expect(theirs).toHaveBeenCalledTimes(2);
    expect(handler).not.toHaveBeenCalled();
    await Promise.all([worker.stop(), receiver.stop()]);
  });

  test("handles no more at a time than its concurrency, and goes on as room comes free", async () => {
    const { clock, receiver, inbox, handler, send } = setUp({ concurrency: 2 });
    const { handle, open, signals } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    for (let index = 0; index < 5; index += 1) await send(`evt_${index}`);
    await clock.advance(SECOND);
    expect(signals).toHaveLength(2);
    open();
    await clock.advance(0);
    expect(handler).toHaveBeenCalledTimes(5);
    expect((await inbox.list({ state: "done" })).events).toHaveLength(5);
  });

  test.each([
    ["what it is", new WebhookError("driver_missing"), "driver_missing"],
    ["inbox_unavailable", new Error("no such folder"), "inbox_unavailable"],
  ])("that cannot be opened makes start reject with %s, and start can be called again", async (_, failure, code) => {
    let broken = true;
    const { clock, receiver, handler, memory, send } = setUp(
      {},
      { list: (query) => (broken ? Promise.reject(failure) : memory.list(query)) },
    );
    await send();
    await expect(receiver.start()).rejects.toMatchObject({ code });
    broken = false;
    await receiver.start();
    await clock.advance(0);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("starts once, however often it is told to", async () => {
    const { clock, receiver, handler, send } = setUp();
    await Promise.all([receiver.start(), receiver.start()]);
    await send();
    await clock.advance(0);
    expect(handler).toHaveBeenCalledOnce();
  });
});

describe("an event of the inbox that fails", () => {
  test("is tried again by the schedule, and is dead after the last time", async () => {
    const { clock, codes, receiver, handler, inbox, send } = setUp({ retrySchedule: [10 * SECOND, 60 * SECOND] });
    handler.mockRejectedValue(new Error("no database"));
    await receiver.start();
    await send();
    const runs: number[] = [];
    for (const wait of [0, 9_999, 1, 59_999, 1, DAY]) {
      await clock.jump(wait);
      runs.push(handler.mock.calls.length);
    }
    expect(runs).toEqual([1, 1, 2, 2, 3, 3]);
    expect(codes()).toEqual(["handler_failed", "handler_failed", "event_dead"]);
    const [dead] = (await inbox.list({ state: "dead" })).events;
    expect(dead?.error).toContain("no database");
    expect(dead?.body).toContain("ORD-2025-001");
  });

  test("is handled after a day of failing, when somebody requeues it", async () => {
    const { clock, receiver, handler, inbox, send } = setUp({ retrySchedule: [] });
    handler.mockRejectedValueOnce(new Error("no database"));
    await receiver.start();
    await send();
    await clock.jump(DAY);
    expect(await inbox.requeue("all")).toBe(1);
    await clock.advance(SECOND);
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
  });

  test("has ten retries over almost a day by default", async () => {
    const { clock, receiver, handler, send } = setUp();
    handler.mockRejectedValue(new Error("no database"));
    await receiver.start();
    await send();
    const startedAt = clock.now();
    for (const wait of INBOX_RETRY_SCHEDULE) await clock.jump(wait);
    expect(handler).toHaveBeenCalledTimes(11);
    expect((clock.now() - startedAt) / DAY).toBeCloseTo(0.95, 1);
  });

  test("whose handlers are too slow is told by their signal, and tried again when they had 5 s more", async () => {
    const { clock, codes, receiver, handler, inbox, send } = setUp({
      handlerTimeoutMs: 20 * SECOND,
      retrySchedule: [0],
    });
    const { handle, signals } = gate();
    handler.mockImplementationOnce(handle);
    await receiver.start();
    await send();
    await clock.advance(20 * SECOND);
    expect(signals[0]).toMatchObject({ aborted: true, reason: { code: "handler_timeout" } });
    await clock.advance(4_999);
    expect(handler).toHaveBeenCalledOnce();
    await clock.advance(1);
    expect(handler).toHaveBeenCalledTimes(2);
    expect(codes()).toEqual(["handler_timeout"]);
    expect(await statesOf(inbox)).toEqual(["evt_1 done 2"]);
  });

  test("whose handlers end well in those 5 s is done", async () => {
    const { clock, codes, receiver, handler, inbox, send } = setUp({ handlerTimeoutMs: 20 * SECOND });
    const { handle, open } = gate();
    handler.mockImplementationOnce(handle);
    await receiver.start();
    await send();
    await clock.advance(24 * SECOND);
    open();
    await clock.advance(0);
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
    expect(codes()).toEqual([]);
  });

  test("is dead when it took the process down with it each time", async () => {
    const { clock, codes, receiver, handler, inbox, memory, send } = setUp({ retrySchedule: [0, 0] });
    await send();
    for (let death = 0; death < 3; death += 1) {
      await memory.claim({ limit: 1, leaseMs: 1_000 });
      await clock.advance(1_000);
    }
    await receiver.start();
    await clock.advance(0);
    expect(handler).not.toHaveBeenCalled();
    expect(codes()).toEqual(["event_dead"]);
    const [dead] = (await inbox.list({ state: "dead" })).events;
    expect(dead?.error).toContain("was begun 3 times and never ended");
  });
});

describe("a worker's lease", () => {
  test("outlasts a handler that takes minutes", async () => {
    const { clock, open, receiver, handler, inbox, send } = setUp({ handlerTimeoutMs: 600 * SECOND });
    const { handle, open: end } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    await send();
    await clock.advance(0);
    const theirs = vi.fn();
    const other = open().on("*", theirs);
    await other.start();
    await clock.advance(500 * SECOND);
    end();
    await clock.advance(0);
    expect(theirs).not.toHaveBeenCalled();
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
    await other.stop();
  });

  test("ends its handlers before another can take their event, when the inbox does not answer", async () => {
    const renew = vi.fn<Inbox["renew"]>().mockReturnValue(new Promise(() => undefined));
    const { clock, receiver, handler, send } = setUp({}, { renew });
    const { handle, signals } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    await send();
    await clock.advance(14_999);
    expect(signals[0]).toMatchObject({ aborted: true, reason: { code: "lease_lost" } });
  });

  test("is kept by a machine that slept, when nobody else took the event", async () => {
    const { clock, codes, receiver, handler, inbox, send } = setUp({ handlerTimeoutMs: 600 * SECOND });
    const { handle, open, signals } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    await send();
    await clock.jump(60 * SECOND);
    expect(signals).toHaveLength(1);
    expect(signals[0]?.aborted).toBe(false);
    open();
    await clock.advance(0);
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
    expect(codes()).toEqual([]);
  });

  test("that another took over meanwhile ends the handlers, decides nothing and is told", async () => {
    let asleep = true;
    const { clock, codes, receiver, handler, inbox, memory, send } = setUp(
      { handlerTimeoutMs: 600 * SECOND },
      {
        async renew(request) {
          if (asleep) await memory.claim({ limit: 1, leaseMs: 3_600 * SECOND });
          asleep = false;
          return memory.renew(request);
        },
      },
    );
    const { handle, open, signals } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    await send();
    await clock.jump(60 * SECOND);
    expect(signals[0]).toMatchObject({ aborted: true, reason: { code: "lease_lost" } });
    open();
    await clock.advance(0);
    expect(codes()).toEqual(["lease_lost"]);
    expect(await statesOf(inbox)).toEqual(["evt_1 pending 2"]);
  });

  test("a settlement that is not answered is made again", async () => {
    let down = true;
    const { clock, codes, receiver, handler, inbox, memory, send } = setUp(
      {},
      { settle: (settlement) => (down ? Promise.reject(new Error("no route")) : memory.settle(settlement)) },
    );
    await receiver.start();
    await send();
    await clock.advance(5 * SECOND);
    down = false;
    await clock.advance(SECOND);
    expect(handler).toHaveBeenCalledOnce();
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1"]);
    expect(new Set(codes())).toEqual(new Set(["inbox_unavailable"]));
  });

  test("claims that fail are made again, and the process lives", async () => {
    let down = true;
    const { clock, codes, receiver, handler, memory, send } = setUp(
      {},
      { claim: (request) => (down ? Promise.reject(new Error("no route")) : memory.claim(request)) },
    );
    await receiver.start();
    await send();
    await clock.advance(3 * SECOND);
    expect(codes().length).toBeGreaterThan(2);
    down = false;
    await clock.advance(SECOND);
    expect(handler).toHaveBeenCalledOnce();
  });
});

describe("stop", () => {
  test("waits for what is being handled, takes nothing more, and closes the inbox", async () => {
    const close = vi.fn(() => Promise.resolve());
    const { clock, receiver, handler, inbox, send } = setUp({ concurrency: 1 }, { close });
    const { handle, open } = gate();
    handler.mockImplementation(handle);
    await receiver.start();
    await send("evt_1");
    await send("evt_2");
    await clock.advance(0);
    const stopping = receiver.stop();
    await clock.advance(SECOND);
    expect(close).not.toHaveBeenCalled();
    open();
    await stopping;
    expect(close).toHaveBeenCalledOnce();
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1", "evt_2 pending 0"]);
    await receiver.start();
    await clock.advance(0);
    expect(await statesOf(inbox)).toEqual(["evt_1 done 1", "evt_2 done 1"]);
  });

  test("gives back what a claim brought too late, without counting an attempt", async () => {
    let answer: () => void = () => undefined;
    const { clock, receiver, handler, inbox, memory, send } = setUp(
      {},
      { claim: async (request) => new Promise((resolve) => (answer = () => void memory.claim(request).then(resolve))) },
    );
    await send();
    await receiver.start();
    const stopping = receiver.stop();
    answer();
    await stopping;
    await clock.advance(0);
    expect(handler).not.toHaveBeenCalled();
    expect(await statesOf(inbox)).toEqual(["evt_1 pending 0"]);
  });

  test("start and stop do nothing without an inbox", async () => {
    const receiver = createReceiver({ secret });
    await receiver.start();
    await receiver.stop();
  });
});

describe("context.complete", () => {
  test("is refused without an inbox, and by one that has no transactions", async () => {
    for (const options of [{}, { inbox: memoryInbox() }]) {
      const refusals: unknown[] = [];
      const receiver = createReceiver({ secret, ...options }).on("*", (_event, context) => {
        try {
          void context.complete({});
        } catch (error) {
          refusals.push(error);
        }
      });
      await receiver.start();
      const { method, headers, body } = signedRequest({ type: "order.created", secret });
      await receiver.receive({ method, header: headers, body });
      await vi.waitFor(() => {
        expect(refusals).toMatchObject([{ code: "transaction_unsupported" }]);
      });
      await receiver.stop();
    }
  });

  test("is for the last handler of an event", async () => {
    const completed: string[] = [];
    const { clock, codes, receiver, send } = setUp(
      { retrySchedule: [] },
      { completeIn: (_transaction, { id }) => void completed.push(id) },
    );
    receiver.on("order.*", (_event, context) => context.complete({}));
    await receiver.start();
    await send();
    await clock.advance(0);
    expect(completed).toEqual(["evt_1"]);
    receiver.on("order.created", () => undefined);
    await send("evt_2");
    await clock.advance(0);
    expect(completed).toEqual(["evt_1"]);
    expect(codes()).toEqual(["event_dead"]);
  });
});

describe("an inbox of one's own", () => {
  test("is made of a store", async () => {
    const { store, put } = ownStore();
    const receiver = createReceiver({ secret, inbox: createInbox(store) });
    const handled = new Promise((resolve) => receiver.on("*", resolve));
    await receiver.start();
    onTestFinished(() => receiver.stop());
    const { method, headers, body } = signedRequest({ type: "order.created", secret, id: "evt_1" });
    expect((await receiver.receive({ method, header: headers, body })).status).toBe(200);
    expect(await handled).toMatchObject({ id: "evt_1" });
    expect(put).toHaveBeenCalledOnce();
  });

  test("is refused as long as nothing works it, and what is no store is refused", () => {
    const { store } = ownStore();
    const bare = () => createReceiver({ secret, inbox: store as never });
    expect(bare).toThrow("`inbox` is what sqliteInbox, postgresInbox or createInbox made; it was an object.");
    expect(() => createInbox({ ...store, close: undefined } as never)).toThrow(
      "`store` is an object with put, claim, renew",
    );
    expect(() => createInbox(undefined as never)).toThrow(
      "createInbox takes an object, such as { put }; it was undefined.",
    );
  });

  function ownStore() {
    const methods = bound(memoryInbox());
    const put = vi.fn<InboxStore["put"]>((event) => methods.put(event));
    return { store: { ...methods, put }, put };
  }
});

describe("options of an inbox", () => {
  test.each([
    [{ inbox: {} }, "inbox", "`inbox` is what sqliteInbox, postgresInbox or createInbox made"],
    [{ inbox: null }, "inbox", "it was null."],
    [{ inbox: memoryInbox(), idempotency: memoryIdempotency() }, "idempotency", "An `inbox` remembers ids itself"],
    [{ concurrency: 5 }, "concurrency", "`concurrency` is of an `inbox`, and there is none"],
    [{ retrySchedule: [1_000] }, "retrySchedule", "`retrySchedule` is of an `inbox`, and there is none"],
    [{ inbox: memoryInbox(), retrySchedule: [-1] }, "retrySchedule[0]", "is a number of milliseconds from 0"],
    [{ inbox: memoryInbox(), concurrency: 0 }, "concurrency", "is a whole number from 1 to 1000"],
    [{ random: 0.5 }, "random", "`random` is a function"],
  ])("%o", (options, field, message) => {
    const make = () => createReceiver({ secret, ...options } as never);
    expect(make).toThrow(expect.objectContaining({ code: "option_invalid", field }) as Error);
    expect(make).toThrow(message);
  });
});
