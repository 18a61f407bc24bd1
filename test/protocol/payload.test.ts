import { describe, expect, test } from "vitest";
import { z } from "zod";
import { auraconnectEvents } from "../../src/protocol/auraconnect-events.js";
import { defineEvents } from "../../src/protocol/event-catalog.js";
import { checkPayload } from "../../src/protocol/payload.js";
import { documentedExample } from "./documented-example.js";
import { thrownBy } from "./thrown-by.js";

const order = documentedExample("order.created").data.object;
const refusal = (payload: unknown) =>
  thrownBy(() => {
    checkPayload("order.created", auraconnectEvents["order.created"], payload);
  });

describe("checkPayload", () => {
  test("names the field at fault and what was expected there", () => {
    const error = refusal({ ...order, total_amount: "45.99" });
    expect(error).toMatchObject({ code: "event_invalid", field: "data.object.total_amount" });
    expect(error.message).toBe(
      "The payload of `order.created` breaks its schema. `data.object.total_amount`: Invalid input: expected number, received string.",
    );
  });

  test("writes the path into a list as its user would", () => {
    const items = [{ id: 1, menu_item_id: 10, quantity: 2, price: 12.99, modifiers: [] }, { id: 2 }];
    expect(refusal({ ...order, items }).field).toBe("data.object.items[1].menu_item_id");
  });

  test("names the first five problems and counts the rest", () => {
    const { message } = refusal({});
    expect(message.match(/`data\.object\./g)).toHaveLength(5);
    expect(message).toMatch(/; and 3 more\.$/);
  });

  test.each([null, undefined, [], "order", 7])("refuses %j as a payload", (payload) => {
    const error = refusal(payload);
    expect(error).toMatchObject({ code: "event_invalid", field: "data.object" });
    expect(error.message).toContain("expected object");
  });

  test("changes nothing in the payload: not its fields, their order, nor what a default would fill in", () => {
    const object = z.object({ table: z.number(), seats: z.number().default(4) });
    const { "table.reserved": definition } = defineEvents({ "table.reserved": object });
    const payload = { unknown: 1, table: 7 };
    checkPayload("table.reserved", definition, payload);
    expect(JSON.stringify(payload)).toBe('{"unknown":1,"table":7}');
  });

  test("keeps a key with line breaks, and one without end, from forging the message", () => {
    const { "table.reserved": definition } = defineEvents({ "table.reserved": z.record(z.string(), z.number()) });
    const payload = { [`a\nb${"c".repeat(5_000)}`]: "seven" };
    const error = thrownBy(() => {
      checkPayload("table.reserved", definition, payload);
    });
    expect(error.message).not.toContain("\n");
    expect(error.message.length).toBeLessThan(500);
    expect(error.field).toMatch(/^data\.object\["a\\nbc+"\]$/);
  });

  test("keeps what a schema says of a key from forging the message", () => {
    const { "table.reserved": definition } = defineEvents({ "table.reserved": z.strictObject({}) });
    const error = thrownBy(() => {
      checkPayload("table.reserved", definition, { "a\nb\u2028c\u001b": 1, [`${"d".repeat(150)}\u{1f345}`]: 1 });
    });
    expect(error.message).toContain("Unrecognized keys");
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}]/u);
  });

  test.each([
    ["is asynchronous", z.object({ table: z.number().refine(() => Promise.resolve(true)) })],
    [
      "throws",
      z.object({
        table: z.number().refine(() => {
          throw new Error("of the host's");
        }),
      }),
    ],
  ])("tells a schema that %s from a payload at fault", (_, object) => {
    const { "table.reserved": definition } = defineEvents({ "table.reserved": object });
    const error = thrownBy(() => {
      checkPayload("table.reserved", definition, { table: 7 });
    });
    expect(error).toMatchObject({ code: "option_invalid", field: "table.reserved" });
    expect(error.cause).toBeInstanceOf(Error);
  });
});
