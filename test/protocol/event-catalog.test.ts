import { describe, expect, test } from "vitest";
import { z } from "zod";
import { WebhookError } from "../../src/errors.js";
import { auraconnectEvents } from "../../src/protocol/auraconnect-events.js";
import { defineEvents, findDefinition, requireDefinition } from "../../src/protocol/event-catalog.js";
import { eventJsonSchema } from "../../src/protocol/json-schema.js";
import { sampleEvent } from "../../src/protocol/sample-event.js";
import { hostileBut } from "../support/hostile-values.js";
import { thrownBy } from "./thrown-by.js";

const table = z.object({ table: z.number() });

/** Calls defineEvents as JavaScript may, without its types. */
const defineUntyped = defineEvents as unknown as (definitions: Readonly<Record<string, unknown>>) => unknown;

describe("defineEvents", () => {
  test("takes the schema of a payload alone", () => {
    const { "table.reserved": definition } = defineEvents({ "table.reserved": table });
    expect(definition).toEqual({ object: table, description: "", sample: null, documented: null });
  });

  test("takes a schema with words and a sample", () => {
    const events = defineEvents({
      "table.reserved": { object: table, description: "A table is reserved.", sample: { table: 7 } },
    });
    expect(events["table.reserved"].description).toBe("A table is reserved.");
    expect(sampleEvent(events, "table.reserved")).toEqual({
      id: "evt_sample",
      type: "table.reserved",
      created: "2025-01-01T00:00:00Z",
      data: { object: { table: 7 } },
    });
  });

  test("defines types beside the eleven, which stay as they are", () => {
    const events = defineEvents({ ...auraconnectEvents, "table.reserved": table });
    expect(Object.keys(events)).toEqual([...Object.keys(auraconnectEvents), "table.reserved"]);
    expect(sampleEvent(events, "order.created")).toEqual(sampleEvent(auraconnectEvents, "order.created"));
  });

  test("can put a schema of the host's in the place of a documented one", () => {
    const events = defineEvents({ ...auraconnectEvents, "order.created": table });
    expect(events["order.created"].object).toBe(table);
  });

  test("answers a catalogue that nobody can change", () => {
    const events = defineEvents({ "table.reserved": table });
    expect(Object.isFrozen(events)).toBe(true);
    expect(Object.isFrozen(events["table.reserved"])).toBe(true);
  });

  test.each([
    "order",
    "Order.created",
    "order.",
    ".created",
    "order.created.now",
    "order.*",
    "*",
    "",
    "order created",
    "order.created\n",
    "1order.created",
    `${"a".repeat(65)}.b`,
    "constructor",
    "__proto__",
    "toString",
  ])("refuses %j as the name of a type", (type) => {
    const error = thrownBy(() => defineUntyped({ [type]: table }));
    expect(error).toMatchObject({ code: "option_invalid", field: type });
    expect(error.message).toContain("table.reserved");
  });

  test("takes names that an object inherits where they are part of a type", () => {
    const events = defineEvents({ "constructor.prototype": table });
    expect(findDefinition(events, "constructor.prototype")?.object).toBe(table);
  });

  test.each([
    ["null", null],
    ["nothing", undefined],
    ["text", "order"],
    ["no schema in the long form", { description: "A table is reserved." }],
    ["a JSON Schema", { object: { type: "object" } }],
  ])("refuses %s in the place of a schema, and says what goes there", (_, input) => {
    const error = thrownBy(() => defineUntyped({ "table.reserved": input }));
    expect(error).toMatchObject({ code: "option_invalid", field: "table.reserved" });
    expect(error.message).toContain("zod schema");
  });

  test.each(hostileBut("an object", "what cannot be text"))("refuses to be given %s", (_, given) => {
    expect(thrownBy(() => defineEvents(given as never)).code).toBe("option_invalid");
  });

  test("refuses to be given nothing, and says what it takes", () => {
    const error = thrownBy(() => (defineEvents as () => unknown)());
    expect(error.message).toContain("by type");
  });

  test.each([
    ["a misspelt part", { sampel: { table: 7 } }, '"sampel"'],
    ["a description that is no text", { description: 5 }, "description"],
    ["half a documented example", { documented: { id: "evt_1" } }, "documented"],
  ])("refuses a definition with %s", (_, parts, named) => {
    const error = thrownBy(() => defineUntyped({ "table.reserved": { object: table, ...parts } }));
    expect(error).toMatchObject({ code: "option_invalid", field: "table.reserved" });
    expect(error.message).toContain(named);
  });

  test("refuses a sample that breaks its schema, and names the field at fault", () => {
    const error = thrownBy(() => defineUntyped({ "table.reserved": { object: table, sample: { table: "seven" } } }));
    expect(error).toMatchObject({ code: "option_invalid", field: "table.reserved" });
    expect(error.message).toContain("`data.object.table`: Invalid input: expected number, received string");
  });

  test("refuses a schema that cannot judge the sample synchronously", () => {
    const object = z.object({ table: z.number().refine(() => Promise.resolve(true)) });
    const error = thrownBy(() => defineEvents({ "table.reserved": { object, sample: { table: 7 } } }));
    expect(error).toMatchObject({ code: "option_invalid", field: "table.reserved" });
    expect(error.message).toContain("synchronous");
  });
});

describe("looking a type up", () => {
  test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "", "order", "order.*", "Order.created"])(
    "finds nothing under %j",
    (type) => {
      expect(findDefinition(auraconnectEvents, type)).toBeNull();
      expect(thrownBy(() => requireDefinition(auraconnectEvents, type)).code).toBe("event_type_unknown");
    },
  );

  test.each([undefined, null, 5, Symbol("x"), ["order.created"], Object.create(null)])(
    "refuses what is no text",
    (type) => {
      expect(findDefinition(auraconnectEvents, type as string)).toBeNull();
      for (const lookUp of [requireDefinition, sampleEvent, eventJsonSchema]) {
        expect(thrownBy(() => lookUp(auraconnectEvents, type as "order.created")).code).toBe("event_type_unknown");
      }
    },
  );

  test.each([undefined, null, 5, "order.created", []])("refuses %j as the catalogue", (catalog) => {
    for (const lookUp of [requireDefinition, sampleEvent, eventJsonSchema]) {
      const error = thrownBy(() => lookUp(catalog as never, "order.created" as never));
      expect(error.code).toBe("option_invalid");
      expect(error.message).toContain("defineEvents");
    }
  });

  test("names the types there are, and repeats no more of the unknown one than is safe in a log", () => {
    const { message } = thrownBy(() => requireDefinition(auraconnectEvents, `x\n${"y".repeat(10_000)}`));
    expect(message).toContain('"x\\n');
    expect(message).not.toContain("\n");
    expect(message).toContain("order.created, order.updated");
    expect(message.length).toBeLessThan(500);
  });
});

describe("sampleEvent", () => {
  test("answers a new object at each call", () => {
    const first = sampleEvent(auraconnectEvents, "order.created");
    first.data.object.items.pop();
    expect(sampleEvent(auraconnectEvents, "order.created").data.object.items).toHaveLength(1);
  });

  test("says that a type was defined without a sample, and where to give one", () => {
    const events = defineEvents({ "table.reserved": table });
    const error = thrownBy(() => sampleEvent(events, "table.reserved"));
    expect(error.code).toBe("option_invalid");
    expect(error.message).toContain("defineEvents");
  });

  test("refuses a type that the catalogue does not have", () => {
    const unknown = "order.lost" as "order.created";
    expect(thrownBy(() => sampleEvent(auraconnectEvents, unknown)).code).toBe("event_type_unknown");
  });
});

describe("eventJsonSchema", () => {
  test("leaves out what a type was defined without", () => {
    const schema = eventJsonSchema(defineEvents({ "table.reserved": table }), "table.reserved");
    expect(schema).not.toHaveProperty("description");
    expect(schema).not.toHaveProperty("examples");
  });

  test("describes what JSON Schema cannot say as anything, and does not fail", () => {
    const object = z.object({ note: z.custom<string>(), table: z.number() });
    const schema = eventJsonSchema(defineEvents({ "table.reserved": object }), "table.reserved");
    expect(schema).toMatchObject({ properties: { data: { properties: { object: { properties: { note: {} } } } } } });
  });

  test("refuses a type that the catalogue does not have", () => {
    const error = thrownBy(() => eventJsonSchema(auraconnectEvents, "constructor"));
    expect(WebhookError.is(error)).toBe(true);
    expect(error.code).toBe("event_type_unknown");
  });
});
