import { strict as assert } from "node:assert";
import { ACCOUNT, idsOf, Scene, webhookRecord } from "./scene.js";
import type { StoreCase } from "./store-case.js";

/** What `cancel` promises. */
export const cancelCases: readonly StoreCase[] = [
  {
    name: "cancel: ends pending deliveries of one webhook, held ones excepted, as many as asked for",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const held = await scene.publish("evt-0", ["a"]);
      await scene.claim("worker");
      for (let index = 1; index <= 3; index += 1) await scene.publish(`evt-${index}`, ["a", "b"]);
      const request = { accountId: ACCOUNT, webhookId: "a", limit: 2 };
      const first = await context.store.queue.cancel(request);
      assert.deepEqual(
        first.map(({ eventId, eventType, attempts }) => [eventId, eventType, attempts]),
        [
          ["evt-1", "order.created", 0],
          ["evt-2", "order.created", 0],
        ],
      );
      assert.equal((await context.store.queue.cancel(request)).length, 1);
      assert.deepEqual(await context.store.queue.cancel(request), []);
      assert.equal((await scene.row(held[0] ?? ""))?.status, "pending");
      assert.equal((await scene.row(first[0]?.id ?? ""))?.status, "cancelled");
      assert.deepEqual(
        new Set((await scene.claim("worker")).deliveries.map(({ webhookId }) => webhookId)),
        new Set("b"),
      );
    },
  },
  {
    name: "cancel: reaches deliveries of inactive and removed webhooks, and no other account's",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      await scene.publish("evt-1", ["a"]);
      await scene.publish("evt-2", ["a"]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      assert.deepEqual(await context.store.queue.cancel({ accountId: "thief", webhookId: "a", limit: 9 }), []);
      assert.equal((await context.store.queue.cancel({ accountId: ACCOUNT, webhookId: "a", limit: 1 })).length, 1);
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      assert.equal((await context.store.queue.cancel({ accountId: ACCOUNT, webhookId: "a", limit: 9 })).length, 1);
    },
  },
  {
    name: "cancel: ends one delivery alone where it is asked for, and only if it is pending, free and of the webhook",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const { queue } = context.store;
      const [held = ""] = await scene.publish("evt-0", ["a"]);
      await scene.claim("worker");
      const [first = "", other = ""] = await scene.publish("evt-1", ["a", "b"]);
      const [second = ""] = await scene.publish("evt-2", ["a"]);
      const cancelOne = async (deliveryId: string, accountId = ACCOUNT): Promise<string[]> =>
        idsOf(await queue.cancel({ accountId, webhookId: "a", deliveryId, limit: 1 }));
      for (const id of [held, other, "nowhere"]) assert.deepEqual(await cancelOne(id), []);
      assert.deepEqual(await cancelOne(first, "thief"), []);
      assert.deepEqual(await cancelOne(first), [first]);
      assert.deepEqual(await cancelOne(first), []);
      assert.equal((await scene.row(first))?.status, "cancelled");
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries).sort(), [other, second].sort());
    },
  },
];
