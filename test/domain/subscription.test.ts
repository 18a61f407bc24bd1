import { describe, expect, test } from "vitest";
import { routingAttributes, validateAttributes } from "../../src/domain/attributes.js";
import { matchFilters, validateFilters } from "../../src/domain/filters.js";
import { matchSubscription } from "../../src/domain/subscription.js";

describe("filters", () => {
  test("name attributes and give a value, or a list of values", () => {
    const filters = { restaurant_id: 1, status: ["new", null], vip: true };
    expect(validateFilters(filters)).toEqual(filters);
  });

  test.each([{}, null, undefined])("that are %o filter nothing", (filters) => {
    expect(validateFilters(filters)).toBeNull();
  });

  test("are a copy, which the caller can no longer change", () => {
    const statuses = ["new"];
    const filters = validateFilters({ status: statuses });
    statuses.push("old");
    expect(filters).toEqual({ status: ["new"] });
  });

  test.each([
    ["text", "order", "filters"],
    ["a list", [1], "filters"],
    ["an instance", new Date(0), "filters"],
    ["too many", Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 1])), "filters"],
    ["an object", { restaurant_id: {} }, "filters.restaurant_id"],
    ["nothing", { restaurant_id: undefined }, "filters.restaurant_id"],
    ["no number", { restaurant_id: NaN }, "filters.restaurant_id"],
    ["no end", { restaurant_id: Infinity }, "filters.restaurant_id"],
    ["an empty list", { restaurant_id: [] }, "filters.restaurant_id"],
    ["a long list", { restaurant_id: Array(101).fill(1) }, "filters.restaurant_id"],
    ["a list in a list", { restaurant_id: [1, [2]] }, "filters.restaurant_id[1]"],
    ["a list with a hole", { restaurant_id: [1, ...Array<number>(1)] }, "filters.restaurant_id[1]"],
    ["a long text", { restaurant_id: "x".repeat(257) }, "filters.restaurant_id"],
    ["no name", { "": 1 }, 'filters[""]'],
    ["a long name", { ["x".repeat(65)]: 1 }, `filters.${"x".repeat(65)}`],
  ])("are not %s", (_, filters, field) => {
    expect(() => validateFilters(filters)).toThrow(expect.objectContaining({ code: "filter_invalid", field }) as Error);
  });

  test("may be named like JavaScript's own properties", () => {
    const filters = validateFilters(JSON.parse('{"__proto__": 1, "constructor": "x", "toString": [true]}'));
    expect(JSON.stringify(filters)).toBe('{"__proto__":1,"constructor":"x","toString":[true]}');
    expect(matchFilters(filters!, {})).toEqual({ kind: "missing", key: "__proto__" });
    const attributes = routingAttributes(
      JSON.parse('{"__proto__": 1, "constructor": "x", "toString": true}'),
      undefined,
    );
    expect(matchFilters(filters!, attributes)).toEqual({ kind: "matched" });
  });
});

describe("matchFilters", () => {
  test.each([
    [1, 1, "matched"],
    [1, "1", "mismatch"],
    ["", null, "mismatch"],
    [false, 0, "mismatch"],
    [null, null, "matched"],
    [[1, 2], 2, "matched"],
    [[1, 2], "2", "mismatch"],
    [[null], null, "matched"],
  ])("compares %j with %j: %s", (filter, value, kind) => {
    expect(matchFilters({ key: filter }, { key: value })).toMatchObject({ kind });
  });

  test("wants all keys, and names the one that decided", () => {
    expect(matchFilters({ a: 1, b: 2 }, { a: 1, b: 3 })).toEqual({ kind: "mismatch", key: "b" });
    expect(matchFilters({ a: 1, b: 2 }, { a: 1 })).toEqual({ kind: "missing", key: "b" });
  });

  test("says that an attribute is missing only where nothing else stands in the way", () => {
    expect(matchFilters({ a: 1, b: 2 }, { b: 3 })).toEqual({ kind: "mismatch", key: "b" });
  });
});

describe("routing attributes", () => {
  test("are the scalars of the object, and what the publisher gave, which wins", () => {
    const object = { id: 7, total: 9.5, paid: false, note: null, items: [1], customer: { id: 1 }, bad: NaN };
    expect(routingAttributes(object, { id: 8, restaurant_id: 1 })).toEqual({
      id: 8,
      total: 9.5,
      paid: false,
      note: null,
      restaurant_id: 1,
    });
  });

  test.each([undefined, null, "text", 3, [1, 2]])("of %o are what the publisher gave", (object) => {
    expect(routingAttributes(object, { restaurant_id: 1 })).toEqual({ restaurant_id: 1 });
    expect(routingAttributes(object, undefined)).toEqual({});
  });

  test("are not inherited", () => {
    expect(routingAttributes(Object.create({ restaurant_id: 1 }), undefined)).toEqual({});
  });

  test("that a publisher gives are scalars", () => {
    expect(validateAttributes(undefined)).toBeUndefined();
    expect(validateAttributes({ a: 1, b: null })).toEqual({ a: 1, b: null });
    for (const value of [undefined, {}, [1], NaN, 1n, Symbol("x")]) {
      expect(() => validateAttributes({ a: value })).toThrow(
        expect.objectContaining({ code: "attributes_invalid", field: "attributes.a" }) as Error,
      );
    }
    for (const attributes of [null, "a", [1], new Map()]) {
      expect(() => validateAttributes(attributes)).toThrow(expect.objectContaining({ field: "attributes" }) as Error);
    }
  });

  test("that a publisher gives are few and have short names", () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 1]));
    for (const attributes of [many, { "": 1 }, { ["x".repeat(65)]: 1 }]) {
      expect(() => validateAttributes(attributes)).toThrow(
        expect.objectContaining({ code: "attributes_invalid" }) as Error,
      );
    }
  });
});

describe("matchSubscription", () => {
  const subscription = { events: ["order.*"], filters: { restaurant_id: [1, 2] } };

  test.each([
    ["order.created", { restaurant_id: 2 }, { kind: "matched", pattern: "order.*" }],
    ["order.created", { restaurant_id: 3 }, { kind: "filtered", key: "restaurant_id" }],
    ["order.created", {}, { kind: "attribute_missing", key: "restaurant_id" }],
    ["payment.completed", {}, { kind: "not_subscribed" }],
  ])("judges %s with %j", (type, attributes, expected) => {
    expect(matchSubscription(subscription, type, attributes)).toEqual(expected);
  });

  test("needs no attributes where there are no filters", () => {
    expect(matchSubscription({ events: ["*"], filters: null }, "order.created", {})).toEqual({
      kind: "matched",
      pattern: "*",
    });
  });
});
