import { strict as assert } from "node:assert";
import type { WebhookRecord } from "../../ports/webhook-registry.js";
import { ACCOUNT, anotherStore, idsOf, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase } from "./store-case.js";

/** What the webhook registry promises. */
export const webhookRegistryCases: readonly StoreCase[] = [
  {
    name: "registry: an account that never had a webhook is at version 0",
    async run({ store }) {
      const known = [{ accountId: "nobody", version: null }];
      assert.deepEqual(await store.webhooks.read(known), [{ accountId: "nobody", version: 0, webhooks: [] }]);
      assert.deepEqual(await store.webhooks.read([{ accountId: "nobody", version: 0 }]), []);
    },
  },
  {
    name: "registry: keeps webhooks as they were given, in the order of their creation",
    async run({ store }) {
      const filters = JSON.parse('{ "__proto__": 1, "constructor": ["a", null] }') as WebhookRecord["filters"];
      const odd = webhookRecord("b", { filters, description: "\u0000 \ud800 ☃", headers: { "x-a": "'; drop table" } });
      await store.webhooks.insert(odd, 100);
      await store.webhooks.insert(webhookRecord("a"), 100);
      const [snapshot] = await store.webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.equal(JSON.stringify(snapshot?.webhooks), JSON.stringify([odd, webhookRecord("a")]));
    },
  },
  {
    name: "registry: the version grows with every change, and only what changed is answered",
    async run({ store }) {
      const versions = [0];
      const changes = [
        () => store.webhooks.insert(webhookRecord("a"), 100),
        () => store.webhooks.replace(webhookRecord("a", { revision: 2 })),
        () => store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" }),
      ];
      for (const change of changes) {
        await change();
        const [snapshot] = await store.webhooks.read([{ accountId: ACCOUNT, version: versions.at(-1) ?? null }]);
        assert.ok(snapshot !== undefined && snapshot.version > (versions.at(-1) ?? 0));
        assert.deepEqual(await store.webhooks.read([{ accountId: ACCOUNT, version: snapshot.version }]), []);
        versions.push(snapshot.version);
      }
    },
  },
  {
    name: "registry: a walk over the pages meets every webhook of every account, whatever changes meanwhile",
    async run({ store }) {
      const ids = ["d", "b", "\u0000", "e", "__proto__", "a", "c"];
      for (const [index, id] of ids.entries()) {
        await store.webhooks.insert(webhookRecord(id, { accountId: `account-${index % 3}` }), 100);
      }
      const met: WebhookRecord[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.webhooks.page({ cursor, limit: 2 });
        assert.ok(page.webhooks.length <= 2);
        met.push(...page.webhooks);
        cursor = page.cursor;
        if (met.length === 2) {
          await store.webhooks.remove({ accountId: met[0]?.accountId ?? "", webhookId: met[0]?.id ?? "" });
          await store.webhooks.insert(webhookRecord("b2"), 100);
        }
      } while (cursor !== null);
      for (const id of ids) assert.ok(idsOf(met).includes(id), `The walk missed ${JSON.stringify(id)}.`);
      const b = met.find(({ id }) => id === "b");
      assert.deepEqual(b, webhookRecord("b", { accountId: "account-1" }));
    },
  },
  {
    name: "registry: a change made through one handle is seen through another at once",
    async run(context) {
      const other = await anotherStore(context);
      await context.store.webhooks.insert(webhookRecord("a"), 100);
      const [snapshot] = await other.webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.deepEqual(idsOf(snapshot?.webhooks ?? []), ["a"]);
    },
  },
  {
    name: "registry: of many registered at once, no more than the limit get in",
    async run(context) {
      const other = await anotherStore(context);
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? context.store : other).webhooks.insert(webhookRecord(`webhook-${index}`), 10),
        ),
      );
      assert.equal(answers.filter((answer) => answer === "inserted").length, 10);
      assert.equal(answers.filter((answer) => answer === "limit_reached").length, 2);
      const [snapshot] = await other.webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.equal(snapshot?.webhooks.length, 10);
    },
  },
  {
    name: "registry: a removed webhook makes room, and the limit is each account's own",
    async run({ store }) {
      assert.equal(await store.webhooks.insert(webhookRecord("a"), 1), "inserted");
      assert.equal(await store.webhooks.insert(webhookRecord("b"), 1), "limit_reached");
      assert.equal(await store.webhooks.insert(webhookRecord("c", { accountId: "account-2" }), 1), "inserted");
      await store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      assert.equal(await store.webhooks.insert(webhookRecord("b"), 1), "inserted");
    },
  },
  {
    name: "registry: a registration whose answer was lost is made once, even at the limit",
    async run({ store }) {
      assert.equal(await store.webhooks.insert(webhookRecord("a"), 1), "inserted");
      assert.equal(await store.webhooks.insert(webhookRecord("a"), 1), "inserted");
      const [snapshot] = await store.webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.equal(snapshot?.webhooks.length, 1);
    },
  },
  {
    name: "registry: of two changes to the same revision one wins, also at the same moment",
    async run(context) {
      const other = await anotherStore(context);
      await context.store.webhooks.insert(webhookRecord("a"), 100);
      const answers = await Promise.all([
        context.store.webhooks.replace(webhookRecord("a", { revision: 2, url: "https://example.com/one" })),
        other.webhooks.replace(webhookRecord("a", { revision: 2, url: "https://example.com/two" })),
      ]);
      assert.deepEqual(answers.sort(), ["replaced", "stale"]);
      assert.equal(await other.webhooks.replace(webhookRecord("b", { revision: 2 })), "missing");
    },
  },
  {
    name: "registry: another account's webhook is neither replaced nor removed",
    async run({ store }) {
      await store.webhooks.insert(webhookRecord("a"), 100);
      assert.equal(await store.webhooks.replace(webhookRecord("a", { accountId: "thief", revision: 2 })), "missing");
      assert.equal(await store.webhooks.remove({ accountId: "thief", webhookId: "a" }), false);
      const [snapshot] = await store.webhooks.read([{ accountId: ACCOUNT, version: null }]);
      assert.deepEqual(snapshot?.webhooks, [webhookRecord("a")]);
    },
  },
  {
    name: "registry: no claim takes a delivery of an inactive webhook; it waits and is due when active again",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const [retried = ""] = await scene.publish("evt-1", ["a"]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(retried, lease, { kind: "retry", delayMs: 3_600_000 })]);
      const ids = await scene.publish("evt-2", ["a"]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
      context.advance(60_000);
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3 }));
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), ids);
    },
  },
  {
    name: "registry: what is given back while the webhook is inactive waits too, until its own instant",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await scene.publish("evt", ["a"]);
      const { lease, taken } = await scene.take("worker");
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      for (const { id } of taken) {
        await context.store.queue.settle([
          { deliveryId: id, lease, attempt: null, next: { kind: "release", delayMs: 5_000 } },
        ]);
      }
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: null });
      await context.store.webhooks.replace(webhookRecord("a", { revision: 3 }));
      assert.deepEqual(await scene.claim("worker"), { deliveries: [], nextDueInMs: 5_000 });
      context.advance(5_000);
      assert.equal((await scene.claim("worker")).deliveries.length, 1);
    },
  },
  {
    name: "registry: what is pending of a removed webhook can be claimed and ended, and its log stays",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const [id = ""] = await scene.publish("evt", ["a"]);
      assert.equal(await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" }), true);
      assert.equal(await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" }), false);
      const { lease, taken } = await scene.take("worker");
      assert.deepEqual(idsOf(taken), [id]);
      await context.store.queue.settle([settlement(id, lease, { kind: "cancelled" }, null)]);
      assert.equal((await scene.row(id))?.status, "cancelled");
    },
  },
  {
    name: "registry: so can what waited for an inactive webhook, at its own instant, when that is removed",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "dying");
      const [retried = ""] = await scene.publish("evt-1", ["a"]);
      const { lease } = await scene.take("worker");
      await context.store.queue.settle([settlement(retried, lease, { kind: "retry", delayMs: 5_000 })]);
      const due = await scene.publish("evt-2", ["a"]);
      await context.store.webhooks.replace(webhookRecord("a", { revision: 2, active: false }));
      await context.store.webhooks.remove({ accountId: ACCOUNT, webhookId: "a" });
      const first = await scene.claim("dying");
      assert.deepEqual([idsOf(first.deliveries), first.nextDueInMs], [due, 5_000]);
      await context.store.queue.release("dying");
      context.advance(5_000);
      assert.deepEqual(new Set(idsOf((await scene.claim("worker")).deliveries)), new Set([retried, ...due]));
    },
  },
];
