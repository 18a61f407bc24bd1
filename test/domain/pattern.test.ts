import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { WebhookError } from "../../src/errors.js";
import { matchesPattern, validatePatterns } from "../../src/domain/pattern.js";

const types = ["order.created", "order.updated", "payment.completed", "inventory.low_stock", "pos.sync_failed"];

function refusal(patterns: unknown): WebhookError {
  try {
    validatePatterns(patterns, types);
  } catch (error) {
    if (error instanceof WebhookError) return error;
  }
  throw new Error("was not refused");
}

describe("a pattern", () => {
  test("is a known type, a known group or everything", () => {
    expect(validatePatterns(["order.created", "payment.*", "*"], types)).toEqual(["order.created", "payment.*", "*"]);
  });

  test("counts once", () => {
    expect(validatePatterns(["order.*", "*", "order.*"], types)).toEqual(["order.*", "*"]);
  });

  test.each([
    ["order", "order.*"],
    ["ORDER", "order.*"],
    ["order.", "order.*"],
    ["order.**", "order.*"],
    ["order.craeted", "order.created"],
    ["Order.Created", "order.created"],
    [" order.created ", "order.created"],
    ["*.created", "order.created"],
    ["orders.*", "order.*"],
    ["**", "*"],
    ["", "*"],
    ["payment.refunded", "payment.completed"],
  ])("is not %j, for which %j is offered", (pattern, offered) => {
    const error = refusal(["*", pattern]);
    expect(error).toMatchObject({ code: "pattern_invalid", field: "events[1]" });
    expect(error.message).toContain(`is not a pattern; did you mean \`${offered}\`?`);
    expect(error.message).toContain(pattern === "" ? "An empty string" : `\`${pattern}\``);
  });

  test.each(["constructor", "__proto__", "foo.*", "order.created.*", "order.*.*"])("is not %s", (pattern) => {
    expect(refusal([pattern])).toMatchObject({ code: "pattern_invalid", field: "events[0]" });
  });

  test.each([undefined, null, "order.*", {}, [], [null], [["order.*"]], [1], Array(3), Array(10_000).fill("*")])(
    "list is not %o",
    (patterns) => {
      expect(refusal(patterns)).toMatchObject({ code: "pattern_invalid" });
    },
  );

  test("is repeated in a message only in part, and without control characters", () => {
    const { message } = refusal([`order\n\u001b[31m\ud800${"x".repeat(1_000_000)}`]);
    expect(message.length).toBeLessThan(300);
    expect(message).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });
});

describe("matchesPattern", () => {
  test("answers the first pattern that matches", () => {
    expect(matchesPattern(["payment.*", "order.*", "order.created"], "order.created")).toBe("order.*");
    expect(matchesPattern(["payment.*", "*"], "order.created")).toBe("*");
    expect(matchesPattern(["payment.*", "order.updated"], "order.created")).toBeNull();
    expect(matchesPattern([], "order.created")).toBeNull();
  });

  test.each(["orders.created", "Order.created", "order", "order.", "preorder.created", "a.order.created"])(
    "does not take %s for one of the group order",
    (type) => {
      expect(matchesPattern(["order.*"], type)).toBeNull();
    },
  );

  test("agrees with the definition for any type", () => {
    const word = fc.stringMatching(/^[a-z_]{1,4}$/);
    const type = fc.tuple(word, word).map((words) => words.join("."));
    fc.assert(
      fc.property(type, type, (one, other) => {
        expect(matchesPattern([one], other) !== null).toBe(one === other);
        const group = one.slice(0, one.indexOf("."));
        expect(matchesPattern([`${group}.*`], other) !== null).toBe(other.slice(0, other.indexOf(".")) === group);
        expect(matchesPattern(["*"], other)).toBe("*");
      }),
    );
  });
});
