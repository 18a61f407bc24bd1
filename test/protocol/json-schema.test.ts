import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { auraconnectEvents } from "../../src/protocol/auraconnect-events.js";
import { eventJsonSchema } from "../../src/protocol/json-schema.js";
import { documentedExample, documentedTypes } from "./documented-example.js";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: unknown;
  readonly additionalProperties?: unknown;
  readonly examples?: readonly unknown[];
}

const schemas = new URL("../../schemas/", import.meta.url);
const shipped = (type: string) => JSON.parse(readFileSync(new URL(`${type}.json`, schemas), "utf8")) as Schema;
const payloadOf = (type: string) => shipped(type).properties?.["data"]?.properties?.["object"];

function parts(schema: Schema): readonly Schema[] {
  const nested = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  return [schema, ...nested.flatMap(parts)];
}

/** Reads a JSON Schema back, as a consumer's tool does. */
const readerOf = (type: string) => z.fromJSONSchema(shipped(type) as Parameters<typeof z.fromJSONSchema>[0]);

test("a schema is shipped for each of the eleven types, and nothing else", () => {
  expect(readdirSync(schemas).sort()).toEqual(documentedTypes.map((type) => `${type}.json`).sort());
});

describe.each(documentedTypes)("the shipped schema of %s", (type) => {
  test("is that of the catalogue, in draft 2020-12", () => {
    expect(shipped(type)).toEqual(eventJsonSchema(auraconnectEvents, type));
    expect(shipped(type)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: type,
      description: auraconnectEvents[type].description,
      required: ["id", "type", "created", "data"],
    });
  });

  test("has the documented example, which it accepts", () => {
    const example = documentedExample(type);
    expect(shipped(type).examples).toEqual([example]);
    expect(readerOf(type).safeParse(example).success).toBe(true);
  });

  test("names exactly the documented fields", () => {
    const documented = Object.keys(documentedExample(type).data.object);
    expect(Object.keys(payloadOf(type)?.properties ?? {})).toEqual(documented);
  });

  test("allows fields it does not name, everywhere", () => {
    for (const part of parts(shipped(type))) expect(part).not.toHaveProperty("additionalProperties");
    const example = documentedExample(type);
    const extended = { ...example, version: 2, data: { object: { ...example.data.object, later: 1 }, previous: null } };
    expect(readerOf(type).safeParse(extended).success).toBe(true);
  });

  test("closes no enumeration", () => {
    for (const part of parts(shipped(type))) expect(part).not.toHaveProperty("enum");
  });

  test("refuses an event of another type, or without a payload", () => {
    const example = documentedExample(type);
    expect(readerOf(type).safeParse({ ...example, type: "order.lost" }).success).toBe(false);
    expect(readerOf(type).safeParse({ ...example, data: {} }).success).toBe(false);
  });
});

test("an open enumeration is a string with the documented values as examples", () => {
  expect(payloadOf("order.created")?.properties?.["status"]).toEqual({
    type: "string",
    examples: ["pending", "preparing", "completed"],
  });
});
