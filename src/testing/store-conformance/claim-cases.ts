import { strict as assert } from "node:assert";
import type { ClaimedDelivery } from "../../ports/delivery-queue.js";
import type { SenderStore } from "../../ports/sender-store.js";
import { anotherStore, idsOf, Scene, settlement } from "./scene.js";
import type { StoreCase } from "./store-case.js";

/** What `claim` promises. */
export const claimCases: readonly StoreCase[] = [
  {
    name: "claim: two who claim at the same moment never share a delivery, and together get all",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "one", "two");
      const other = await anotherStore(context);
      for (let index = 0; index < 20; index += 1) await scene.publish(`evt-${index}`, ["a", "b"]);
      // A claim may answer that more is due where others were at its lanes; then it is to be made again.
      const claimAll = async (store: SenderStore, owner: string): Promise<readonly string[]> => {
        const ids: string[] = [];
        for (let round = 0; round < 100; round += 1) {
          const request = { lease: scene.lease(owner), limit: 5, perWebhook: 5, capacity: new Map<string, number>() };
          const { deliveries, nextDueInMs } = await store.queue.claim(request);
          ids.push(...idsOf(deliveries));
          if (nextDueInMs !== 0) break;
        }
        return ids;
      };
      const claimers = Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0 ? claimAll(context.store, "one") : claimAll(other, "two"),
      );
      const ids = (await Promise.all(claimers)).flat();
      assert.equal(ids.length, 40);
      assert.equal(new Set(ids).size, 40);
    },
  },
  {
    name: "claim: takes what is due longest first, and no more than the limit",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const published: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        published.push(...(await scene.publish(`evt-${index}`, ["a"])));
        context.advance(1);
      }
      assert.deepEqual(idsOf((await scene.claim("worker", { limit: 3 })).deliveries), published.slice(0, 3));
      assert.deepEqual(idsOf((await scene.claim("worker", { limit: 3 })).deliveries), published.slice(3));
    },
  },
  {
    name: "claim: takes no more of one webhook than it may, and none where it may take none",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b", "c"], "worker");
      for (let index = 0; index < 10; index += 1) await scene.publish(`evt-${index}`, ["a", "b", "c"]);
      const capacity = new Map([
        ["a", 0],
        ["b", 2],
      ]);
      const { deliveries, nextDueInMs } = await scene.claim("worker", { perWebhook: 4, capacity });
      assert.deepEqual(countByWebhook(deliveries), { b: 2, c: 4 });
      assert.equal(nextDueInMs, 0);
    },
  },
  {
    name: "claim: takes some of every due webhook before more of one",
    async run(context) {
      const scene = await Scene.begin(context, ["busy", "quiet", "calm"], "worker");
      for (let index = 0; index < 30; index += 1) await scene.publish(`busy-${index}`, ["busy"]);
      context.advance(1);
      await scene.publish("quiet", ["quiet"]);
      await scene.publish("calm", ["calm"]);
      const { deliveries } = await scene.claim("worker", { limit: 10 });
      assert.deepEqual(countByWebhook(deliveries), { busy: 8, quiet: 1, calm: 1 });
    },
  },
  {
    name: "claim: one webhook after the other has its turn, however much is due of each",
    async run(context) {
      const webhooks = ["a", "b", "c", "d", "e"];
      const scene = await Scene.begin(context, webhooks, "worker");
      for (let index = 0; index < 10; index += 1) await scene.publish(`evt-${index}`, webhooks);
      for (let round = 0; round < 3; round += 1) {
        const turn: ClaimedDelivery[] = [];
        for (const _ of webhooks) turn.push(...(await scene.claim("worker", { limit: 1 })).deliveries);
        assert.deepEqual(turn.map(({ webhookId }) => webhookId).sort(), webhooks, `round ${round}`);
        context.advance(round);
      }
    },
  },
  {
    name: "claim: a webhook that became due while another is being worked off has its turn next",
    async run(context) {
      const scene = await Scene.begin(context, ["busy", "quiet"], "worker");
      for (let index = 0; index < 20; index += 1) await scene.publish(`busy-${index}`, ["busy"]);
      await scene.claim("worker", { limit: 5 });
      context.advance(1);
      await scene.publish("quiet", ["quiet"]);
      await scene.claim("worker", { limit: 1 });
      const { deliveries } = await scene.claim("worker", { limit: 1 });
      assert.deepEqual(countByWebhook(deliveries), { quiet: 1 });
    },
  },
  {
    name: "claim: finds what became due after much else that it may not take",
    async run(context) {
      const scene = await Scene.begin(context, ["full", "other"], "worker");
      const events = Array.from({ length: 1_500 }, (_, index) => scene.event(`evt-${index}`, ["full"]));
      // One call each: a store that writes something down for every call has much to look through.
      await Promise.all(events.map((event) => scene.enqueueOne(event)));
      const published = await scene.publish("evt-last", ["other"]);
      const { deliveries, nextDueInMs } = await scene.claim("worker", { capacity: new Map([["full", 0]]) });
      assert.deepEqual(idsOf(deliveries), published);
      assert.equal(nextDueInMs, null);
    },
  },
  {
    name: "claim: says when the next delivery is due, and is never late",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      assert.equal((await scene.claim("worker")).nextDueInMs, null);
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(id, lease, { kind: "retry", delayMs: 5_000 })]);
      assert.equal((await scene.claim("worker")).nextDueInMs, 5_000);
      context.advance(4_999);
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: 1 });
      context.advance(1);
      const { deliveries, nextDueInMs } = await scene.claim("worker");
      assert.deepEqual(idsOf(deliveries), [id]);
      assert.equal(nextDueInMs, null);
    },
  },
  {
    name: "claim: new work is not held up by a retry of the same webhook that waits",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const [retried = ""] = await scene.publish("evt-1", ["a"]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(retried, lease, { kind: "retry", delayMs: 5_000 })]);
      const fresh = await scene.publish("evt-2", ["a"]);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), fresh);
      await context.store.queue.release("worker");
      const again = await scene.claim("other");
      assert.deepEqual(idsOf(again.deliveries), fresh);
      assert.equal(again.nextDueInMs, 5_000);
    },
  },
  {
    name: "claim: what is due next of a webhook that may not be taken from is not told",
    async run(context) {
      const scene = await Scene.begin(context, ["full", "open"], "worker");
      await scene.publish("evt-1", ["full"]);
      const capacity = new Map([["full", 0]]);
      assert.deepEqual(await scene.claim("worker", { capacity }), { deliveries: [], nextDueInMs: null });
      context.advance(1);
      const [id = ""] = await scene.publish("evt-2", ["open"]);
      const { lease } = await scene.take("worker", { capacity, limit: 1 });
      await context.store.queue.settle([settlement(id, lease, { kind: "retry", delayMs: 700 })]);
      assert.deepEqual(await scene.claim("worker", { capacity }), { deliveries: [], nextDueInMs: 700 });
      assert.equal((await scene.claim("worker", { limit: 1 })).deliveries.length, 1);
    },
  },
  {
    name: "claim: says 0 while more is due than the limit let it take",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      await scene.publish("evt-1", ["a", "b"]);
      assert.equal((await scene.claim("worker", { limit: 1 })).nextDueInMs, 0);
      assert.equal((await scene.claim("worker", { limit: 1 })).nextDueInMs, null);
    },
  },
  {
    name: "claim: gives nothing to an owner that has not joined or whose life is over",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await scene.publish("evt", ["a"]);
      assert.deepEqual(await scene.claim("stranger"), { deliveries: [], nextDueInMs: null });
      await context.store.queue.release("worker");
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
    },
  },
];

function countByWebhook(deliveries: readonly ClaimedDelivery[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { webhookId } of deliveries) counts[webhookId] = (counts[webhookId] ?? 0) + 1;
  return counts;
}
