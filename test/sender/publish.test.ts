import { describe, expect, test } from "vitest";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { z } from "zod";
import { auraconnectEvents, defineEvents, type EventType, type AuraConnectCatalog } from "@auraconnect/webhooks";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { verify, verifyStandard } from "@auraconnect/webhooks/signature";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import {
  databaseFile,
  endpoint,
  heard,
  makeSender,
  sample,
  SECRET,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";
import { until } from "../support/until.js";

const TYPES = Object.keys(auraconnectEvents) as EventType<AuraConnectCatalog>[];

describe("a published event", () => {
  test("of each documented type reaches a webhook for everything, as it was published", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"] });
    for (const type of TYPES) await sender.publish(type, sample(type));
    const bodies = (await seen(TYPES.length)).map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(bodies.map(({ type }) => type).sort()).toEqual([...TYPES].sort());
    for (const { type, data } of bodies)
      expect(data).toEqual({ object: sample(type as EventType<AuraConnectCatalog>) });
  });

  test("lets other things happen, however fast the store answers and callers go on", async () => {
    const sender = makeSender();
    let hasTurned = false;
    setImmediate(() => (hasTurned = true));
    let published = 0;
    const publish = async (): Promise<void> => {
      while (!hasTurned && published < 5_000) {
        published += 1;
        await sender.publish("order.created", sample("order.created"));
      }
    };
    await Promise.all(Array.from({ length: 8 }, publish));
    expect(published).toBeLessThan(5_000);
  });

  test("is answered as it is sent", async () => {
    const { url, seen } = await endpoint();
    const clock = simulatedClock();
    const sender = await startSender({ clock });
    const webhook = await sender.webhooks.create({ url, events: ["order.*"] });
    const { event, deliveries, duplicate, unmatched } = await sender.publish("order.created", sample("order.created"));
    expect({ duplicate, unmatched }).toEqual({ duplicate: false, unmatched: [] });
    expect(deliveries).toEqual([{ id: expect.stringMatching(/^dlv_/) as string, webhookId: webhook.id }]);
    expect(event.id).toMatch(/^evt_[0-9a-z]{25}$/);
    expect(event.created).toBe("2026-01-01T00:00:00.000Z");
    expect((await seen(1))[0]!.body).toBe(JSON.stringify(event));
  });

  test("has the same bytes at every webhook and on every attempt, signed for each, at its own instant", async () => {
    const clock = simulatedClock();
    const { url, requests, seen } = await endpoint((_, number) => (number <= 2 ? 500 : 200));
    const sender = await startSender({ clock });
    const retrying = heard(sender, "delivery.retrying");
    const standardSecret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
    const secrets = [SECRET, standardSecret];
    for (const secret of secrets) await sender.webhooks.create({ url, events: ["*"], secret });
    const { event } = await sender.publish("order.created", sample("order.created"));
    await seen(2);
    await until("both failures are recorded", () => retrying.length === 2);
    await clock.advance(10_000);
    await seen(4);

    expect(new Set(requests.map(({ body }) => body))).toEqual(new Set([JSON.stringify(event)]));
    const instants = requests.map(({ headers }) => Number(headers["x-auraconnect-timestamp"]));
    expect(instants.map((instant) => instant - Date.UTC(2026, 0, 1) / 1_000)).toEqual([0, 0, 10, 10]);
    for (const { body, headers } of requests) {
      const matching = secrets.filter((secret) => verify(body, headers["x-auraconnect-signature"], secret));
      expect(matching).toHaveLength(1);
      const message = { id: event.id, timestamp: String(headers["webhook-timestamp"]), body };
      expect(verifyStandard(message, headers["webhook-signature"], matching)).toBe(true);
      expect(headers["webhook-timestamp"]).toBe(headers["x-auraconnect-timestamp"]);
    }
  });

  test("verifies with the public Standard Webhooks library", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    const { secret } = await sender.webhooks.create({ url, events: ["*"] });
    const { event } = await sender.publish("order.created", { ...sample("order.created"), order_number: "Größe 10 €" });
    const [request] = await seen(1);
    const verified = new StandardWebhook(secret).verify(request!.body, request!.headers as Record<string, string>);
    expect(verified).toEqual(event);
  });

  test("goes out with exactly the documented headers", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    const webhook = await sender.webhooks.create({ url, events: ["*"] });
    const { event } = await sender.publish("order.created", sample("order.created"));
    const [request] = await seen(1);
    expect(request!.headers).toEqual({
      host: new URL(url).host,
      connection: "keep-alive",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(request!.body)),
      "user-agent": expect.stringMatching(/^AuraConnect-Webhooks\/\d+\.\d+\.\d+/) as string,
      "x-auraconnect-event": "order.created",
      "x-auraconnect-event-id": event.id,
      "x-auraconnect-signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/) as string,
      "x-auraconnect-timestamp": expect.stringMatching(/^\d{10}$/) as string,
      "x-auraconnect-webhook-id": webhook.id,
      "webhook-id": event.id,
      "webhook-timestamp": expect.stringMatching(/^\d{10}$/) as string,
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) as string,
    });
  });

  test("goes out without the Standard Webhooks headers where they are turned off", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender({ standardSignature: false });
    await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    await sender.publish("order.created", sample("order.created"));
    const [request] = await seen(1);
    expect(Object.keys(request!.headers).filter((name) => name.startsWith("webhook-"))).toEqual([]);
    expect(verify(request!.body, request!.headers["x-auraconnect-signature"], SECRET)).toBe(true);
  });

  test("keeps unknown fields and the order of keys, `__proto__` too", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"] });
    const object = JSON.parse(
      `{"zulu":{"b":1,"a":[null,1e21]},"__proto__":{"x":1},${JSON.stringify(sample("order.created")).slice(1)}`,
    ) as ReturnType<typeof sample<"order.created">>;
    await sender.publish("order.created", object);
    expect((await seen(1))[0]!.body).toContain(`{"object":${JSON.stringify(object)}}`);
  });

  test("keeps what a caller changes in the object afterwards out of the body", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"] });
    const object = { ...sample("order.created") };
    const publishing = sender.publish("order.created", object);
    object.order_number = "changed";
    await publishing;
    expect((await seen(1))[0]!.body).toContain(sample("order.created").order_number);
  });

  test("goes once to a webhook that several of its patterns match", async () => {
    const { url, requests } = await endpoint();
    const sender = await startSender();
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.create({ url, events: ["order.created", "order.*", "*", "order.created"] });
    const { deliveries } = await sender.publish("order.created", sample("order.created"));
    expect(deliveries).toHaveLength(1);
    await until("it succeeded", () => succeeded.length === 1);
    expect(requests).toHaveLength(1);
  });

  test("belongs to its account", async () => {
    const { url } = await endpoint();
    const sender = makeSender();
    await sender.webhooks.create({ accountId: "a", url, events: ["*"] });
    const b = await sender.webhooks.create({ accountId: "b", url, events: ["*"] });
    const options = { accountId: "b", id: "evt_1" };
    const { deliveries } = await sender.publish("order.created", sample("order.created"), options);
    expect(deliveries.map(({ webhookId }) => webhookId)).toEqual([b.id]);
    // The same id is another event in another account.
    const other = await sender.publish("order.created", sample("order.created"), { accountId: "c", id: "evt_1" });
    expect(other).toMatchObject({ duplicate: false, deliveries: [] });
    expect((await sender.deliveries.list({ accountId: "a" })).logs).toEqual([]);
  });

  test("may be of a type of the host's own", async () => {
    const { url, seen } = await endpoint();
    const events = defineEvents({ ...auraconnectEvents, "table.reserved": z.object({ table: z.number() }) });
    const sender = await startSender({ events });
    await sender.webhooks.create({ url, events: ["table.*"] });
    await sender.publish("table.reserved", { table: 4 });
    expect(JSON.parse((await seen(1))[0]!.body)).toMatchObject({
      type: "table.reserved",
      data: { object: { table: 4 } },
    });
    expect((await rejection(sender.publish("table.reserved", { table: "4" } as never))).field).toBe(
      "data.object.table",
    );
  });
});

describe("filters", () => {
  test.each([
    ["a value", { restaurant_id: 1 }, true],
    ["another value", { restaurant_id: 2 }, false],
    ["the same digits as text", { restaurant_id: "1" }, false],
    ["one of several values", { restaurant_id: [5, 1] }, true],
    ["none of several values", { restaurant_id: [5, "1", null, true] }, false],
    ["every key", { restaurant_id: 1, status: "pending" }, true],
    ["every key but one", { restaurant_id: 1, status: "done" }, false],
  ])("compare by type and value: %s", async (_, filters, matches) => {
    const sender = makeSender();
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"], filters });
    const { deliveries, unmatched } = await sender.publish("order.created", sample("order.created"));
    expect(deliveries).toHaveLength(matches ? 1 : 0);
    expect(unmatched).toEqual([]);
  });

  test("compare with what the publisher says before what the payload says", async () => {
    const sender = makeSender();
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"], filters: { restaurant_id: 9 } });
    const attributes = { restaurant_id: 9 };
    const said = await sender.publish("order.created", sample("order.created"), { attributes });
    expect(said.deliveries).toHaveLength(1);
    expect((await sender.publish("order.created", sample("order.created"))).deliveries).toHaveLength(0);
  });

  test("name the attribute that an event lacks, each time, and tell of it once per webhook and type", async () => {
    const sender = makeSender();
    const missing = heard(sender, "subscription.attribute_missing");
    const webhook = await sender.webhooks.create({
      url: "http://127.0.0.1:9/",
      events: ["*"],
      filters: { restaurant_id: 1 },
    });
    for (let count = 0; count < 2; count++) {
      const { deliveries, unmatched } = await sender.publish("order.updated", sample("order.updated"));
      expect(deliveries).toEqual([]);
      expect(unmatched).toEqual([{ webhookId: webhook.id, reason: "attribute_missing", key: "restaurant_id" }]);
    }
    await sender.publish("order.completed", sample("order.completed"));
    const about = { accountId: "default", webhookId: webhook.id, key: "restaurant_id" };
    expect(missing).toEqual([
      { ...about, eventType: "order.updated" },
      { ...about, eventType: "order.completed" },
    ]);
  });

  test("are not matched by what every object inherits", async () => {
    const sender = makeSender();
    const filters = { constructor: "x", toString: "y" } as never;
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"], filters });
    const { unmatched } = await sender.publish("order.created", sample("order.created"));
    expect(unmatched).toMatchObject([{ key: "constructor" }]);
  });
});

describe("what cannot be published", () => {
  const order = sample("order.created");
  const cyclic: Record<string, unknown> = { ...order };
  cyclic["self"] = cyclic;

  test.each<[string, unknown, unknown, Record<string, unknown>, string, string | undefined]>([
    [
      "a field of a wrong type",
      "order.created",
      { ...order, order_number: 1 },
      {},
      "event_invalid",
      "data.object.order_number",
    ],
    [
      "a wrong field in a list",
      "order.created",
      { ...order, items: [{ id: "x" }] },
      {},
      "event_invalid",
      "data.object.items[0].id",
    ],
    ["a missing field", "order.created", {}, {}, "event_invalid", "data.object.id"],
    ["no object", "order.created", null, {}, "event_invalid", "data.object"],
    ["a BigInt", "order.created", { ...order, extra: 1n }, {}, "event_invalid", "data.object"],
    ["a circle", "order.created", cyclic, {}, "event_invalid", "data.object"],
    ["an unknown type", "order.creatd", order, {}, "event_type_unknown", "type"],
    ["a type that every object has", "constructor", order, {}, "event_type_unknown", "type"],
    ["a type that is no string", 5, order, {}, "event_type_unknown", "type"],
    ["an id with a blank", "order.created", order, { id: "evt 1" }, "event_id_invalid", "id"],
    ["an empty id", "order.created", order, { id: "" }, "event_id_invalid", "id"],
    ["an id of 129 characters", "order.created", order, { id: "e".repeat(129) }, "event_id_invalid", "id"],
    ["an id with a line break at its end", "order.created", order, { id: "evt_1\n" }, "event_id_invalid", "id"],
    [
      "an instant without a zone",
      "order.created",
      order,
      { created: "2026-01-01T00:00:00" },
      "created_invalid",
      "created",
    ],
    [
      "a day that does not exist",
      "order.created",
      order,
      { created: "2026-02-30T00:00:00Z" },
      "created_invalid",
      "created",
    ],
    ["a Date of nothing", "order.created", order, { created: new Date(NaN) }, "created_invalid", "created"],
    ["an instant as a number", "order.created", order, { created: 1_700_000_000 }, "created_invalid", "created"],
    ["no instant", "order.created", order, { created: null }, "created_invalid", "created"],
    [
      "an attribute that is an object",
      "order.created",
      order,
      { attributes: { a: {} } },
      "attributes_invalid",
      "attributes.a",
    ],
    [
      "an attribute that is infinite",
      "order.created",
      order,
      { attributes: { a: Infinity } },
      "attributes_invalid",
      "attributes.a",
    ],
    ["attributes that are a list", "order.created", order, { attributes: [1] }, "attributes_invalid", "attributes"],
    ["an empty account", "order.created", order, { accountId: "" }, "account_id_invalid", "accountId"],
    ["an account that is a number", "order.created", order, { accountId: 7 }, "account_id_invalid", "accountId"],
    ["an account with NUL", "order.created", order, { accountId: "a\u0000" }, "account_id_invalid", "accountId"],
  ])("%s is refused, and nothing is stored", async (_, type, object, options, code, field) => {
    const sender = makeSender();
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    const error = await rejection(sender.publish(type as "order.created", object as never, options));
    expect({ code: error.code, field: error.field }).toEqual({ code, field });
    expect((await sender.deliveries.list()).logs).toEqual([]);
  });

  test("an event of 262,145 bytes is refused with both sizes; one of 262,144 is sent", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"] });
    const beside = { id: "evt_1", created: "2026-01-01T00:00:00Z" };
    const bytes = (filler: string): number =>
      Buffer.byteLength(
        JSON.stringify({
          id: "evt_1",
          type: "order.created",
          created: beside.created,
          data: { object: { ...order, filler } },
        }),
      );
    // Two bytes a character: what counts is bytes.
    const missing = 262_144 - bytes("");
    const filler = "é".repeat(Math.floor(missing / 2)) + "x".repeat(missing % 2);
    const tooLong = `${filler}x`;
    const error = await rejection(sender.publish("order.created", { ...order, filler: tooLong } as never, beside));
    expect(error.code).toBe("payload_too_large");
    expect(error.message).toContain("262,145");
    expect(error.message).toContain("262,144");
    await sender.publish("order.created", { ...order, filler } as never, beside);
    expect(Buffer.byteLength((await seen(1))[0]!.body)).toBe(262_144);
  });

  test("an error's message does not repeat megabytes or control characters", async () => {
    const sender = makeSender();
    const error = await rejection(sender.publish(`\u001b[31m${"x".repeat(1_000_000)}` as "order.created", order));
    expect(error.message.length).toBeLessThan(1_000);
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
  });

  test("a batch is refused as a whole before any of it is stored", async () => {
    const sender = makeSender();
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    const error = await rejection(
      sender.publishMany([
        { type: "order.created", object: order },
        { type: "order.created", object: {} as never },
      ]),
    );
    expect(error.code).toBe("event_invalid");
    expect((await sender.deliveries.list()).logs).toEqual([]);
  });
});

describe("publishing a batch", () => {
  test("answers each event in its place", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["order.*"] });
    const results = await sender.publishMany([
      { type: "order.created", object: sample("order.created"), id: "evt_1" },
      { type: "payment.completed", object: sample("payment.completed"), id: "evt_2" },
      { type: "order.updated", object: sample("order.updated"), id: "evt_3", attributes: { restaurant_id: 1 } },
    ]);
    expect(results.map(({ event, deliveries }) => [event.id, deliveries.length])).toEqual([
      ["evt_1", 1],
      ["evt_2", 0],
      ["evt_3", 1],
    ]);
    await seen(2);
    expect(await sender.publishMany([])).toEqual([]);
  });

  test("stores the same event in it once", async () => {
    const sender = makeSender();
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    const event = { type: "order.created", object: sample("order.created"), id: "evt_1" } as const;
    const [first, second] = await sender.publishMany([event, event]);
    expect([first!.duplicate, second!.duplicate]).toEqual([false, true]);
    expect(second!.deliveries).toEqual(first!.deliveries);
  });

  test("stores the others when the id of one is taken", async () => {
    const sender = makeSender();
    const object = sample("order.created");
    await sender.publish("order.created", object, { id: "evt_1" });
    const error = await rejection(
      sender.publishMany([
        { type: "order.created", object: { ...object, order_number: "another" }, id: "evt_1" },
        { type: "order.created", object, id: "evt_2" },
      ]),
    );
    expect(error.code).toBe("event_id_conflict");
    expect((await sender.publish("order.created", object, { id: "evt_2" })).duplicate).toBe(true);
  });
});

describe("the same id", () => {
  const object = sample("order.updated");

  test("with the same content publishes once and answers what the first call did", async () => {
    const { url, requests } = await endpoint();
    const clock = simulatedClock();
    const sender = await startSender({ clock });
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.create({ url, events: ["*"] });
    const wants = await sender.webhooks.create({ url, events: ["*"], filters: { restaurant_id: 1 } });
    const first = await sender.publish("order.updated", object, { id: "evt_1" });
    await clock.advance(5_000);
    await sender.webhooks.create({ url, events: ["*"] });
    const second = await sender.publish("order.updated", object, { id: "evt_1" });
    expect(second).toEqual({ ...first, duplicate: true });
    expect(second.unmatched).toEqual([{ webhookId: wants.id, reason: "attribute_missing", key: "restaurant_id" }]);
    await until("it succeeded", () => succeeded.length === 1);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ["another payload", { ...object, order_number: "another" }, {}],
    ["another order of keys", Object.fromEntries(Object.entries(object).reverse()), {}],
    ["another instant", object, { created: "2026-01-01T00:00:00Z" }],
    ["other attributes", object, { attributes: { restaurant_id: 2 } }],
  ])("with %s is refused", async (_, other, options) => {
    const sender = makeSender();
    await sender.publish("order.updated", object, { id: "evt_1", attributes: { restaurant_id: 1 } });
    const again = { attributes: { restaurant_id: 1 }, ...options, id: "evt_1" };
    const error = await rejection(sender.publish("order.updated", other as typeof object, again));
    expect(error.code).toBe("event_id_conflict");
    expect(error.message).toContain("evt_1");
  });

  test("with another type is refused", async () => {
    const events = defineEvents({ "a.b": z.object({}), "a.c": z.object({}) });
    const sender = makeSender({ events });
    await sender.publish("a.b", {}, { id: "evt_1" });
    expect((await rejection(sender.publish("a.c", {}, { id: "evt_1" }))).code).toBe("event_id_conflict");
  });

  test("with the instant said both times, attributes in another order, is the same event", async () => {
    const sender = makeSender();
    const created = "2026-01-01T10:00:00.123456789+02:00";
    const first = { id: "evt_1", created, attributes: { a: 1, b: 2 } };
    await sender.publish("order.updated", object, first);
    const second = await sender.publish("order.updated", object, { ...first, attributes: { b: 2, a: 1 } });
    expect(second).toMatchObject({ duplicate: true, event: { created: "2026-01-01T08:00:00.123Z" } });
  });

  test("is judged even where the stored instant would make the new content too large, and hurts no other event", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["order.created"] });
    const created = `2026-01-01T00:00:00.${"0".repeat(40)}Z`;
    const stored = { id: "evt_1", type: "order.updated", created, data: { object: { ...object, filler: "" } } };
    const filler = "x".repeat(262_144 - JSON.stringify(stored).length);
    await sender.publish("order.updated", { ...object, filler } as typeof object, { id: "evt_1", created });
    const conflict = rejection(
      sender.publish("order.updated", { ...object, filler: `${filler}x` } as typeof object, { id: "evt_1" }),
    );
    const other = sender.publish("order.created", sample("order.created"));
    expect((await conflict).code).toBe("event_id_conflict");
    expect((await other).deliveries).toHaveLength(1);
    await seen(1);
  });

  test("published at the same moment, many times and from two senders, is one event", async () => {
    const { url, requests } = await endpoint();
    const store = memoryStore();
    const senders = [await startSender({ store }), await startSender({ store })];
    const succeeded = senders.map((sender) => heard(sender, "delivery.succeeded"));
    await senders[0]!.webhooks.create({ url, events: ["*"] });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => senders[index % 2]!.publish("order.updated", object, { id: "evt_1" })),
    );
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(results.map(({ deliveries }) => deliveries[0]!.id)).size).toBe(1);
    await until("it succeeded", () => succeeded.flat().length === 1);
    expect(requests).toHaveLength(1);
  });

  test.each(["constructor", "__proto__", "hasOwnProperty"])("may be %s", async (id) => {
    const sender = makeSender();
    expect((await sender.publish("order.updated", object, { id })).duplicate).toBe(false);
    expect((await sender.publish("order.updated", object, { id })).duplicate).toBe(true);
  });
});

describe("a webhook that another process registered a moment ago", () => {
  const order = sample("order.created");
  const stores = [
    ["memory", () => ((store) => [store, store])(memoryStore())],
    ["sqlite", () => ((path) => [sqliteStore({ path }), sqliteStore({ path })])(databaseFile())],
  ] as const;

  test.each(stores)("is not missed (%s)", async (_, makeStores) => {
    const { url, seen } = await endpoint();
    const [mine, theirs] = makeStores();
    const sender = await startSender({ store: mine!, secretKeys: SECRET_KEYS });
    const other = makeSender({ store: theirs!, secretKeys: SECRET_KEYS });
    // Now this process knows the account, and would find nobody in what it knows.
    expect((await sender.publish("order.created", order)).deliveries).toHaveLength(0);
    const webhook = await other.webhooks.create({ url, events: ["*"] });
    const { deliveries } = await sender.publish("order.created", order);
    expect(deliveries.map(({ webhookId }) => webhookId)).toEqual([webhook.id]);
    await seen(1);
    await other.webhooks.delete({ webhookId: webhook.id });
    expect((await sender.publish("order.created", order)).deliveries).toHaveLength(0);
  });
});

describe("publishing without start", () => {
  const order = sample("order.created");

  test("waits for start in the same process", async () => {
    const { url, requests, seen } = await endpoint();
    const sender = makeSender();
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    expect(requests).toHaveLength(0);
    await sender.start();
    await seen(1);
  });

  test("is delivered by another process that has started", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const publisher = makeSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
    await publisher.webhooks.create({ url, events: ["*"] });
    await startSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
    const { event } = await publisher.publish("order.created", order);
    expect((await seen(1))[0]!.body).toBe(JSON.stringify(event));
  });
});
