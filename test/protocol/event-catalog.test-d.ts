import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  auraconnectEvents,
  type AuraConnectCatalog,
  type AuraConnectEvent,
  type InventoryEvent,
  type OrderEvent,
  type PaymentEvent,
  type PosEvent,
  type StaffEvent,
} from "../../src/protocol/auraconnect-events.js";
import {
  defineEvents,
  type EventCatalog,
  type EventDefinition,
  type EventGroup,
  type EventMatching,
  type EventOf,
  type EventPattern,
  type EventPayload,
  type EventType,
  type TypesMatching,
  type WebhookEvent,
} from "../../src/protocol/event-catalog.js";
import { sampleEvent } from "../../src/protocol/sample-event.js";

type Order = EventPayload<AuraConnectCatalog, "order.created">;
type Alert = EventPayload<AuraConnectCatalog, "staff.shift_alert">;

const order: Order = {
  id: 1001,
  order_number: "ORD-2025-001",
  restaurant_id: 1,
  customer_id: 456,
  status: "pending",
  total_amount: 45.99,
  items: [],
  created_at: "2025-08-08T10:00:00Z",
};

describe("a pattern", () => {
  test("is an exact type, a group or everything", () => {
    expectTypeOf<EventPattern<AuraConnectCatalog>>().toEqualTypeOf<
      EventType<AuraConnectCatalog> | "order.*" | "payment.*" | "inventory.*" | "staff.*" | "pos.*" | "*"
    >();
    expectTypeOf<EventGroup<AuraConnectCatalog>>().toEqualTypeOf<"order" | "payment" | "inventory" | "staff" | "pos">();
  });

  test("narrows a group to exactly its types", () => {
    expectTypeOf<EventMatching<AuraConnectCatalog, "order.*">["type"]>().toEqualTypeOf<
      "order.created" | "order.updated" | "order.completed"
    >();
    expectTypeOf<EventMatching<AuraConnectCatalog, "order.*">>().toEqualTypeOf<
      | WebhookEvent<"order.created", EventPayload<AuraConnectCatalog, "order.created">>
      | WebhookEvent<"order.updated", EventPayload<AuraConnectCatalog, "order.updated">>
      | WebhookEvent<"order.completed", EventPayload<AuraConnectCatalog, "order.completed">>
    >();
  });

  test("narrows a type to itself, and `*` to every type", () => {
    expectTypeOf<EventMatching<AuraConnectCatalog, "order.created">>().toEqualTypeOf<
      WebhookEvent<"order.created", Order>
    >();
    expectTypeOf<EventMatching<AuraConnectCatalog, "*">>().toEqualTypeOf<AuraConnectEvent>();
    expectTypeOf<AuraConnectEvent["type"]>().toEqualTypeOf<EventType<AuraConnectCatalog>>();
  });

  test("narrows a union of patterns to the union of their events", () => {
    expectTypeOf<TypesMatching<AuraConnectCatalog, "pos.*" | "order.created">>().toEqualTypeOf<
      "pos.sync_completed" | "pos.sync_failed" | "order.created"
    >();
  });

  test("has a name for the events of each documented group", () => {
    expectTypeOf<OrderEvent>().toEqualTypeOf<EventMatching<AuraConnectCatalog, "order.*">>();
    expectTypeOf<PaymentEvent["type"]>().toEqualTypeOf<"payment.completed" | "payment.refunded">();
    expectTypeOf<InventoryEvent["type"]>().toEqualTypeOf<"inventory.low_stock" | "inventory.out_of_stock">();
    expectTypeOf<StaffEvent["type"]>().toEqualTypeOf<"staff.clocked_in" | "staff.shift_alert">();
    expectTypeOf<PosEvent["type"]>().toEqualTypeOf<"pos.sync_completed" | "pos.sync_failed">();
  });

  test("that matches nothing is an error", () => {
    // @ts-expect-error a group is not a pattern
    expectTypeOf<EventMatching<AuraConnectCatalog, "order">>();
    // @ts-expect-error no type is called so
    expectTypeOf<EventMatching<AuraConnectCatalog, "order.lost">>();
    // @ts-expect-error no group is called so
    expectTypeOf<EventMatching<AuraConnectCatalog, "table.*">>();
    // @ts-expect-error a star stands for a whole group only
    expectTypeOf<EventMatching<AuraConnectCatalog, "*.created">>();
  });
});

describe("an event", () => {
  test("is told apart by its type", () => {
    const event = sampleEvent(auraconnectEvents, "order.created") as OrderEvent;
    if (event.type === "order.updated") {
      expectTypeOf(event.data.object.previous_status).toExtend<string | undefined>();
    } else if (event.type === "order.completed") {
      expectTypeOf(event.data.object.completed_at).toEqualTypeOf<string>();
    } else {
      expectTypeOf(event).toEqualTypeOf<WebhookEvent<"order.created", Order>>();
    }
  });

  test("of a catalogue that is not known by type has a type and a payload that are not known either", () => {
    expectTypeOf<EventPattern<EventCatalog>>().toEqualTypeOf<string>();
    expectTypeOf<EventOf<EventCatalog>["data"]["object"]>().toEqualTypeOf<unknown>();
  });
});

describe("a payload", () => {
  test("has the documented fields, with their types", () => {
    expectTypeOf<Order["order_number"]>().toEqualTypeOf<string>();
    expectTypeOf<Order["total_amount"]>().toEqualTypeOf<number>();
    expectTypeOf<Order["items"][number]["modifiers"]>().toEqualTypeOf<unknown[]>();
    expectTypeOf<Alert["minutes_late"]>().toEqualTypeOf<number | undefined>();
  });

  test("has open enumerations: a known value completes, any string is accepted", () => {
    expectTypeOf<"pending">().toExtend<Order["status"]>();
    expectTypeOf<string>().toExtend<Order["status"]>();
    expectTypeOf<Order["status"]>().toExtend<string>();
    // A plain string would complete nothing: that the two differ is what keeps the known values.
    expectTypeOf<Order["status"]>().not.toEqualTypeOf<string>();
    expectTypeOf<Extract<Order["status"], "pending" | "preparing" | "completed" | "lost">>().toEqualTypeOf<
      "pending" | "preparing" | "completed"
    >();
    expectTypeOf<Extract<Alert["alert_type"], "late_arrival" | "no_show">>().toEqualTypeOf<
      "late_arrival" | "no_show"
    >();
  });

  test("with a wrong field is an error", () => {
    // @ts-expect-error an amount is a number
    expectTypeOf<Order>(order).toExtend<{ total_amount: string }>();
    const wrong: Order = {
      ...order,
      // @ts-expect-error a status is a string
      status: 7,
    };
    const excess: Order = {
      ...order,
      // @ts-expect-error no such field is documented; what is spread or assigned may still carry it
      order_nmber: "ORD-2025-001",
    };
    // @ts-expect-error the order number is missing
    const missing: Order = { id: 1 };
    expectTypeOf([wrong, excess, missing]).toEqualTypeOf<Order[]>();
  });
});

describe("defineEvents", () => {
  const table = z.object({ table: z.number(), note: z.string().optional() });

  test("infers from schemas alone, from the long form and from both together", () => {
    const events = defineEvents({
      "table.reserved": table,
      "table.freed": { object: z.object({ table: z.number() }), description: "A table is free.", sample: { table: 7 } },
      "guest.arrived": { object: z.object({ guests: z.number() }) },
    });
    type Catalog = typeof events;
    expectTypeOf<EventType<Catalog>>().toEqualTypeOf<"table.reserved" | "table.freed" | "guest.arrived">();
    expectTypeOf<EventPayload<Catalog, "table.reserved">>().toEqualTypeOf<{
      table: number;
      note?: string | undefined;
    }>();
    expectTypeOf<EventPayload<Catalog, "table.freed">>().toEqualTypeOf<{ table: number }>();
    expectTypeOf<EventMatching<Catalog, "guest.*">>().toEqualTypeOf<
      WebhookEvent<"guest.arrived", { guests: number }>
    >();
    expectTypeOf(events["table.reserved"]).toEqualTypeOf<EventDefinition<typeof table>>();
  });

  test("keeps the eleven beside types of the host's", () => {
    const events = defineEvents({ ...auraconnectEvents, "table.reserved": table });
    type Catalog = typeof events;
    expectTypeOf<EventType<Catalog>>().toEqualTypeOf<EventType<AuraConnectCatalog> | "table.reserved">();
    expectTypeOf(events["order.created"]).toEqualTypeOf(auraconnectEvents["order.created"]);
    expectTypeOf<EventMatching<Catalog, "order.*">>().toEqualTypeOf<OrderEvent>();
    expectTypeOf<EventPattern<Catalog>>().toEqualTypeOf<
      EventPattern<AuraConnectCatalog> | "table.reserved" | "table.*"
    >();
  });

  test("takes payloads as they are sent: a default may be left out, a transform changes nothing", () => {
    const events = defineEvents({
      "table.reserved": z.object({ seats: z.number().default(4), at: z.string().transform(Number) }),
    });
    expectTypeOf(sampleEvent(events, "table.reserved").data.object).toEqualTypeOf<{
      seats?: number | undefined;
      at: string;
    }>();
  });

  test("checks a sample against its schema", () => {
    defineEvents({ "table.reserved": { object: table, sample: { table: 7 } } });
    defineEvents({ "table.reserved": { object: table, sample: null } });
    // @ts-expect-error a table is a number
    expectTypeOf(() => defineEvents({ "table.reserved": { object: table, sample: { table: "seven" } } }));
    // @ts-expect-error the table is missing
    expectTypeOf(() => defineEvents({ "table.reserved": { object: table, sample: {} } }));
    // @ts-expect-error a sample has no field that its schema does not name
    expectTypeOf(() => defineEvents({ "table.reserved": { object: table, sample: { table: 7, seats: 4 } } }));
  });

  test("takes nothing else for a schema", () => {
    // @ts-expect-error a schema is missing
    expectTypeOf(() => defineEvents({ "table.reserved": { description: "A table is reserved." } }));
    // @ts-expect-error text is no schema
    expectTypeOf(() => defineEvents({ "table.reserved": "table" }));
  });

  test("answers a sample event of the type it is asked for", () => {
    const events = defineEvents({ "table.reserved": { object: table, sample: { table: 7 } } });
    expectTypeOf(sampleEvent(events, "table.reserved")).toEqualTypeOf<
      WebhookEvent<"table.reserved", { table: number; note?: string | undefined }>
    >();
    // @ts-expect-error no type is called so
    expectTypeOf(() => sampleEvent(events, "order.created"));
  });
});
