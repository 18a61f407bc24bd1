import { strict as assert } from "node:assert";
import type { DeliveryQuery, TestDelivery } from "../../ports/delivery-log.js";
import { WebhookError } from "../../errors.js";
import { ACCOUNT, attempt, idsOf, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase } from "./store-case.js";

/** What the delivery log promises. */
export const deliveryLogCases: readonly StoreCase[] = [
  {
    name: "log: a delivery is there from the moment it is stored, before any attempt",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      const [id = ""] = await scene.publish("evt", ["a"]);
      const expected = {
        id,
        accountId: ACCOUNT,
        webhookId: "a",
        eventId: "evt",
        eventType: "order.created",
        status: "pending",
        attempts: 0,
        storedAt: context.now(),
        lastAttempt: null,
        nextAttemptAt: context.now(),
        resends: 0,
        test: false,
      };
      const query = { accountId: ACCOUNT, limit: 10 };
      assert.deepEqual(await context.store.log.list(query), { deliveries: [expected], more: false });
      assert.deepEqual(await context.store.log.attempts(id), []);
    },
  },
  {
    name: "log: newest first, page by page, while rows are added",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"]);
      const published: string[] = [];
      for (let index = 0; index < 7; index += 1) {
        published.unshift(...(await scene.publish(`evt-${index}`, ["a", "b"])).reverse());
        if (index % 2 === 0) context.advance(1);
      }
      const read: string[] = [];
      for (let more = true; more;) {
        const after = read.at(-1);
        const page = await context.store.log.list({ accountId: ACCOUNT, limit: 4, after });
        read.push(...idsOf(page.deliveries));
        more = page.more;
        await scene.publish(`later-${read.length}`, ["a"]);
      }
      assert.deepEqual(read, published);
    },
  },
  {
    name: "log: each filter alone, and all together",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const start = context.now();
      const [a1 = ""] = await scene.publish("evt-1", ["a"]);
      context.advance(10);
      const [a2 = "", b2 = ""] = await scene.publish("evt-2", ["a", "b"], { type: "order.updated" });
      context.advance(10);
      const [b3 = ""] = await scene.publish("evt-3", ["b"]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(b2, lease, { kind: "failed" })]);
      const listed = async (query: Partial<DeliveryQuery>): Promise<string[]> =>
        idsOf((await context.store.log.list({ accountId: ACCOUNT, limit: 10, ...query })).deliveries);
      assert.deepEqual(await listed({}), [b3, b2, a2, a1]);
      assert.deepEqual(await listed({ webhookId: "a" }), [a2, a1]);
      assert.deepEqual(await listed({ eventId: "evt-2" }), [b2, a2]);
      assert.deepEqual(await listed({ eventId: "evt-2", webhookId: "a" }), [a2]);
      assert.deepEqual(await listed({ status: "failed" }), [b2]);
      assert.deepEqual(await listed({ webhookId: "b", status: "pending" }), [b3]);
      assert.deepEqual(await listed({ eventType: "order.created" }), [b3, a1]);
      assert.deepEqual(await listed({ since: start + 10 }), [b3, b2, a2]);
      assert.deepEqual(await listed({ until: start + 10 }), [a1]);
      assert.deepEqual(await listed({ since: start + 10, until: start + 20, after: b2 }), [a2]);
      assert.deepEqual(await listed({ until: start + 10, after: b3 }), [a1]);
      assert.deepEqual(await listed({ webhookId: "b", eventType: "order.updated", status: "failed", since: 0 }), [b2]);
      assert.deepEqual(await listed({ webhookId: "nowhere" }), []);
    },
  },
  {
    name: "log: another account's deliveries are not to be seen, and its ids are no cursor",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      await scene.register(webhookRecord("b", { accountId: "account-2" }));
      const [id = ""] = await scene.publish("evt", ["a"]);
      const { log } = context.store;
      const thief = { accountId: "account-2", limit: 10 };
      for (const query of [thief, { ...thief, webhookId: "a" }, { ...thief, eventId: "evt" }]) {
        assert.deepEqual(await log.list(query), { deliveries: [], more: false });
      }
      for (const after of [id, "nowhere"]) {
        await assert.rejects(log.list({ ...thief, after }), (error) => hasCode(error, "cursor_invalid"));
      }
    },
  },
  {
    name: "log: an event is there as it was published, for its account alone",
    async run(context) {
      const scene = await Scene.begin(context, []);
      const { log } = context.store;
      const given = {
        type: "order.updated",
        createdAt: 12.5,
        body: '{"b":1,"a":"\u0000\ud800"}',
        attributes: '{"x":1}',
      };
      await scene.publish("evt", [], given);
      const key = { accountId: ACCOUNT, eventId: "evt" };
      assert.deepEqual(await log.event(key), { id: "evt", ...given, storedAt: context.now() });
      assert.equal(await log.event({ ...key, accountId: "account-2" }), null);
      assert.equal(await log.event({ ...key, eventId: "constructor" }), null);
    },
  },
  {
    name: "log: counts what became of one webhook's deliveries since an instant, the newest first",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const { log, queue } = context.store;
      const count = (query: { since?: number; limit?: number; accountId?: string } = {}) =>
        log.count({ accountId: ACCOUNT, webhookId: "a", since: 0, limit: 100, ...query });
      const none = { pending: 0, success: 0, failed: 0, expired: 0, cancelled: 0 };
      assert.deepEqual(await count(), { deliveries: none, attempts: 0, complete: true });
      for (const kind of ["success", "success", "failed", "expired", "cancelled"] as const) {
        const [id = ""] = await scene.publish(`${kind} ${context.now()}`, ["a", "b"]);
        const { lease } = await scene.take("worker", { capacity: new Map([["b", 0]]) });
        await queue.settle([settlement(id, lease, { kind }, kind === "cancelled" ? null : attempt(1))]);
        context.advance(10);
      }
      await scene.publish("waiting", ["a"]);
      await log.recordTest(test(context.now()));
      const all = { pending: 1, success: 2, failed: 1, expired: 1, cancelled: 1 };
      assert.deepEqual(await count(), { deliveries: all, attempts: 4, complete: true });
      const last = { ...none, pending: 1, cancelled: 1 };
      const since = context.now() - 10;
      assert.deepEqual(await count({ since }), { deliveries: last, attempts: 0, complete: true });
      assert.deepEqual(await count({ limit: 2 }), { deliveries: last, attempts: 0, complete: false });
      assert.deepEqual((await count({ limit: 6 })).complete, true);
      assert.deepEqual(await count({ accountId: "account-2" }), { deliveries: none, attempts: 0, complete: true });
    },
  },
  {
    name: "log: a test is listed with its attempt, once, and is never due nor sent again",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const { log, queue, health } = context.store;
      await scene.publish("evt", ["a"]);
      context.advance(1);
      const failed = test(context.now(), { status: "failed", attempt: attempt(1, { responseCode: 500, error: "no" }) });
      for (let call = 0; call < 2; call += 1) await log.recordTest(failed);
      const { deliveries } = await log.list({ accountId: ACCOUNT, webhookId: "a", limit: 10 });
      assert.deepEqual(deliveries[0], {
        id: failed.id,
        accountId: ACCOUNT,
        webhookId: "a",
        eventId: failed.eventId,
        eventType: failed.eventType,
        status: "failed",
        attempts: 1,
        storedAt: context.now(),
        lastAttempt: failed.attempt,
        nextAttemptAt: null,
        resends: 0,
        test: true,
      });
      assert.equal(deliveries.length, 2);
      assert.deepEqual(await log.attempts(failed.id), [failed.attempt]);
      assert.equal((await log.event({ accountId: ACCOUNT, eventId: failed.eventId }))?.body, failed.body);
      assert.deepEqual(await health.read(["a"]), []);
      const request = { accountId: ACCOUNT, deliveries: [{ id: failed.id, resends: 0 }], createdSince: 0 };
      assert.deepEqual(await queue.resend(request), ["missing"]);
      assert.equal((await scene.claim("worker")).deliveries.length, 1);
    },
  },
];

/** A test that succeeded, unless `changes` says otherwise. */
function test(createdAt: number, changes: Partial<TestDelivery> = {}): TestDelivery {
  return {
    accountId: ACCOUNT,
    id: "delivery_test",
    webhookId: "a",
    eventId: "evt_test_1",
    eventType: "order.created",
    createdAt,
    body: '{"id":"evt_test_1"}',
    status: "success",
    attempt: attempt(1, { debug: "{}" }),
    ...changes,
  };
}

function hasCode(error: unknown, code: string): boolean {
  return WebhookError.is(error) && error.code === code;
}
