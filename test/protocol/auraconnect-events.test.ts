import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { auraconnectEvents } from "../../src/protocol/auraconnect-events.js";
import { checkPayload } from "../../src/protocol/payload.js";
import { sampleEvent } from "../../src/protocol/sample-event.js";
import { documentedExample, documentedTypes } from "./documented-example.js";

/** Fields that an occurrence may lack; every other documented field is required. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  "order.created": [],
  "order.updated": ["previous_status", "updated_fields", "preparation_time"],
  "order.completed": ["total_time_minutes"],
  "payment.completed": ["processor", "processor_payment_id"],
  "payment.refunded": ["refund_reason"],
  "inventory.low_stock": [],
  "inventory.out_of_stock": [],
  "staff.clocked_in": ["scheduled_start"],
  "staff.shift_alert": ["scheduled_start", "minutes_late"],
  "pos.sync_completed": [],
  "pos.sync_failed": [],
};

/** Fields whose documented value is one of several; a value added later is accepted. */
const OPEN_ENUMERATIONS: readonly (readonly [type: (typeof documentedTypes)[number], field: string])[] = [
  ["order.created", "status"],
  ["order.updated", "status"],
  ["order.updated", "previous_status"],
  ["order.completed", "status"],
  ["payment.completed", "status"],
  ["payment.completed", "payment_method"],
  ["payment.completed", "processor"],
  ["payment.refunded", "refund_reason"],
  ["staff.shift_alert", "alert_type"],
  ["pos.sync_completed", "pos_system"],
  ["pos.sync_failed", "pos_system"],
  ["pos.sync_failed", "error_code"],
];

const fields = documentedTypes.flatMap((type) =>
  Object.keys(documentedExample(type).data.object).map((field) => ({ type, field })),
);

const without = (payload: Readonly<Record<string, unknown>>, field: string) =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => name !== field));

describe("the AuraConnect catalogue", () => {
  test("has the eleven documented types and no other", () => {
    expect(documentedTypes).toEqual(Object.keys(OPTIONAL));
    const fixtures = readdirSync(new URL("../fixtures/documentation/", import.meta.url));
    expect(fixtures.filter((file) => file.endsWith(".json")).sort()).toEqual(
      documentedTypes.map((type) => `${type}.json`).sort(),
    );
  });

  test.each(documentedTypes)("samples %s with the example of the documentation", (type) => {
    expect(sampleEvent(auraconnectEvents, type)).toStrictEqual(documentedExample(type));
    expect(JSON.stringify(sampleEvent(auraconnectEvents, type))).toBe(JSON.stringify(documentedExample(type)));
  });

  test.each(documentedTypes)("accepts the documented payload of %s", (type) => {
    expect(() => {
      checkPayload(type, auraconnectEvents[type], documentedExample(type).data.object);
    }).not.toThrow();
  });

  test.each(documentedTypes)("describes %s in a sentence", (type) => {
    expect(auraconnectEvents[type].description).toMatch(/^[A-Z].+\.$/);
  });
});

describe("a documented field", () => {
  test.each(fields)("$field of $type is required unless an occurrence may lack it", ({ type, field }) => {
    const result = auraconnectEvents[type].object.safeParse(without(documentedExample(type).data.object, field));
    expect(result.success).toBe(OPTIONAL[type]?.includes(field));
  });

  test.each(fields)("$field of $type has the documented type", ({ type, field }) => {
    const payload = documentedExample(type).data.object;
    const wrong = typeof payload[field] === "number" ? String(payload[field]) : 7;
    for (const value of [wrong, null, {}]) {
      expect(auraconnectEvents[type].object.safeParse({ ...payload, [field]: value }).success).toBe(false);
    }
  });

  test.each(OPEN_ENUMERATIONS)("of %s, %s, accepts a value that nobody knows yet", (type, field) => {
    const payload = { ...documentedExample(type).data.object, [field]: "something_new" };
    expect(auraconnectEvents[type].object.safeParse(payload).success).toBe(true);
  });

  test("that names several things refuses a wrong one among them", () => {
    const order = documentedExample("order.created").data.object;
    const stock = documentedExample("inventory.out_of_stock").data.object;
    const items = [{ id: 1, menu_item_id: 10, quantity: "two", price: 12.99, modifiers: [] }];
    expect(auraconnectEvents["order.created"].object.safeParse({ ...order, items }).success).toBe(false);
    expect(
      auraconnectEvents["inventory.out_of_stock"].object.safeParse({ ...stock, affected_menu_items: ["10"] }).success,
    ).toBe(false);
  });
});

describe("a field that nobody knows", () => {
  test.each(documentedTypes)("is accepted in %s", (type) => {
    const payload = { ...documentedExample(type).data.object, added_later: { by: ["the producer"] } };
    expect(auraconnectEvents[type].object.safeParse(payload).success).toBe(true);
  });

  test("is accepted in an order's items and modifiers", () => {
    const order = documentedExample("order.created").data.object;
    const item = {
      id: 1,
      menu_item_id: 10,
      quantity: 2,
      price: 12.99,
      modifiers: [{ name: "no onions" }],
      note: "hot",
    };
    expect(auraconnectEvents["order.created"].object.safeParse({ ...order, items: [item] }).success).toBe(true);
  });
});
