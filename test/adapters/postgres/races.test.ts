import type pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { ACCOUNT, LEASE_MS, Scene, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { eventually } from "../../services/eventually.js";
import { testPool, testSchema } from "./database.js";

/** Two handles on one schema; what the second does is not committed before it is told to. */
interface Race {
  readonly scene: Scene;
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly advance: (ms: number) => void;
  readonly slow: SenderStore;
  readonly begin: () => Promise<unknown>;
  readonly end: (how: "commit" | "rollback") => Promise<unknown>;
  /** Resolves when a statement on the schema waits for a lock. */
  readonly somebodyWaits: () => Promise<void>;
}

async function race(run: (race: Race) => Promise<void>): Promise<void> {
  const schema = testSchema();
  const pool = testPool();
  const { now, advance } = handClock();
  const store = postgresStore({ pool, schema, listen: false });
  await store.open({ logger: silentLogger, now });
  const client = await pool.connect();
  const slow = postgresStore({ pool: client, schema, listen: false });
  await slow.open({ logger: silentLogger, now });
  const scene = await Scene.begin({ store, now, advance }, ["a", "b"], "worker");
  const somebodyWaits = (): Promise<void> =>
    eventually("a statement waits for a lock", async () => {
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%'`;
      return ((await pool.query(waiting, [schema])).rowCount ?? 0) > 0;
    });
  try {
    await run({
      ...{ scene, pool, schema, advance, slow, somebodyWaits },
      begin: () => client.query("begin"),
      end: (how) => client.query(how),
    });
  } finally {
    await client.query("rollback");
    client.release();
    await Promise.all([store.close(), slow.close()]);
  }
}

async function claimed(scene: Scene, owner = "worker"): Promise<string[]> {
  return (await scene.claim(owner)).deliveries.map(({ eventId }) => eventId).sort();
}

describe.skipIf(inject("postgresUrl") === null)("two at the same moment", () => {
  test.each([
    { how: "commit", second: "known", count: 1 },
    { how: "rollback", second: "stored", count: 1 },
  ] as const)("publish one id: the second waits for the $how of the first and is $second", ({ how, second, count }) =>
    race(async ({ scene, slow, begin, end, somebodyWaits }) => {
      await begin();
      expect(await slow.queue.enqueue([scene.event("evt", ["a"])])).toEqual([{ kind: "stored" }]);
      const other = scene.enqueueOne(scene.event("evt", ["a"]));
      await somebodyWaits();
      await end(how);
      expect((await other)?.kind).toBe(second);
      expect(await claimed(scene)).toHaveLength(count);
    }),
  );

  test("publish batches of the same ids in opposite orders, and none is a victim of the other", () =>
    race(async ({ scene }) => {
      const ids = Array.from({ length: 40 }, (_, index) => `evt-${index}`);
      const batches = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? ids : ids.toReversed()));
      const results = await Promise.all(
        batches.map((batch) => scene.store.queue.enqueue(batch.map((id) => scene.event(id, ["a"])))),
      );
      expect(results.flat().filter(({ kind }) => kind === "stored")).toHaveLength(ids.length);
      expect(await claimed(scene)).toEqual(ids.toSorted());
    }));

  test("register and publish: who publishes waits, and matches again", () =>
    race(async ({ scene, slow, begin, end, somebodyWaits }) => {
      await begin();
      await slow.webhooks.insert(webhookRecord("c"), 100);
      const published = scene.enqueueOne(scene.event("evt", ["a"]));
      await somebodyWaits();
      await end("commit");
      expect(await published).toEqual({ kind: "registry_changed" });
    }));

  test("register an account's first webhook and publish: one of them comes first", () =>
    race(async ({ scene, slow, begin, end, somebodyWaits }) => {
      await begin();
      await slow.queue.enqueue([scene.event("evt", [], { accountId: "new" })]);
      const registered = scene.register(webhookRecord("c", { accountId: "new" }));
      await somebodyWaits();
      await end("commit");
      await registered;
      await begin();
      await slow.webhooks.insert(webhookRecord("d", { accountId: "newer" }), 100);
      const published = scene.enqueueOne(scene.event("evt", [], { accountId: "newer" }));
      await somebodyWaits();
      await end("commit");
      expect(await published).toEqual({ kind: "registry_changed" });
    }));

  test("judge an owner and write what it is to hold: the judge waits, and releases that too", () =>
    race(async ({ scene, slow, begin, end, advance, somebodyWaits }) => {
      const { queue } = scene.store;
      await scene.join("judge");
      advance(LEASE_MS);
      await queue.join({ owner: "judge", leaseMs: LEASE_MS });
      await begin();
      await slow.queue.enqueue([scene.event("evt", ["a"], { leased: true })], { lease: scene.lease("worker") });
      const judged = queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
      await somebodyWaits();
      await end("commit");
      expect(await judged).toBe(true);
      expect(await claimed(scene, "judge")).toEqual(["evt"]);
    }));

  test("write what an owner is to hold while it is judged: the publisher waits, and it is due", () =>
    race(async ({ scene, slow, begin, end, somebodyWaits }) => {
      await scene.join("other");
      await begin();
      await slow.queue.release("worker");
      const published = scene.enqueueOne(scene.event("evt", ["a"], { leased: true }), scene.lease("worker"));
      await somebodyWaits();
      await end("commit");
      expect(await published).toEqual({ kind: "stored" });
      expect(await claimed(scene, "other")).toEqual(["evt"]);
    }));

  test("a judge who dies before he has released leaves that to the next", () =>
    race(async ({ scene, pool, schema, advance }) => {
      await scene.join("judge");
      await scene.publish("evt", ["a"]);
      await scene.claim("worker");
      await pool.query(`delete from ${schema}.webhook_owners where id = 'worker'`);
      advance(1);
      await scene.store.queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
      expect(await claimed(scene, "judge")).toEqual(["evt"]);
    }));

  test("claim: neither waits for the other, and what one leaves is told of as due", () =>
    race(async ({ scene, slow, begin, end }) => {
      await scene.publish("evt-1", ["a"]);
      await scene.publish("evt-2", ["b"]);
      await scene.claim("nobody");
      await begin();
      const request = { limit: 1, perWebhook: 1, capacity: new Map([["b", 0]]) };
      expect((await slow.queue.claim({ lease: scene.lease("worker"), ...request })).deliveries).toHaveLength(1);
      expect(await claimed(scene)).toEqual(["evt-2"]);
      await scene.publish("evt-3", ["a"]);
      expect(await scene.claim("worker")).toEqual({ deliveries: [], nextDueInMs: 0 });
      await end("commit");
      expect(await claimed(scene)).toEqual(["evt-3"]);
    }));

  test("claim: one whose snapshot is old takes nothing from a lane that was written since, and hides nothing in it", () =>
    race(async ({ scene, pool, schema, advance, somebodyWaits }) => {
      await scene.join("late");
      await scene.publish("evt-1", ["a"]);
      await scene.claim("nobody");
      // The late claim has its snapshot, in which evt-1 is due, and waits for its own life.
      const blocker = await pool.connect();
      await blocker.query("begin");
      await blocker.query(`select from ${schema}.webhook_owners where id = 'late' for update`);
      const late = scene.claim("late");
      await somebodyWaits();
      expect(await claimed(scene)).toEqual(["evt-1"]);
      advance(1);
      await scene.publish("evt-2", ["a"]);
      await scene.claim("worker", { capacity: new Map([["a", 0]]) });
      await blocker.query("rollback");
      blocker.release();
      const { deliveries, nextDueInMs } = await late;
      const taken = deliveries.map(({ eventId }) => eventId);
      expect([taken, nextDueInMs]).toEqual(taken.length === 0 ? [[], 0] : [["evt-2"], null]);
      expect([...taken, ...(await claimed(scene))]).toEqual(["evt-2"]);
    }));

  test("cancel and claim: no delivery is both", () =>
    race(async ({ scene, slow, begin, end }) => {
      for (let index = 1; index <= 4; index += 1) await scene.publish(`evt-${index}`, ["a"]);
      await begin();
      const cancelled = await slow.queue.cancel({ accountId: ACCOUNT, webhookId: "a", limit: 2 });
      const claim = scene.claim("worker");
      await end("commit");
      const { deliveries } = await claim;
      const rest = await scene.claim("worker");
      const ids = [...cancelled, ...deliveries, ...rest.deliveries].map(({ eventId }) => eventId);
      expect(ids.toSorted()).toEqual(["evt-1", "evt-2", "evt-3", "evt-4"]);
    }));

  test("switch a webhook off and claim: nothing is taken once it is off", () =>
    race(async ({ scene, slow, begin, end }) => {
      await scene.publish("evt", ["a"]);
      await scene.claim("nobody");
      await begin();
      await slow.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      expect(await claimed(scene)).toEqual([]);
      await end("commit");
      expect(await scene.claim("worker")).toEqual({ deliveries: [], nextDueInMs: null });
    }));
});
