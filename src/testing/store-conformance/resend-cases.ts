import { strict as assert } from "node:assert";
import type { Lease, NextState, ResendResult } from "../../ports/delivery-queue.js";
import { ACCOUNT, anotherStore, attempt, idsOf, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

/** What `resend` and `depth` promise. */
export const resendCases: readonly StoreCase[] = [
  {
    name: "resend: what has ended, in each of the ways to end, is pending and due at once, under a new schedule",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      for (const kind of ["success", "failed", "expired", "cancelled"] as const) {
        const id = await ended(scene, kind, { kind });
        context.advance(5_000);
        assert.deepEqual(await resend(context, [{ id, resends: 0 }]), ["resent"]);
        const row = await scene.row(id);
        assert.deepEqual(
          [row?.status, row?.attempts, row?.resends, row?.nextAttemptAt, row?.lastAttempt?.number],
          ["pending", 1, 1, context.now(), 1],
        );
        const { lease, taken } = await scene.take("worker");
        assert.deepEqual(
          taken.map(({ id: takenId, attempts, scheduleOffset }) => [takenId, attempts, scheduleOffset]),
          [[id, 1, 1]],
        );
        await context.store.queue.settle([settlement(id, lease, { kind: "success" }, attempt(2))]);
        assert.deepEqual([(await scene.row(id))?.status, (await scene.row(id))?.attempts], ["success", 2]);
        assert.deepEqual(await context.store.log.attempts(id), [attempt(1), attempt(2)]);
      }
    },
  },
  {
    name: "resend: the schedule begins anew each time",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const id = await ended(scene, "evt", { kind: "failed" });
      await resend(context, [{ id, resends: 0 }]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(id, lease, { kind: "failed" }, attempt(2))]);
      assert.deepEqual(await resend(context, [{ id, resends: 1 }]), ["resent"]);
      const { taken } = await scene.take("worker");
      assert.deepEqual(
        taken.map(({ attempts, scheduleOffset }) => [attempts, scheduleOffset]),
        [[2, 2]],
      );
      assert.equal((await scene.row(id))?.resends, 2);
    },
  },
  {
    name: "resend: a call whose answer was lost takes effect once, also when it was sent meanwhile",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const id = await ended(scene, "evt", { kind: "failed" });
      const other = await anotherStore(context);
      const request = { accountId: ACCOUNT, deliveries: [{ id, resends: 0 }], createdSince: 0 };
      const both = await Promise.all([context.store.queue.resend(request), other.queue.resend(request)]);
      assert.deepEqual(both, [["resent"], ["resent"]]);
      const { lease } = await scene.take("worker");
      assert.deepEqual(await context.store.queue.resend(request), ["resent"]);
      await context.store.queue.settle([settlement(id, lease, { kind: "failed" }, attempt(2))]);
      assert.deepEqual(await context.store.queue.resend(request), ["resent"]);
      const row = await scene.row(id);
      assert.deepEqual([row?.status, row?.resends], ["failed", 1]);
      assert.deepEqual((await scene.claim("worker")).deliveries, []);
    },
  },
  {
    name: "resend: leaves what is pending or held, what is too old, and what is another account's, and says which",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await scene.register(webhookRecord("b", { accountId: "account-2" }));
      const old = await ended(scene, "old", { kind: "failed" });
      context.advance(10_000);
      const held = (await scene.publish("held", ["a"]))[0] ?? "";
      await scene.take("worker");
      const failed = await ended(scene, "failed", { kind: "failed" });
      const pending = (await scene.publish("pending", ["a"]))[0] ?? "";
      const deliveries = [old, held, pending, "nowhere", failed].map((id) => ({ id, resends: 0 }));
      const answer = await resend(context, deliveries, context.now() - 9_999);
      assert.deepEqual(answer, ["too_old", "pending", "pending", "missing", "resent"]);
      const thief = { accountId: "account-2", deliveries: [{ id: old, resends: 0 }], createdSince: 0 };
      assert.deepEqual(await context.store.queue.resend(thief), ["missing"]);
      assert.equal((await scene.row(old))?.status, "failed");
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries).sort(), [failed, pending].sort());
    },
  },
  {
    name: "resend: an event created at the very instant is not too old",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const createdAt = context.now();
      const id = await ended(scene, "evt", { kind: "failed" });
      context.advance(1);
      assert.deepEqual(await resend(context, [{ id, resends: 0 }], createdAt), ["resent"]);
    },
  },
  {
    name: "resend: of an inactive webhook it waits; of a removed one it can be claimed and ended",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const a = await ended(scene, "evt-1", { kind: "failed" });
      const b = await ended(scene, "evt-2", { kind: "failed" }, "b");
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "b" });
      const answer = await resend(
        context,
        [a, b].map((id) => ({ id, resends: 0 })),
      );
      assert.deepEqual(answer, ["resent", "resent"]);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), [b]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3 }));
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), [a]);
    },
  },
  {
    name: "resend: deaths of those who held it before are forgotten",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      const [id = ""] = await scene.publish("evt", ["a"]);
      await dieHolding(context, scene, ["one", "two"]);
      await scene.join("three");
      const { lease } = await scene.take("three");
      await context.store.queue.settle([settlement(id, lease, { kind: "failed" })]);
      await resend(context, [{ id, resends: 0 }]);
      await dieHolding(context, scene, ["four", "five"]);
      await scene.join("six");
      assert.deepEqual(idsOf((await scene.claim("six")).deliveries), [id]);
    },
  },
  {
    name: "resend: it is due again behind what was due before it",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const id = await ended(scene, "evt-1", { kind: "failed" });
      const [waiting = ""] = await scene.publish("evt-2", ["a"]);
      context.advance(1);
      await resend(context, [{ id, resends: 0 }]);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), [waiting, id]);
    },
  },
  {
    name: "depth: counts what waits and what is held, and for how long the first has been due",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const { queue } = context.store;
      assert.deepEqual(await queue.depth(), { waiting: 0, held: 0, dueForMs: 0 });
      await scene.publish("evt-1", ["a"]);
      const { lease, taken } = await scene.take("worker");
      assert.deepEqual(await queue.depth(), { waiting: 0, held: 1, dueForMs: 0 });
      await queue.settle(taken.map(({ id }) => settlement(id, lease, { kind: "retry", delayMs: 60_000 })));
      assert.deepEqual(await queue.depth(), { waiting: 1, held: 0, dueForMs: 0 });
      await scene.publish("evt-2", ["a", "b"]);
      context.advance(1_500);
      assert.deepEqual(await queue.depth(), { waiting: 3, held: 0, dueForMs: 1_500 });
      await scene.claim("worker", { limit: 1 });
      assert.deepEqual(await queue.depth(), { waiting: 2, held: 1, dueForMs: 1_500 });
      await scene.claim("worker");
      context.advance(58_500);
      assert.deepEqual(await queue.depth(), { waiting: 1, held: 2, dueForMs: 0 });
      context.advance(7);
      assert.equal((await queue.depth()).dueForMs, 7);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      assert.deepEqual(await queue.depth(), { waiting: 1, held: 2, dueForMs: 0 });
    },
  },
];

function resend(
  { store }: StoreCaseContext,
  deliveries: readonly { readonly id: string; readonly resends: number }[],
  createdSince = 0,
): Promise<readonly ResendResult[]> {
  return store.queue.resend({ accountId: ACCOUNT, deliveries, createdSince });
}

/** Publishes an event and ends its delivery after one attempt. */
async function ended(scene: Scene, eventId: string, next: NextState, webhookId = "a"): Promise<string> {
  const [id = ""] = await scene.publish(eventId, [webhookId]);
  const { lease, taken } = await scene.take("worker", { limit: 1 });
  if (taken[0]?.id !== id) throw new Error("A due delivery was not claimed.");
  await scene.store.queue.settle([settlement(id, lease, next)]);
  return id;
}

/** Lets owners join, claim what is due and die, one after the other. */
async function dieHolding(context: StoreCaseContext, scene: Scene, owners: readonly string[]): Promise<void> {
  const life = { owner: "judge", leaseMs: 3_600_000 };
  await context.store.queue.join(life);
  for (const owner of owners) {
    await scene.join(owner);
    const lease: Lease = scene.lease(owner);
    await scene.claim(owner, { lease });
    context.advance(15_000);
    await context.store.queue.renew({ ...life, judgeOthers: true });
  }
}
