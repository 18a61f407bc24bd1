import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { isPlainData } from "../../src/protocol/plain-data.js";

class Order {
  get id() {
    return Math.PI;
  }
}

describe("plain data", () => {
  test("is what JSON gives back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has no negative zero.
        fc.pre(!JSON.stringify(value).includes("-0"));
        expect(isPlainData(JSON.parse(JSON.stringify(value)))).toBe(true);
      }),
    );
    expect(isPlainData(Object.assign(Object.create(null) as object, { a: [{ b: undefined }] }))).toBe(true);
  });

  test.each<[string, unknown]>([
    ["a class instance", new Order()],
    ["toJSON", { toJSON: () => 1 }],
    ["a getter", Object.defineProperty({}, "a", { enumerable: true, get: () => 1 })],
    ["a field that is not enumerable", Object.defineProperty({}, "a", { value: 1 })],
    ["a proxy", new Proxy({}, {})],
    ["a Date", { at: new Date(0) }],
    ["NaN", [NaN]],
    ["undefined in an array", [undefined]],
    ["a hole", Object.assign([1], { length: 2 })],
    ["a bigint", 1n],
    ["a Map", new Map()],
    ["a function", { run: () => 1 }],
    ["a subclass of Array", new (class List extends Array<number> {})()],
    ["depth", JSON.parse("[".repeat(1_000) + "]".repeat(1_000))],
  ])("is not %s", (_, value) => {
    expect(isPlainData(value)).toBe(false);
  });
});
