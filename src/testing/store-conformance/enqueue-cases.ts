import { strict as assert } from "node:assert";
import { ACCOUNT, anotherStore, idsOf, Scene, settlement, webhookRecord } from "./scene.js";
import type { StoreCase } from "./store-case.js";

/** Texts that a store loses easily: NUL, lone surrogates, what looks like SQL or like a store's own escape. */
export const AWKWARD_TEXTS: readonly string[] = [
  "",
  "\u0000",
  "a\u0000b\u0000",
  "\ud800",
  "\udfff tail",
  '{"text":"\\u0000\\ud800"}',
  "'); drop table webhooks; --",
  '\u0001json:"x"',
  "\ufeffBOM, ☃ and 😀",
];

const MAX_BODY_BYTES = 262_144;

/** What `enqueue` promises. */
export const enqueueCases: readonly StoreCase[] = [
  {
    name: "enqueue: a claim gives back what was stored, and everything an attempt needs",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const storedAt = context.now();
      const event = scene.event("evt", ["a"], {
        body: '{"b":1,"a":2}',
        createdAt: storedAt - 7,
        type: "order.updated",
      });
      assert.deepEqual(await scene.enqueueOne(event), { kind: "stored" });
      context.advance(10);
      // What telemetry keeps with it has a case of its own.
      const claimed = (await scene.claim("worker")).deliveries.map(({ trace: _trace, ...delivery }) => delivery);
      assert.deepEqual(claimed, [
        {
          id: event.deliveries[0]?.id,
          accountId: ACCOUNT,
          webhookId: "a",
          eventId: "evt",
          eventType: "order.updated",
          eventCreatedAt: storedAt - 7,
          body: '{"b":1,"a":2}',
          storedAt,
          attempts: 0,
          scheduleOffset: 0,
        },
      ]);
    },
  },
  {
    name: "enqueue: bodies come back byte for byte: NUL, lone surrogates, 256 KB",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const bodies = [...AWKWARD_TEXTS, "x".repeat(MAX_BODY_BYTES), "☃".repeat(MAX_BODY_BYTES / 4)];
      await context.store.queue.enqueue(bodies.map((body, index) => scene.event(`evt-${index}`, ["a"], { body })));
      const { deliveries } = await scene.claim("worker");
      const byEvent = new Map(deliveries.map(({ eventId, body }) => [eventId, body]));
      for (const [index, body] of bodies.entries()) assert.ok(byEvent.get(`evt-${index}`) === body, `body ${index}`);
    },
  },
  {
    name: "enqueue: any string can be an id, and no two are one",
    async run(context) {
      const ids = ["__proto__", "constructor", "toString", ...AWKWARD_TEXTS.filter((text) => text !== "")];
      const scene = new Scene(context.store, context.now);
      await scene.join("worker");
      for (const id of ids) await scene.register(webhookRecord(`webhook ${id}`, { accountId: id }));
      for (const id of ids) {
        const event = scene.event(id, [`webhook ${id}`], { accountId: id });
        assert.deepEqual(await scene.enqueueOne(event), { kind: "stored" }, JSON.stringify(id));
        assert.equal((await scene.enqueueOne(event))?.kind, "known", JSON.stringify(id));
      }
      const { deliveries } = await scene.claim("worker");
      const named = deliveries.map(({ accountId, eventId, webhookId }) => [accountId, eventId, webhookId]);
      assert.deepEqual(named.sort(), ids.map((id) => [id, id, `webhook ${id}`]).sort());
    },
  },
  {
    name: "enqueue: an id that is known is left as it is, and answered as it was stored",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const first = scene.event("evt", ["a", "b"], { attributes: '{"x":1}', unmatched: "[]" });
      await scene.enqueueOne(first);
      const second = scene.event("evt", ["a"], { type: "order.updated", body: "{}" });
      const { type, body, attributes, unmatched } = first;
      const deliveries = first.deliveries.map(({ id, webhookId }) => ({ id, webhookId }));
      assert.deepEqual(await scene.enqueueOne(second), {
        kind: "known",
        event: { type, body, attributes, unmatched, deliveries },
      });
      assert.equal((await scene.claim("worker")).deliveries.length, 2);
    },
  },
  {
    name: "enqueue: what telemetry keeps with an event is with each of its deliveries, or a store keeps none of it",
    async run(context) {
      const scene = await Scene.begin(context, ["a", "b"], "worker");
      const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01;vendor=${"~".repeat(500)}`;
      await scene.publish("traced", ["a", "b"], { trace, unmatched: "[]" });
      await scene.publish("marked", ["a"], { trace: "of another form", unmatched: null });
      await scene.publish("bare", ["a"], { trace: null });
      await scene.publish("older", ["a"]);
      const { deliveries } = await scene.claim("worker");
      const kept = deliveries.map((delivery) => [delivery.eventId, delivery.trace]).sort();
      const all = [
        ...[
          ["bare", null],
          ["marked", "of another form"],
          ["older", null],
        ],
        ...[
          ["traced", trace],
          ["traced", trace],
        ],
      ];
      assert.deepEqual(kept, deliveries[0]?.trace === undefined ? all.map(([id]) => [id, undefined]) : all);
    },
  },
  {
    name: "enqueue: the same id belongs to each account anew",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await scene.register(webhookRecord("b", { accountId: "account-2" }));
      assert.equal((await scene.enqueueOne(scene.event("evt", ["a"])))?.kind, "stored");
      assert.equal((await scene.enqueueOne(scene.event("evt", ["b"], { accountId: "account-2" })))?.kind, "stored");
    },
  },
  {
    name: "enqueue: of two with the same id in one batch the second is known",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const batch = [scene.event("evt", ["a"]), scene.event("evt", ["a"]), scene.event("other", ["a"])];
      const results = await context.store.queue.enqueue(batch);
      assert.deepEqual(
        results.map(({ kind }) => kind),
        ["stored", "known", "stored"],
      );
      assert.equal((await scene.claim("worker")).deliveries.length, 2);
    },
  },
  {
    name: "enqueue: the same id published at once by several is stored once",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const other = await anotherStore(context);
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? context.store : other).queue.enqueue([scene.event("evt", ["a"])]),
        ),
      );
      assert.equal(results.flat().filter(({ kind }) => kind === "stored").length, 1);
      assert.equal(results.flat().filter(({ kind }) => kind === "known").length, 7);
      assert.equal((await scene.claim("worker")).deliveries.length, 1);
    },
  },
  {
    name: "enqueue: an event matched against an older registry is refused and leaves nothing behind",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const stale = scene.event("evt", ["a"]);
      const fresh = scene.event("fresh", []);
      await context.store.webhooks.insert(webhookRecord("b"), 100);
      assert.deepEqual(await scene.enqueueOne(stale), { kind: "registry_changed" });
      assert.deepEqual((await scene.claim("worker")).deliveries, []);
      const again = { ...stale, registryVersion: await scene.refresh() };
      const results = await context.store.queue.enqueue([fresh, again]);
      assert.deepEqual(results, [{ kind: "registry_changed" }, { kind: "stored" }]);
    },
  },
  {
    name: "enqueue: an event that is stored is known, whatever became of the registry",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      const event = scene.event("evt", ["a"]);
      await scene.enqueueOne(event);
      await context.store.webhooks.insert(webhookRecord("b"), 100);
      assert.equal((await scene.enqueueOne(event))?.kind, "known");
    },
  },
  {
    name: "enqueue: what is leased belongs to its owner, who settles it without a claim",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      const lease = scene.lease("worker");
      const event = scene.event("evt", ["a"], { leased: true });
      await scene.enqueueOne(event, lease);
      assert.deepEqual(await scene.claim("other"), { deliveries: [], nextDueInMs: null });
      const [id = ""] = idsOf(event.deliveries);
      assert.deepEqual(await context.store.queue.settle([settlement(id, lease, { kind: "success" })]), ["decided"]);
      assert.equal((await scene.row(id))?.status, "success");
    },
  },
  {
    name: "enqueue: what is leased to an owner that is not alive is due instead",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker", "other");
      await context.store.queue.release("worker");
      await scene.enqueueOne(scene.event("evt", ["a"], { leased: true }), scene.lease("worker"));
      assert.equal((await scene.claim("other")).deliveries.length, 1);
    },
  },
  {
    name: "enqueue: an event without deliveries is stored like any other",
    async run(context) {
      const scene = await Scene.begin(context, [], "worker");
      assert.deepEqual(await scene.enqueueOne(scene.event("evt", [])), { kind: "stored" });
      assert.equal((await scene.enqueueOne(scene.event("evt", [])))?.kind, "known");
    },
  },
];
