import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebhookError } from "../../src/errors.js";
import { EVENT_ID, parseEnvelope } from "../../src/protocol/envelope.js";
import { documentedExample, documentedText, documentedTypes } from "./documented-example.js";
import { thrownBy } from "./thrown-by.js";

const example = documentedExample("order.completed");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (value: unknown) => parseEnvelope(bytes(JSON.stringify(value)));
const refusal = (body: Uint8Array) => thrownBy(() => parseEnvelope(body));

describe("parseEnvelope", () => {
  test.each(documentedTypes)("reads the documented %s", (type) => {
    expect(parseEnvelope(bytes(documentedText(`${type}.json`)))).toEqual(documentedExample(type));
  });

  test("keeps fields that nobody knows, in the envelope, beside the payload and in it", () => {
    const event = { ...example, version: 2, data: { object: { later: [1] }, previous: {} } };
    expect(parse(event)).toEqual(event);
  });

  test("reads a body that begins with a byte order mark", () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(example))]);
    expect(parseEnvelope(body)).toEqual(example);
  });

  test("reads ids of other senders, up to 128 characters", () => {
    expect(parse({ ...example, id: "x".repeat(128) }).id).toHaveLength(128);
    expect(parse({ ...example, id: "évènement/1" }).id).toBe("évènement/1");
  });

  test.each([
    ["nothing", ""],
    ["half a document", '{"id":'],
    ["two documents", "{}{}"],
    ["a form", "id=evt_1&type=order.created"],
  ])("refuses %s as not JSON", (_, text) => {
    const error = refusal(bytes(text));
    expect(error.code).toBe("event_malformed");
    expect(error.message).toContain("not JSON");
  });

  test("refuses bytes that are not UTF-8 rather than replace them", () => {
    const body = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(refusal(body).message).toContain("UTF-8");
  });

  test.each(["null", "[]", '"event"', "7", "true"])("refuses %s as no object", (text) => {
    expect(refusal(bytes(text)).message).toContain("not a JSON object");
  });

  test.each([
    ["id", [undefined, null, "", 7, {}, ["evt_1"], "x".repeat(129), "evt_1\n", "evt\u0000", "\ud800", "\udc00a"]],
    ["type", [undefined, null, "", 7, {}, ["order.created"], "x".repeat(257), "order.created\r\nx: y", "\ud800"]],
    ["created", [undefined, null, "", 1_691_496_000, "yesterday", "2025-02-30T00:00:00Z"]],
  ])("refuses an `%s` that is none, and names it", (field, values) => {
    for (const value of values) {
      const error = thrownBy(() => parse({ ...example, [field]: value }));
      expect(error.code).toBe("event_malformed");
      expect(error.message).toContain(`\`${field}\``);
    }
  });

  test.each([undefined, null, [], "object", {}, { object: null }, { object: [] }, { object: "order" }, { object: 7 }])(
    "refuses %j as `data`",
    (data) => {
      expect(thrownBy(() => parse({ ...example, data })).message).toContain("`data.object`");
    },
  );

  test("takes nothing from a prototype that the body names", () => {
    const inner = JSON.stringify(example);
    expect(refusal(bytes(`{"__proto__":${inner}}`)).message).toContain("`id`");
    expect(refusal(bytes(JSON.stringify(example).replace('"object"', '"__proto__"'))).message).toContain(
      "`data.object`",
    );
    expect(Object.hasOwn(Object.prototype, "type")).toBe(false);
  });

  test("survives a body of brackets alone", () => {
    expect(refusal(bytes("[".repeat(262_144))).code).toBe("event_malformed");
    expect(refusal(bytes("[".repeat(131_072) + "]".repeat(131_072))).code).toBe("event_malformed");
  });

  test("does not repeat the body in its message", () => {
    const error = refusal(bytes('{"card":"4111 1111 1111 1111"'));
    expect(error.message).not.toContain("4111");
  });

  test("answers any bytes with an event or with event_malformed", () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom("evt_1", "order.created", "2025-08-08T10:00:00Z"));
    const envelope = fc.record({ id: field, type: field, created: field, data: field }, { requiredKeys: [] });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.oneof(fc.jsonValue(), envelope).map((value) => bytes(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(body, (given) => {
        try {
          parseEnvelope(given);
        } catch (error) {
          expect(WebhookError.is(error) && error.code).toBe("event_malformed");
        }
      }),
    );
  });
});

describe("EVENT_ID", () => {
  test.each(["e", "evt_01J9", "order:1001-created", "x".repeat(128)])("lets a publisher choose %.20j", (id) => {
    expect(EVENT_ID.test(id)).toBe(true);
  });

  test.each(["", "evt 1", "evt.1", "evt/1", "evt_1\n", "évt", "x".repeat(129)])("refuses %.20j", (id) => {
    expect(EVENT_ID.test(id)).toBe(false);
  });
});
