import { describe, expect, test } from "vitest";
import { createReceiver, type WebhookError } from "@auraconnect/webhooks/receiver";
import { thrownBy } from "../protocol/thrown-by.js";

const secret = "your-webhook-secret";

function refusal(options: Record<string, unknown>): WebhookError {
  return thrownBy(() => createReceiver({ secret, ...options }));
}

describe("an option that cannot be", () => {
  test.each([
    [{ toleranceMs: -1 }, "`toleranceMs` is a whole number from 1000 to 86400000; it was -1."],
    [{ toleranceMs: "300" }, "`toleranceMs` is a whole number from 1000 to 86400000; it was `300`."],
    [{ maxEventAgeMs: 0 }, "`maxEventAgeMs` is a whole number"],
    [{ maxBodyBytes: 1.5 }, "`maxBodyBytes` is a whole number"],
    [{ maxBodyBytes: Infinity }, "it was Infinity"],
    [{ handlerTimeoutMs: Number.NaN }, "it was NaN"],
    [{ handlerTimeoutMs: false }, "`handlerTimeoutMs` is a whole number from 1 to 86400000; it was false."],
    [{ require: "all" }, '`require` is "any" or "auraconnect" or "standard" or "both"; it was `all`.'],
    [{ onInvalid: "ignore" }, '`onInvalid` is "refuse" or "accept"; it was `ignore`.'],
    [{ onError: "log" }, "`onError` is a function; it was `log`."],
    [{ logger: {} }, "`logger` is an object with debug, info, warn, error; it was an object."],
    [{ idempotency: new Map() }, "`idempotency` is an object with claim, complete, release"],
    [{ clock: Date }, "`clock` is an object with now, monotonicMs, schedule; it was a function."],
    [{ events: "order.*" }, "`events` is an object; it was `order.*`."],
    [{ events: [] }, "`events` is an object; it was a list."],
    [{ events: null }, "`events` is an object; it was null."],
    [{ idempotency: null }, "it was null."],
    [{ require: null }, "it was null."],
    [{ toleranceMs: null }, "it was null."],
    [{ maxEventAgeMs: null }, "it was null."],
    [{ maxBodyBytes: null }, "it was null."],
    [{ handlerTimeoutMs: null }, "it was null."],
    [{ onInvalid: null }, "it was null."],
    [{ onError: null }, "it was null."],
    [{ logger: null }, "it was null."],
    [{ clock: null }, "it was null."],
  ])("%j is refused with its name, what it can be and what it was", (options, message) => {
    const error = refusal(options);
    expect(error.code).toBe("option_invalid");
    expect(error.field).toBe(Object.keys(options)[0]);
    expect(error.message).toContain(message);
  });

  test.each([undefined, null, "pa55word", [], 5])(
    "no options at all but %j are refused, and not repeated",
    (options) => {
      const refused = thrownBy(() => createReceiver(options as never));
      expect(refused).toMatchObject({ code: "option_invalid", field: "options" });
      expect(refused.message).toContain("createReceiver takes an object, such as { secret }");
      expect(refused.message).not.toContain("pa55word");
    },
  );

  test.each([
    [{ secrets: ["a-second-secret"] }, "secrets", "secret"],
    [{ tolerance: 300 }, "tolerance", "toleranceMs"],
    [{ requires: "both" }, "requires", "require"],
  ])("%j is refused for its name, and the nearest is named", (options, field, nearest) => {
    const error = refusal(options);
    expect(error).toMatchObject({ code: "option_invalid", field });
    expect(error.message).toContain(`createReceiver takes no \`${field}\`; did you mean \`${nearest}\`?`);
    expect(error.message).not.toContain("a-second-secret");
  });

  test.each([[{ "order.created": {} }], [{ "order.created": { object: {} } }]])(
    "events with what defineEvents did not make (%j) are refused",
    (events) => {
      const error = refusal({ events });
      expect(error).toMatchObject({ code: "option_invalid", field: "events.order.created" });
      expect(error.message).toContain("defineEvents");
    },
  );

  test("undefined means the default", () => {
    const unset = Object.fromEntries(
      [
        "events",
        "idempotency",
        "require",
        "toleranceMs",
        "maxEventAgeMs",
        "maxBodyBytes",
        "handlerTimeoutMs",
        "onInvalid",
        "onError",
        "logger",
        "clock",
      ].map((name) => [name, undefined]),
    );
    expect(() => createReceiver({ secret, ...unset })).not.toThrow();
  });
});

describe("a secret that cannot be", () => {
  test.each([
    [undefined, "`secret` is undefined; is the environment variable set? Give the webhook's secret as"],
    ["", "`secret` is blank; is the environment variable set? Give"],
    [" \t", "`secret` is blank"],
    [null, "`secret` is null."],
    [4_217_358_106_449, "`secret` is a number."],
    [[], "`secret` is an empty list."],
    [[secret, undefined], "`secret[1]` is undefined; is the environment variable set?"],
    [[" "], "`secret[0]` is blank"],
    ["whsec_not base64, and hush", "`secret` begins with whsec_ and goes on with something else than base64."],
  ])("%j is refused when the receiver is made", (given, message) => {
    const error = refusal({ secret: given });
    expect(error.code).toBe("secret_invalid");
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/hush|4217358106449/);
  });
});
