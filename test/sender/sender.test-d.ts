import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { memoryStore } from "@auraconnect/webhooks/memory";
import {
  auraconnectEvents,
  createSender,
  defineEvents,
  type AttemptSummary,
  type AuraConnectCatalog,
  type Sender,
  type SenderListener,
  type Webhook,
} from "@auraconnect/webhooks/sender";
import { sample } from "../support/sender-scene.js";

const sender = createSender({ store: memoryStore() });
const order = sample("order.created");
const url = "https://example.com/hook";

const events = defineEvents({
  ...auraconnectEvents,
  "table.reserved": { object: z.object({ table: z.number(), name: z.string().optional() }), description: "Reserved." },
});
const extended = createSender({ store: memoryStore(), events });
const own = createSender({
  store: memoryStore(),
  events: defineEvents({ "table.freed": z.object({ table: z.number() }) }),
});

/** Holds code for the compiler alone. */
const uncalled = (code: () => unknown): unknown => code;

describe("publish", () => {
  test("takes the payload of its type and answers its event", () => {
    uncalled(async () => {
      const { event, deliveries, duplicate, unmatched } = await sender.publish("order.created", order);
      expectTypeOf(event.type).toEqualTypeOf<"order.created">();
      expectTypeOf(event.data.object.order_number).toEqualTypeOf<string>();
      expectTypeOf(deliveries).toEqualTypeOf<readonly { readonly id: string; readonly webhookId: string }[]>();
      expectTypeOf(duplicate).toEqualTypeOf<boolean>();
      expectTypeOf(unmatched[0]!.reason).toEqualTypeOf<"attribute_missing">();
    });
  });

  test("refuses another payload, a field that is missing, and one that is too many in a literal", () => {
    uncalled(() => [
      // @ts-expect-error -- the payload is of another type
      sender.publish("order.created", sample("payment.completed")),
      // @ts-expect-error -- nothing of an order is there
      sender.publish("order.created", { wrong: true }),
      // @ts-expect-error -- an order number is a string
      sender.publish("order.created", { ...order, order_number: 7 }),
      sender.publish("inventory.out_of_stock", {
        ...sample("inventory.out_of_stock"),
        // @ts-expect-error -- no such field
        wrong: true,
      }),
    ]);
  });

  test("takes fields of the publisher's own where they are not written in a literal", () => {
    const object = { ...order, our_own_field: 7 };
    uncalled(() => sender.publish("order.created", object));
  });

  test("takes any text where known values are only suggested", () => {
    uncalled(() => sender.publish("order.created", { ...order, status: "on its way" }));
  });

  test("refuses an unknown type and options that do not exist", () => {
    uncalled(() => [
      // @ts-expect-error -- misspelt
      sender.publish("order.creatd", order),
      // @ts-expect-error -- misspelt
      sender.publish("order.created", order, { acountId: "a" }),
      // @ts-expect-error -- an attribute is a scalar
      sender.publish("order.created", order, { attributes: { a: {} } }),
    ]);
  });
});

describe("publishMany", () => {
  test("ties each payload to its type", () => {
    uncalled(async () => {
      const results = await sender.publishMany([
        { type: "order.created", object: order, id: "evt_1" },
        { type: "payment.completed", object: sample("payment.completed"), attributes: { restaurant_id: 1 } },
      ]);
      const [first] = results;
      if (first?.event.type === "order.created")
        expectTypeOf(first.event.data.object.order_number).toEqualTypeOf<string>();
      // @ts-expect-error -- the payload is of another type
      await sender.publishMany([{ type: "order.created", object: sample("payment.completed") }]);
    });
  });
});

describe("a catalogue of the host's own", () => {
  test("types publishing and subscribing, beside the documented types", () => {
    uncalled(async () => {
      const { event } = await extended.publish("table.reserved", { table: 4 });
      expectTypeOf(event.data.object).toEqualTypeOf<{ table: number; name?: string | undefined }>();
      await extended.publish("order.created", order);
      await extended.webhooks.create({ url, events: ["table.*", "table.reserved", "order.*"] });
      // @ts-expect-error -- a table is a number
      await extended.publish("table.reserved", { table: "4" });
    });
  });

  test("types them instead of the documented types", () => {
    uncalled(() => [
      own.publish("table.freed", { table: 4 }),
      own.webhooks.create({ url, events: ["*", "table.*", "table.freed"] }),
      // @ts-expect-error -- not in this catalogue
      own.publish("order.created", order),
      // @ts-expect-error -- not in this catalogue
      own.webhooks.create({ url, events: ["order.*"] }),
    ]);
  });
});

describe("webhooks", () => {
  test("subscribe with known patterns only", () => {
    uncalled(() => [
      sender.webhooks.create({ url, events: ["order.created", "order.*", "*"] }),
      // @ts-expect-error -- misspelt
      sender.webhooks.create({ url, events: ["order.creatd"] }),
      // @ts-expect-error -- no such group
      sender.webhooks.create({ url, events: ["table.*"] }),
      // @ts-expect-error -- misspelt
      sender.webhooks.update({ webhookId: "webhook_1", changes: { events: ["order.creatd"] } }),
    ]);
  });

  test("need a URL and events, and have no other fields", () => {
    uncalled(() => [
      // @ts-expect-error -- no events
      sender.webhooks.create({ url }),
      // @ts-expect-error -- no such field
      sender.webhooks.create({ url, events: ["*"], colour: "red" }),
      // @ts-expect-error -- a rotation changes the secret
      sender.webhooks.update({ webhookId: "webhook_1", changes: { secret: "another-secret-of-mine" } }),
      // @ts-expect-error -- a webhook stays with its account
      sender.webhooks.update({ webhookId: "webhook_1", changes: { accountId: "b" } }),
      // @ts-expect-error -- a filter is a scalar or a list of them
      sender.webhooks.create({ url, events: ["*"], filters: { a: { b: 1 } } }),
    ]);
    uncalled(async () => {
      expectTypeOf(await sender.webhooks.get({ webhookId: "webhook_1" })).toEqualTypeOf<Webhook>();
    });
  });
});

describe("on", () => {
  test("types each listener by the name of its event", () => {
    sender.on("delivery.failed", ({ delivery, attempt }) => {
      expectTypeOf(attempt).toEqualTypeOf<AttemptSummary>();
      expectTypeOf(delivery.eventId).toEqualTypeOf<string>();
    });
    sender.on("delivery.expired", ({ attempt }) => {
      expectTypeOf(attempt).toEqualTypeOf<AttemptSummary | null>();
    });
    sender.on("error", ({ error }) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
    });
    sender.on("subscription.attribute_missing", async ({ key }) => {
      expectTypeOf(key).toEqualTypeOf<string>();
      await Promise.resolve();
    });
    expectTypeOf<SenderListener<"delivery.succeeded">>().parameter(0).toHaveProperty("attempt");
    uncalled(() => {
      // @ts-expect-error -- no such event
      sender.on("delivery.suceeded", () => undefined);
    });
  });
});

describe("options", () => {
  test("have a store, and nothing that does not exist", () => {
    uncalled(() => [
      // @ts-expect-error -- no store
      createSender({}),
      // @ts-expect-error -- misspelt
      createSender({ store: memoryStore(), concurency: 5 }),
      // @ts-expect-error -- milliseconds are numbers
      createSender({ store: memoryStore(), attemptTimeoutMs: "15s" }),
    ]);
  });
});

describe("Sender", () => {
  test("is what createSender answers", () => {
    expectTypeOf(sender).toEqualTypeOf<Sender<AuraConnectCatalog>>();
    expectTypeOf(own).toExtend<Sender>();
    expectTypeOf(sender).toExtend<Sender>();
  });
});
