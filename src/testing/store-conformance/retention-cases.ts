import { strict as assert } from "node:assert";
import type { SettleResult } from "../../ports/delivery-queue.js";
import { EVENT_MAX_AGE_MS } from "../../protocol/limits.js";
import { ACCOUNT, anotherStore, attempt, idsOf, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

const DAY = 86_400_000;
const AGE = 30 * DAY;

/** What retention promises. */
export const retentionCases: readonly StoreCase[] = [
  {
    name: "retention: removes an event with its deliveries and attempts, not before its age",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const ids = await scene.publish("evt", ["a", "b"]);
      await settleAll(scene);
      context.advance(AGE);
      assert.equal(await purge(context), 0);
      assert.equal((await listed(context)).length, 2);
      context.advance(1);
      assert.equal(await purge(context), 1);
      assert.deepEqual(await listed(context), []);
      for (const query of [{ webhookId: "a" }, { eventId: "evt" }]) assert.deepEqual(await listed(context, query), []);
      for (const id of ids) assert.deepEqual(await context.store.log.attempts(id), []);
      assert.deepEqual(await scene.enqueueOne(scene.event("evt", ["a"])), { kind: "stored" });
    },
  },
  {
    name: "retention: oldest first, as many as asked for; fewer means that none is left",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      for (let index = 1; index <= 5; index += 1) {
        await scene.publish(`evt-${index}`, ["a"]);
        context.advance(1);
      }
      await settleAll(scene);
      context.advance(AGE);
      await scene.publish("young", ["a"]);
      assert.equal(await purge(context, 2), 2);
      assert.deepEqual(await listed(context), ["young", "evt-5", "evt-4", "evt-3"]);
      assert.equal(await purge(context, 2), 2);
      assert.deepEqual(await listed(context), ["young", "evt-5"]);
      assert.equal(await purge(context, 2), 1);
      assert.equal(await purge(context, 2), 0);
      assert.deepEqual(await listed(context), ["young"]);
    },
  },
  {
    name: "retention: an event that nobody subscribed to goes too, and every account's",
    async run(context) {
      const scene = await Scene.begin(context, []);
      await scene.publish("evt", []);
      await scene.publish("evt", [], { accountId: "account-2" });
      context.advance(AGE + 1);
      assert.equal(await purge(context), 2);
      assert.deepEqual(await scene.enqueueOne(scene.event("evt", [])), { kind: "stored" });
    },
  },
  {
    name: "retention: an event stays whole while one delivery is due, waits for a retry or is held",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const { queue } = context.store;
      const [done = "", open = ""] = await scene.publish("evt", ["a", "b"]);
      await settleAll(scene, { b: 0 });
      context.advance(AGE + 1);
      assert.equal(await purge(context), 0, "due");
      const { lease } = await scene.take("worker");
      assert.equal(await purge(context), 0, "held");
      await queue.settle([settlement(open, lease, { kind: "retry", delayMs: DAY })]);
      assert.equal(await purge(context), 0, "waits for a retry");
      assert.deepEqual(await context.store.log.attempts(done), [attempt(1)]);
      assert.equal((await listed(context, { eventId: "evt" })).length, 2);
      context.advance(DAY);
      await settleAll(scene);
      assert.equal(await purge(context), 1);
    },
  },
  {
    name: "retention: what must stay does not keep from going what is behind it, and goes when it may",
    async run(context) {
      const scene = await Scene.begin(context, ["kept", "done"], "worker");
      for (let index = 0; index < 120; index += 1) await scene.publish(`kept-${index}`, ["kept"]);
      context.advance(1);
      for (let index = 0; index < 120; index += 1) await scene.publish(`done-${index}`, ["done"]);
      await settleAll(scene, { kept: 0 });
      context.advance(AGE + 1);
      for (let call = 0; call < 12; call += 1) assert.equal(await purge(context, 10), 10, `call ${call}`);
      assert.equal(await purge(context, 10), 0);
      assert.equal((await listed(context)).length, 120);
      await settleAll(scene);
      for (let call = 0; call < 12; call += 1) assert.equal(await purge(context, 10), 10, `later call ${call}`);
      assert.deepEqual(await listed(context), []);
    },
  },
  {
    name: "retention: what may go at last goes with the next call, wherever the one before left off",
    async run(context) {
      const scene = await Scene.begin(context, ["kept", "done"], "worker");
      for (let index = 0; index < 3; index += 1) await scene.publish(`kept-${index}`, ["kept"]);
      context.advance(1);
      for (let index = 0; index < 5; index += 1) await scene.publish(`done-${index}`, ["done"]);
      await settleAll(scene, { kept: 0 });
      context.advance(AGE + 1);
      assert.equal(await purge(context, 2), 2);
      await settleAll(scene);
      assert.equal(await purge(context, 10), 6);
    },
  },
  {
    name: "retention: one call removes as many as asked for, though all were stored at the same instant",
    async run(context) {
      const scene = await Scene.begin(context, []);
      for (let index = 0; index < 260; index += 1) await scene.publish(`evt-${index}`, []);
      context.advance(AGE + 1);
      assert.equal(await purge(context, 300), 260);
    },
  },
  {
    name: "retention: events of a removed webhook go with what was still pending, and nothing of it is due any more",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      await scene.publish("gone", ["a"]);
      await scene.publish("both", ["a", "b"]);
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      context.advance(AGE + 1);
      assert.equal(await purge(context), 1);
      const { deliveries } = await scene.claim("worker");
      assert.deepEqual(deliveries.map(({ eventId, webhookId }) => [eventId, webhookId]).sort(), [
        ["both", "a"],
        ["both", "b"],
      ]);
      assert.equal((await scene.claim("worker")).nextDueInMs, null);
    },
  },
  {
    name: "retention: an inactive webhook keeps its events until their 7 days have ended",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const ids = await scene.publish("evt", ["a"]);
      await scene.publish("other", ["b"]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      context.advance(EVENT_MAX_AGE_MS);
      assert.equal(await purge(context, 10, DAY), 0);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries).length, 1);
      context.advance(1);
      assert.equal(await purge(context, 10, DAY), 1);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3 }));
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
      assert.equal(await scene.row(ids[0] ?? ""), undefined);
    },
  },
  {
    name: "retention: a delivery that is held stays though its webhook was removed or is inactive",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const ids = await scene.publish("evt-1", ["a"]);
      ids.push(...(await scene.publish("evt-2", ["b"])));
      const { lease } = await scene.take("worker");
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      await context.store.webhooks.replace(webhookRecord("b", { revision: 2, active: false }));
      context.advance(AGE + 1);
      assert.equal(await purge(context), 0);
      const ends = await context.store.queue.settle(ids.map((id) => settlement(id, lease, { kind: "success" })));
      assert.deepEqual(ends, ["decided", "decided"]);
      assert.equal(await purge(context), 2);
    },
  },
  {
    name: "retention: what is told of a removed delivery is stale and leaves nothing behind",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease: late } = await scene.take("worker");
      await context.store.queue.release("worker");
      await scene.join("worker-2");
      await settleAll(scene, {}, "worker-2");
      context.advance(AGE + 1);
      assert.equal(await purge(context), 1);
      const answer: readonly SettleResult[] = await context.store.queue.settle([
        settlement(id, late, { kind: "failed" }, attempt(1)),
      ]);
      assert.deepEqual(answer, ["stale"]);
      assert.deepEqual(await context.store.log.attempts(id), []);
      assert.deepEqual(await context.store.health.read(["a"]), []);
    },
  },
  {
    name: "retention: two who purge at the same moment remove each event once",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const other = await anotherStore(context);
      for (let index = 0; index < 100; index += 1) await scene.publish(`evt-${index}`, ["a"]);
      await settleAll(scene);
      context.advance(AGE + 1);
      const request = { ageMs: AGE, limit: 70 };
      const [one, two] = await Promise.all([context.store.retention.purge(request), other.retention.purge(request)]);
      assert.ok(one <= 70 && two <= 70, `${one} and ${two}`);
      assert.equal(one + two + (await context.store.retention.purge(request)), 100);
      assert.deepEqual(await listed(context), []);
    },
  },
  {
    name: "erase: removes all of one account, whatever its state, and nothing of another's",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await scene.register(webhookRecord("b", { accountId: "account-2" }));
      const { queue, log, notes, retention, webhooks } = context.store;
      const note = { kind: "kind", key: "key", text: "text", revision: 0, keepMs: DAY, max: 9 };
      for (const accountId of [ACCOUNT, "account-2"]) await notes.write({ ...note, accountId });
      const [held = ""] = await scene.publish("held", ["a"]);
      const { lease } = await scene.take("worker");
      const [done = ""] = await scene.publish("done", ["a"]);
      const taken = await scene.take("worker");
      await queue.settle([settlement(done, taken.lease, { kind: "failed" })]);
      await scene.publish("due", ["a"]);
      await scene.publish("unmatched", []);
      await scene.publish("due", ["b"], { accountId: "account-2" });
      assert.equal(await retention.erase({ accountId: ACCOUNT, limit: 3 }), 3);
      assert.equal(await retention.erase({ accountId: ACCOUNT, limit: 3 }), 1);
      assert.equal(await retention.erase({ accountId: ACCOUNT, limit: 3 }), 0);
      assert.deepEqual(await listed(context), []);
      for (const id of [held, done]) assert.deepEqual(await log.attempts(id), []);
      assert.deepEqual(await queue.settle([settlement(held, lease, { kind: "success" })]), ["stale"]);
      assert.equal(await log.event({ accountId: ACCOUNT, eventId: "unmatched" }), null);
      assert.equal(await notes.read({ ...note, accountId: ACCOUNT }), null);
      assert.notEqual(await notes.read({ ...note, accountId: "account-2" }), null);
      assert.deepEqual((await scene.claim("worker")).deliveries.length, 1);
      await queue.release("worker");
      const [snapshot] = await webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.deepEqual(idsOf(snapshot?.webhooks ?? []), ["a"]);
      assert.deepEqual(await scene.enqueueOne(scene.event("due", ["a"])), { kind: "stored" });
    },
  },
  {
    name: "erase: an account without events loses its notes too",
    async run({ store }) {
      const key = { accountId: ACCOUNT, kind: "kind", key: "key" };
      await store.notes.write({ ...key, text: "text", revision: 0, keepMs: DAY, max: 9 });
      assert.equal(await store.retention.erase({ accountId: ACCOUNT, limit: 10 }), 0);
      assert.equal(await store.notes.read(key), null);
    },
  },
];

function purge({ store }: StoreCaseContext, limit = 1_000, ageMs = AGE): Promise<number> {
  return store.retention.purge({ ageMs, limit });
}

/** Ids of the events of the deliveries that are there, newest first. */
async function listed({ store }: StoreCaseContext, query: { webhookId?: string; eventId?: string } = {}) {
  const { deliveries } = await store.log.list({ accountId: ACCOUNT, limit: 1_000, ...query });
  return deliveries.map(({ eventId }) => eventId);
}

/** Sends everything that is due with success, but for no more of a webhook than its capacity. */
async function settleAll(scene: Scene, capacity: Record<string, number> = {}, owner = "worker"): Promise<void> {
  const request = { limit: 1_000, perWebhook: 1_000, capacity: new Map(Object.entries(capacity)) };
  const { lease, taken } = await scene.take(owner, request);
  await scene.store.queue.settle(taken.map(({ id }) => settlement(id, lease, { kind: "success" })));
}
