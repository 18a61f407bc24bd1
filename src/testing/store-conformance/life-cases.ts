import { strict as assert } from "node:assert";
import { attempt, idsOf, LEASE_MS, Scene, settlement } from "./scene.js";
import type { StoreCase } from "./store-case.js";

const MINUTE = 60_000;

/** What `join`, `renew`, `giveBack` and `release` promise. */
export const lifeCases: readonly StoreCase[] = [
  {
    name: "lives: what an owner holds stays its own while it lives, however long",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const { queue } = context.store;
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease } = await scene.take("worker");
      for (let renewal = 0; renewal < 20; renewal += 1) {
        context.advance(LEASE_MS - 1);
        assert.equal(await queue.renew({ owner: "worker", leaseMs: LEASE_MS, judgeOthers: true }), true);
        await queue.join({ owner: "other", leaseMs: LEASE_MS });
      }
      assert.deepEqual((await scene.claim("other")).deliveries, []);
      assert.deepEqual(await queue.settle([settlement(id, lease, { kind: "success" })]), ["decided"]);
    },
  },
  {
    name: "lives: a dead owner's deliveries are due again, and it can neither renew nor settle",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const { queue } = context.store;
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease } = await scene.take("worker");
      context.advance(LEASE_MS);
      await scene.join("other");
      assert.equal(await queue.renew({ owner: "other", leaseMs: LEASE_MS, judgeOthers: true }), true);
      assert.equal(await queue.renew({ owner: "worker", leaseMs: LEASE_MS, judgeOthers: false }), false);
      const { deliveries } = await scene.claim("other");
      assert.deepEqual(idsOf(deliveries), [id]);
      assert.deepEqual(await queue.settle([settlement(id, lease, { kind: "success" })]), ["stale"]);
    },
  },
  {
    name: "lives: nobody is judged before its time, nor by one who does not judge",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const { queue } = context.store;
      await scene.publish("evt", ["a"]);
      await scene.claim("worker");
      context.advance(LEASE_MS - 1);
      await queue.renew({ owner: "other", leaseMs: LEASE_MS, judgeOthers: true });
      assert.deepEqual((await scene.claim("other")).deliveries, []);
      context.advance(LEASE_MS - 1);
      await queue.renew({ owner: "other", leaseMs: LEASE_MS, judgeOthers: false });
      assert.deepEqual((await scene.claim("other")).deliveries, []);
      assert.equal(await queue.renew({ owner: "worker", leaseMs: LEASE_MS, judgeOthers: false }), true);
    },
  },
  {
    name: "lives: a clean stop gives everything back at the instants it was due before",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const { queue } = context.store;
      const [id = ""] = await scene.publish("evt-1", ["a"]);
      const { lease } = await scene.take("worker");
      await queue.settle([settlement(id, lease, { kind: "retry", delayMs: 1_000 })]);
      context.advance(1_000);
      const dueAt = context.now();
      await scene.claim("worker");
      context.advance(300);
      await queue.release("worker");
      assert.equal((await scene.row(id))?.nextAttemptAt, dueAt);
      assert.deepEqual(idsOf((await scene.claim("other")).deliveries), [id]);
      assert.equal(await queue.renew({ owner: "worker", leaseMs: LEASE_MS, judgeOthers: false }), false);
      await queue.release("worker");
      await queue.release("nobody");
    },
  },
  {
    name: "lives: a delivery whose owners die three times in a row backs off, a minute and then more",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "judge");
      const { queue } = context.store;
      const [id = ""] = await scene.publish("evt", ["a"]);
      const waits: (number | null)[] = [];
      for (let death = 1; death <= 10; death += 1) {
        await scene.join(`victim-${death}`);
        assert.deepEqual(idsOf((await scene.claim(`victim-${death}`)).deliveries), [id]);
        context.advance(LEASE_MS);
        await queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
        const row = await scene.row(id);
        waits.push(Math.max(0, (row?.nextAttemptAt ?? 0) - context.now()) / MINUTE);
        context.advance(60 * MINUTE);
      }
      assert.deepEqual(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
    },
  },
  {
    name: "lives: a settlement ends the row of deaths, and a clean stop is none",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "judge", "clean");
      const { queue } = context.store;
      const [id = ""] = await scene.publish("evt", ["a"]);
      const die = async (owner: string): Promise<void> => {
        await scene.join(owner);
        assert.equal((await scene.claim(owner)).deliveries.length, 1);
        context.advance(LEASE_MS);
        await queue.renew({ owner: "judge", leaseMs: LEASE_MS, judgeOthers: true });
      };
      await die("one");
      await die("two");
      await scene.join("clean");
      assert.equal((await scene.claim("clean")).deliveries.length, 1);
      await queue.release("clean");
      const { lease, taken } = await scene.take("judge");
      assert.equal(taken.length, 1);
      await queue.settle([settlement(id, lease, { kind: "retry", delayMs: 0 }, attempt(1))]);
      await die("three");
      await die("four");
      assert.equal((await scene.claim("judge")).deliveries.length, 1);
    },
  },
  {
    name: "lives: one lease is given back without the others of its owner",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const { queue } = context.store;
      const [kept = ""] = await scene.publish("evt-1", ["a"]);
      const first = await scene.take("worker");
      const [returned = ""] = await scene.publish("evt-2", ["a"]);
      const second = await scene.take("worker");
      await queue.giveBack(second.lease);
      await queue.giveBack(second.lease);
      assert.deepEqual(idsOf((await scene.claim("other")).deliveries), [returned]);
      assert.deepEqual(await queue.settle([settlement(returned, second.lease, { kind: "success" })]), ["stale"]);
      assert.deepEqual(await queue.settle([settlement(kept, first.lease, { kind: "success" })]), ["decided"]);
    },
  },
];
