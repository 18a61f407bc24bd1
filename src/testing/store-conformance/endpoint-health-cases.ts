import { strict as assert } from "node:assert";
import type { AttemptRecord, NextState } from "../../ports/delivery-queue.js";
import { ACCOUNT, anotherStore, attempt, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase } from "./store-case.js";

const HOUR = 3_600_000;
const RETRY: NextState = { kind: "retry", delayMs: 0 };
const SUCCESS: NextState = { kind: "success" };
const FAILED: NextState = { kind: "failed" };

/** What endpoint health promises. */
export const endpointHealthCases: readonly StoreCase[] = [
  {
    name: "health: a webhook that has not failed has no record",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await settleBatch(scene, "a", [SUCCESS, SUCCESS]);
      assert.deepEqual(await context.store.health.read(["a", "nowhere"]), []);
    },
  },
  {
    name: "health: counts failures in a row, from the first of them, seen through another handle",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const other = await anotherStore(context);
      await settleBatch(scene, "a", [RETRY]);
      context.advance(HOUR);
      await settleBatch(scene, "a", [FAILED, RETRY, { kind: "expired" }, { kind: "cancelled" }]);
      context.advance(HOUR);
      assert.deepEqual(await other.health.read(["a"]), [{ webhookId: "a", failures: 5, failingForMs: 2 * HOUR }]);
    },
  },
  {
    name: "health: a success ends the row, and the next failure begins another",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await settleBatch(scene, "a", [FAILED, FAILED]);
      await settleBatch(scene, "a", [SUCCESS]);
      assert.deepEqual(await context.store.health.read(["a"]), []);
      context.advance(HOUR);
      await settleBatch(scene, "a", [FAILED]);
      assert.deepEqual(await context.store.health.read(["a"]), [{ webhookId: "a", failures: 1, failingForMs: 0 }]);
    },
  },
  {
    name: "health: within one batch the attempts count in their order",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b", "c"], "worker");
      for (const webhookId of ["a", "b", "c"]) await settleBatch(scene, webhookId, [FAILED]);
      context.advance(HOUR);
      await settleBatch(scene, "a", [FAILED, SUCCESS]);
      await settleBatch(scene, "b", [FAILED, SUCCESS, FAILED, FAILED]);
      await settleBatch(scene, "c", [FAILED, FAILED]);
      const records = await context.store.health.read(["a", "b", "c"]);
      assert.deepEqual(records, [
        { webhookId: "b", failures: 2, failingForMs: 0 },
        { webhookId: "c", failures: 3, failingForMs: HOUR },
      ]);
    },
  },
  {
    name: "health: webhooks that are settled together are counted apart",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      await scene.publish("evt-1", ["a", "b"]);
      await scene.publish("evt-2", ["a", "b"]);
      const { lease, taken } = await scene.take("worker");
      const settlements = taken.map(({ id, webhookId }) =>
        settlement(id, lease, webhookId === "a" ? SUCCESS : FAILED, attempt(1)),
      );
      await context.store.queue.settle(settlements);
      const records = await context.store.health.read(["a", "b"]);
      assert.deepEqual(records, [{ webhookId: "b", failures: 2, failingForMs: 0 }]);
    },
  },
  {
    name: "health: what made no request, came too late or was told before does not count",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      await settleBatch(scene, "a", [{ kind: "release", delayMs: 0 }, { kind: "cancelled" }], null);
      const { lease: late } = await scene.take("worker");
      await context.store.queue.release("worker");
      const { lease, taken } = await scene.take("other");
      const [id = ""] = taken.map((delivery) => delivery.id);
      await context.store.queue.settle([settlement(id, late, FAILED, attempt(1, { responseCode: 500 }))]);
      assert.deepEqual(await context.store.health.read(["a"]), []);
      const failure = settlement(id, lease, RETRY, attempt(1, { responseCode: 500 }));
      await context.store.queue.settle([failure, failure]);
      await context.store.queue.settle([failure]);
      assert.equal((await context.store.health.read(["a"]))[0]?.failures, 1);
    },
  },
  {
    name: "health: a late success does not end the row",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      await settleBatch(scene, "a", [FAILED]);
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease: late } = await scene.take("worker");
      await context.store.queue.release("worker");
      await context.store.queue.settle([settlement(id, late, SUCCESS)]);
      assert.equal((await context.store.health.read(["a"]))[0]?.failures, 1);
    },
  },
  {
    name: "health: begins anew when the webhook becomes active again, and only then",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const failures = async (): Promise<number> => (await context.store.health.read(["a"]))[0]?.failures ?? 0;
      await settleBatch(scene, "a", [FAILED, FAILED]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, url: "https://example.com/new" }));
      assert.equal(await failures(), 2);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3, active: false }));
      assert.equal(await failures(), 2);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3 }));
      assert.equal(await failures(), 2);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 4 }));
      assert.equal(await failures(), 0);
    },
  },
  {
    name: "health: a removed webhook leaves no record, nor does an attempt that ends after it",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await settleBatch(scene, "a", [FAILED]);
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease } = await scene.take("worker");
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      assert.deepEqual(await context.store.health.read(["a"]), []);
      await context.store.queue.settle([settlement(id, lease, FAILED)]);
      assert.deepEqual(await context.store.health.read(["a"]), []);
    },
  },
  {
    name: "health: is told apart whatever webhooks are called",
    async run(context) {
      const ids = ["\ud800", "\ud801", "__proto__", "constructor"];
      const scene = await Scene.begin(context, ids, "worker");
      for (const [index, id] of ids.entries()) await settleBatch(scene, id, Array<NextState>(index).fill(FAILED));
      const records = await context.store.health.read(ids);
      assert.deepEqual(
        records.map(({ webhookId, failures }) => [webhookId, failures]),
        ids.map((id, index) => [id, index]).slice(1),
      );
    },
  },
];

/** Publishes as many events for a webhook as there are ends, claims them and settles them in one batch. */
async function settleBatch(
  scene: Scene,
  webhookId: string,
  ends: readonly NextState[],
  record: AttemptRecord | null = attempt(1),
): Promise<void> {
  const lease = scene.lease("worker");
  const events = ends.map((_, index) => scene.event(`evt-${lease.token}-${index}`, [webhookId], { leased: true }));
  await scene.store.queue.enqueue(events, { lease });
  const settlements = ends.flatMap((next, index) =>
    (events[index]?.deliveries ?? []).map(({ id }) => settlement(id, lease, next, record)),
  );
  assert.deepEqual(
    await scene.store.queue.settle(settlements),
    ends.map(() => "decided"),
  );
}
