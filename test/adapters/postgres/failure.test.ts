import { describe, expect, inject, test } from "vitest";
import { postgresIdempotency, type PostgresQueryable } from "@auraconnect/webhooks/postgres";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { ACCOUNT, settlement, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { storeError } from "../../../src/adapters/postgres/failure.js";
import { testPool, testSchema } from "./database.js";
import { openScene } from "./open-store.js";

/** An error as pg throws it. */
function serverError(code: string, message = "of the server"): Error {
  return Object.assign(new Error(message), { code, severity: "ERROR" });
}

/** A pool whose statements can be made to fail; each failure is used once for as often as it says. */
function faultyPool(pool: PostgresQueryable) {
  const faults = { error: null as Error | null, times: 0, sent: 0 };
  const query = (...args: [string, unknown[]?]): PromiseLike<unknown> => {
    faults.sent += 1;
    if (faults.error === null || faults.times === 0) return pool.query(...args);
    faults.times -= 1;
    return Promise.reject(faults.error);
  };
  return { pool: { query, totalCount: 0 }, faults };
}

describe("a failure of PostgreSQL", () => {
  test.each([
    ["08006", "store_unavailable"],
    ["57P01", "store_unavailable"],
    ["57P03", "store_unavailable"],
    ["57014", "store_unavailable"],
    ["53300", "store_unavailable"],
    ["25006", "store_unavailable"],
    ["40001", "store_unavailable"],
    ["ECONNREFUSED", "store_unavailable"],
    ["EPIPE", "store_unavailable"],
    ["42P01", "store_incompatible"],
    ["22021", "store_refused"],
    ["23505", "store_refused"],
    ["42501", "store_refused"],
    ["54000", "store_refused"],
  ])("%s is told as %s", (code, expected) => {
    expect(storeError(serverError(code))).toMatchObject({ code: expected, cause: { code } });
  });

  test("that says nothing is store_unavailable, with whatever it does say", () => {
    const many = new AggregateError([
      new Error("connect ECONNREFUSED ::1"),
      new Error("connect ECONNREFUSED 127.0.0.1"),
    ]);
    for (const [error, told] of [
      [new Error("Connection terminated unexpectedly"), "terminated"],
      [many, "127.0.0.1"],
      ["odd", "odd"],
    ] as const) {
      expect(storeError(error)).toMatchObject({
        code: "store_unavailable",
        message: expect.stringContaining(told) as string,
      });
    }
  });

  test("is told without what a library around the driver says of the statement's values", () => {
    const wrapped = new Error("Failed query: insert … params: the body", {
      cause: serverError("23505", "duplicate key"),
    });
    const error = storeError(wrapped);
    expect(error).toMatchObject({ code: "store_refused", cause: { code: "23505" } });
    expect(error.message).toContain("duplicate key");
    expect(error.message).not.toContain("the body");
  });
});

describe.skipIf(inject("postgresUrl") === null)("a store whose server is away", () => {
  /** Every method of the store. */
  const CALLS: readonly ((store: SenderStore) => Promise<unknown>)[] = [
    ({ webhooks }) => webhooks.read([{ accountId: ACCOUNT, version: null }]),
    ({ webhooks }) => webhooks.page({ cursor: null, limit: 1 }),
    ({ webhooks }) => webhooks.insert(webhookRecord("b"), 100),
    ({ webhooks }) => webhooks.replace(webhookRecord("a", { revision: 2 })),
    ({ webhooks }) => webhooks.remove({ accountId: ACCOUNT, webhookId: "a" }),
    ({ queue }) => queue.claim({ lease: { owner: "worker", token: 1 }, limit: 1, perWebhook: 1, capacity: new Map() }),
    ({ queue }) => queue.settle([settlement("d", { owner: "worker", token: 1 }, { kind: "success" })]),
    ({ queue }) => queue.join({ owner: "worker", leaseMs: 1_000 }),
    ({ queue }) => queue.renew({ owner: "worker", leaseMs: 1_000, judgeOthers: true }),
    ({ queue }) => queue.giveBack({ owner: "worker", token: 1 }),
    ({ queue }) => queue.release("nobody"),
    ({ queue }) => queue.cancel({ accountId: ACCOUNT, webhookId: "a", limit: 1 }),
    ({ log }) => log.list({ accountId: ACCOUNT, limit: 1 }),
    ({ log }) => log.attempts("d"),
    ({ rate }) => rate.take({ key: ACCOUNT, slotMs: 60_000, slots: 60, limit: 1, wanted: 1 }),
    ({ rate }) => rate.giveBack({ key: ACCOUNT, slotMs: 60_000, slots: 60, slot: 0, count: 1 }),
    ({ health }) => health.read(["a"]),
    ({ retention }) => retention.purge({ ageMs: 1, limit: 1 }),
  ];

  test("answers every call with store_unavailable, and works when it is back", async () => {
    const { pool, faults } = faultyPool(testPool());
    const scene = await openScene({ pool, schema: testSchema(), listen: false });
    Object.assign(faults, { error: new Error("Connection terminated unexpectedly"), times: Infinity });
    const calls = [...CALLS, ({ queue }: SenderStore) => queue.enqueue([scene.event("evt", ["a"])])];
    for (const call of calls) await expect(call(scene.store)).rejects.toMatchObject({ code: "store_unavailable" });
    faults.times = 0;
    for (const call of calls.toReversed()) await call(scene.store);
  });

  test("sends a statement again that met another, a few times", async () => {
    const { pool, faults } = faultyPool(testPool());
    const scene = await openScene({ pool, schema: testSchema(), listen: false });
    Object.assign(faults, { error: serverError("40P01"), times: 3 });
    expect((await scene.enqueueOne(scene.event("evt", ["a"])))?.kind).toBe("stored");
    Object.assign(faults, { error: serverError("40001"), times: Infinity, sent: 0 });
    await expect(scene.publish("other", ["a"])).rejects.toMatchObject({ code: "store_unavailable" });
    expect(faults.sent).toBeGreaterThan(3);
    expect(faults.sent).toBeLessThan(20);
  });

  test("goes on without prepared statements where a pooler loses them", async () => {
    const real = testPool();
    let refused = 0;
    const query = (given: string | { readonly name: string }, values?: unknown[]): PromiseLike<unknown> => {
      if (typeof given === "string") return real.query(given, values);
      refused += 1;
      return Promise.reject(serverError("26000", `prepared statement "${given.name}" does not exist`));
    };
    const location = { pool: { query, totalCount: 0 }, schema: testSchema() };
    const scene = await openScene(location);
    expect((await scene.enqueueOne(scene.event("evt-1", ["a"])))?.kind).toBe("stored");
    expect((await scene.enqueueOne(scene.event("evt-2", ["a"])))?.kind).toBe("stored");
    expect(refused).toBe(1);
    expect((await postgresIdempotency(location).claim({ key: "evt", leaseMs: 1_000 })).kind).toBe("claimed");
  });

  test("refuses what can never be written, so that the rest of its batch can be", async () => {
    const scene = await openScene({ pool: testPool(), schema: testSchema() });
    const event = scene.event("poison", ["a", "a"]);
    const poison = { ...event, deliveries: event.deliveries.map((delivery) => ({ ...delivery, id: "the same" })) };
    const batch = scene.store.queue.enqueue([scene.event("evt", ["a"]), poison]);
    await expect(batch).rejects.toMatchObject({ code: "store_refused" });
    expect(await scene.enqueueOne(scene.event("evt", ["a"]))).toEqual({ kind: "stored" });
  });
});
