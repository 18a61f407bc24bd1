import { strict as assert } from "node:assert";
import type { Lease, NextState } from "../../ports/delivery-queue.js";
import { AWKWARD_TEXTS } from "./enqueue-cases.js";
import { anotherStore, attempt, idsOf, Scene, settlement } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

const SUCCESS: NextState = { kind: "success" };

/** What `settle` promises. */
export const settleCases: readonly StoreCase[] = [
  {
    name: "settle: records the attempt and what is next, together",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const failure = attempt(1, { sentAt: context.now(), responseCode: 503, error: "HTTP 503" });
      await context.store.queue.settle([settlement(id, lease, { kind: "retry", delayMs: 10_000 }, failure)]);
      const row = await scene.row(id);
      assert.equal(row?.status, "pending");
      assert.equal(row.attempts, 1);
      assert.equal(row.nextAttemptAt, context.now() + 10_000);
      assert.deepEqual(row.lastAttempt, failure);
      assert.deepEqual(await context.store.log.attempts(id), [failure]);
    },
  },
  {
    name: "settle: what has ended is never due again, in each of the ways to end",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      for (const kind of ["success", "failed", "expired", "cancelled"] as const) {
        const [id = ""] = await scene.publish(kind, ["a"]);
        const { lease } = await scene.take("worker");
        assert.deepEqual(await context.store.queue.settle([settlement(id, lease, { kind })]), ["decided"]);
        const row = await scene.row(id);
        assert.equal(row?.status, kind);
        assert.equal(row.nextAttemptAt, null);
      }
      context.advance(3_600_000);
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
    },
  },
  {
    name: "settle: a release spends nothing and keeps when the delivery was stored",
    async run(context) {
      const storedAt = context.now();
      const { scene, id, lease } = await heldDelivery(context);
      context.advance(1_000);
      await context.store.queue.settle([settlement(id, lease, { kind: "release", delayMs: 2_000 }, null)]);
      context.advance(2_000);
      const { deliveries } = await scene.claim("worker");
      assert.equal(deliveries[0]?.attempts, 0);
      assert.equal(deliveries[0].storedAt, storedAt);
      assert.deepEqual(await context.store.log.attempts(id), []);
      assert.equal((await scene.row(id))?.lastAttempt, null);
    },
  },
  {
    name: "settle: a release without a delay keeps the instant at which the delivery was due, and so its place",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const [first = ""] = await scene.publish("evt-1", ["a"]);
      const dueAt = context.now();
      const { lease } = await scene.take("worker");
      context.advance(1_000);
      const [second = ""] = await scene.publish("evt-2", ["a"]);
      context.advance(1_000);
      await context.store.queue.settle([settlement(first, lease, { kind: "release", delayMs: 0 }, null)]);
      assert.equal((await scene.row(first))?.nextAttemptAt, dueAt);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), [first, second]);
    },
  },
  {
    name: "settle: a retry without a delay is due now",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      context.advance(1_000);
      await context.store.queue.settle([settlement(id, lease, { kind: "retry", delayMs: 0 })]);
      assert.equal((await scene.row(id))?.nextAttemptAt, context.now());
    },
  },
  {
    name: "settle: every recorded request is counted, and the claim after it says so",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const again: NextState = { kind: "retry", delayMs: 0 };
      await context.store.queue.settle([settlement(id, lease, again, attempt(1))]);
      const second = await scene.take("worker");
      assert.equal(second.taken[0]?.attempts, 1);
      await context.store.queue.settle([settlement(id, second.lease, again, attempt(2))]);
      assert.equal((await scene.take("worker")).taken[0]?.attempts, 2);
      assert.deepEqual(await context.store.log.attempts(id), [attempt(1), attempt(2)]);
    },
  },
  {
    name: "settle: one that comes too late is recorded and decides nothing",
    async run(context) {
      const { scene, id, lease: late } = await heldDelivery(context);
      await context.store.queue.release("worker");
      const { lease: current } = await scene.take("other");
      const stray = attempt(1, { responseCode: 500, error: "late" });
      const answer = await context.store.queue.settle([settlement(id, late, { kind: "failed" }, stray)]);
      assert.deepEqual(answer, ["stale"]);
      const before = await scene.row(id);
      assert.deepEqual([before?.status, before?.attempts, before?.lastAttempt], ["pending", 0, null]);
      await context.store.queue.settle([settlement(id, current, SUCCESS, attempt(1, { sentAt: 5 }))]);
      assert.equal((await scene.row(id))?.status, "success");
      assert.deepEqual(await context.store.log.attempts(id), [stray, attempt(1, { sentAt: 5 })]);
      assert.deepEqual(await context.store.queue.settle([settlement(id, late, SUCCESS, stray)]), ["stale"]);
      assert.equal((await context.store.log.attempts(id)).length, 2);
    },
  },
  {
    name: "settle: only the holder decides: not another owner, not the same under another token",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const others: Lease[] = [
        { owner: "other", token: lease.token },
        { owner: lease.owner, token: lease.token + 1_000 },
      ];
      const answers = await context.store.queue.settle(
        others.map((other) => settlement(id, other, { kind: "failed" }, null)),
      );
      assert.deepEqual(answers, ["stale", "stale"]);
      assert.equal((await scene.row(id))?.status, "pending");
      assert.deepEqual(await context.store.queue.settle([settlement(id, lease, SUCCESS)]), ["decided"]);
    },
  },
  {
    name: "settle: repeated after its answer was lost, it is answered the same and counted once",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const retry = settlement(id, lease, { kind: "retry", delayMs: 1_000 });
      assert.deepEqual(await context.store.queue.settle([retry]), ["decided"]);
      context.advance(500);
      assert.deepEqual(await context.store.queue.settle([retry, retry]), ["decided", "decided"]);
      const row = await scene.row(id);
      assert.deepEqual([row?.attempts, row?.nextAttemptAt], [1, context.now() + 500]);
      context.advance(500);
      const { lease: next } = await scene.take("other");
      assert.deepEqual(await context.store.queue.settle([retry]), ["decided"]);
      await context.store.queue.settle([settlement(id, next, SUCCESS, attempt(2))]);
      assert.deepEqual(await context.store.queue.settle([retry]), ["decided"]);
      assert.equal((await scene.row(id))?.attempts, 2);
    },
  },
  {
    name: "settle: a repeated release does not take the delivery from who holds it now",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const release = settlement(id, lease, { kind: "release", delayMs: 0 }, null);
      await context.store.queue.settle([release]);
      const { lease: next, taken } = await scene.take("other");
      assert.equal(taken.length, 1);
      assert.deepEqual(await context.store.queue.settle([release]), ["decided"]);
      assert.deepEqual((await scene.claim("worker")).deliveries, []);
      assert.deepEqual(await context.store.queue.settle([settlement(id, next, SUCCESS)]), ["decided"]);
    },
  },
  {
    name: "settle: of two settlements of one lease at the same moment both are answered alike, and one counts",
    async run(context) {
      const { scene, id, lease } = await heldDelivery(context);
      const other = await anotherStore(context);
      const answers = await Promise.all([
        context.store.queue.settle([settlement(id, lease, SUCCESS)]),
        other.queue.settle([settlement(id, lease, SUCCESS)]),
      ]);
      assert.deepEqual(answers, [["decided"], ["decided"]]);
      assert.equal((await scene.row(id))?.attempts, 1);
    },
  },
  {
    name: "settle: attempts come back as they were given: any text, any fraction, nulls",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const texts = [...AWKWARD_TEXTS, "x".repeat(262_144)];
      for (const [index, text] of texts.entries()) {
        const [id = ""] = await scene.publish(`evt-${index}`, ["a"]);
        const { lease } = await scene.take("worker");
        const given = attempt(1, { error: text, debug: text, responseCode: null, responseTimeMs: 0.1, sentAt: 12.75 });
        await context.store.queue.settle([settlement(id, lease, { kind: "failed" }, given)]);
        assert.deepEqual(await context.store.log.attempts(id), [given]);
      }
    },
  },
  {
    name: "settle: a delivery that does not exist is stale and leaves no attempt",
    async run(context) {
      const scene = await Scene.begin(context, [], "worker");
      assert.deepEqual(await context.store.queue.settle([settlement("nowhere", scene.lease("worker"), SUCCESS)]), [
        "stale",
      ]);
      assert.deepEqual(await context.store.log.attempts("nowhere"), []);
    },
  },
];

/** One delivery that `worker` holds; `other` has joined too. */
async function heldDelivery(context: StoreCaseContext): Promise<{ scene: Scene; id: string; lease: Lease }> {
  const scene = await Scene.begin(context, ["a"], "worker", "other");
  const [id = ""] = await scene.publish("evt", ["a"]);
  const { lease, taken } = await scene.take("worker");
  if (idsOf(taken)[0] !== id) throw new Error("A due delivery was not claimed.");
  return { scene, id, lease };
}
