import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { createSender, type SenderOptions } from "@auraconnect/webhooks/sender";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { thrownBy } from "../protocol/thrown-by.js";
import { HOSTILE, hostileBut, type HostileName } from "../support/hostile-values.js";
import { heard, sample, startSender } from "../support/sender-scene.js";
import { untilInTime } from "../support/until.js";

const store = memoryStore();

/** Which of the hostile values fit an option. All others are refused; a new option has to be entered here. */
const FITTING: Readonly<Record<keyof SenderOptions, readonly HostileName[]>> = {
  store: [],
  events: ["an object", "what cannot be text"],
  secretKeys: ["a list"],
  plaintextSecrets: ["true", "false"],
  retrySchedule: ["a list"],
  attemptTimeoutMs: ["5"],
  concurrency: ["5"],
  concurrencyPerWebhook: ["5"],
  maxWebhooks: ["5"],
  rateLimit: ["5", "false", "a function"],
  disableAfter: ["false", "an object", "what cannot be text"],
  retention: ["false", "an object", "what cannot be text"],
  addressPolicy: ["an object", "what cannot be text"],
  proxy: [],
  tls: ["an object", "what cannot be text"],
  standardSignature: ["true", "false"],
  rotationOverlapMs: ["5"],
  leaseMs: [],
  logger: [],
  telemetry: [],
  clock: [],
  random: ["a function"],
  transport: [],
};

describe("createSender", () => {
  test("touches nothing by itself", () => {
    const touch = (): never => {
      throw new Error("touched");
    };
    createSender({ store: { ...store, open: touch, close: touch, listen: touch } });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no store", { store: undefined }, "store"],
    ["a store that is null", { store: null }, "store"],
    ["a store that is a path", { store: "webhooks.db" }, "store"],
    ["no concurrency", { concurrency: 0 }, "concurrency"],
    ["half a concurrency", { concurrency: 1.5 }, "concurrency"],
    ["concurrency as text", { concurrency: "5" }, "concurrency"],
    ["concurrency as null", { concurrency: null }, "concurrency"],
    ["more per webhook than in all", { concurrency: 4, concurrencyPerWebhook: 5 }, "concurrencyPerWebhook"],
    ["a time-out of 0", { attemptTimeoutMs: 0 }, "attemptTimeoutMs"],
    ["an endless time-out", { attemptTimeoutMs: Infinity }, "attemptTimeoutMs"],
    ["a time-out that is no number", { attemptTimeoutMs: NaN }, "attemptTimeoutMs"],
    ["a lease of less than a second", { leaseMs: 999 }, "leaseMs"],
    ["no webhooks at all", { maxWebhooks: 0 }, "maxWebhooks"],
    ["an overlap that is negative", { rotationOverlapMs: -1 }, "rotationOverlapMs"],
    ["a switch as text", { standardSignature: "no" }, "standardSignature"],
    ["a switch as a number", { plaintextSecrets: 1 }, "plaintextSecrets"],
    ["a schedule that is a number", { retrySchedule: 5 }, "retrySchedule"],
    ["a delay that is negative", { retrySchedule: [1_000, -1] }, "retrySchedule[1]"],
    ["a delay that is no number", { retrySchedule: [NaN] }, "retrySchedule[0]"],
    [
      "a network that is none",
      { addressPolicy: { allowNetworks: ["127.0.0.0/33"] } },
      "addressPolicy.allowNetworks[0]",
    ],
    ["http as text", { addressPolicy: { allowHttp: "true" } }, "addressPolicy.allowHttp"],
    ["a proxy that is no URL", { proxy: "proxy:3128" }, "proxy"],
    ["a certificate that is no PEM", { tls: { ca: "none" } }, "tls.ca"],
    ["a key that is too short", { secretKeys: [{ id: "a", key: "short" }] }, "secretKeys[0].key"],
  ])("refuses %s and names the option", (_, options, field) => {
    const error = thrownBy(() => createSender({ store, ...options }));
    expect({ code: error.code, field: error.field }).toEqual({ code: "option_invalid", field });
  });

  const cases = Object.entries(FITTING).flatMap(([option, fitting]) =>
    hostileBut(...fitting).map(([value, given]) => [option, value, given] as const),
  );
  test.each(cases)("refuses as `%s` %s, and repeats no secret", (option, _, given) => {
    const error = thrownBy(() => createSender({ store, [option]: given }));
    expect(error.code).toBe("option_invalid");
    expect(error.field).toMatch(new RegExp(`^${option}(?![A-Za-z])`));
    expect(error.message).toContain(`\`${option}`);
    if (["secretKeys", "tls", "proxy"].includes(option)) expect(error.message).not.toContain("pa55word");
  });

  test.each(Object.entries(FITTING))("takes as `%s` what fits, and the default for undefined", (option, fitting) => {
    for (const value of [undefined, ...fitting.map((name) => HOSTILE[name])]) {
      // A store has no default.
      if (option !== "store") createSender({ store, [option]: value });
    }
  });

  test.each(hostileBut())("refuses to be given %s alone, and does not repeat it", (_, given) => {
    const error = thrownBy(() => createSender(given as never));
    expect(error.code).toBe("option_invalid");
    expect(error.field).toMatch(/^(options|store|pa55)$/);
    expect(error.message).not.toContain("pa55word");
  });

  test("refuses to be given nothing, and says what it takes", () => {
    const error = thrownBy(() => (createSender as () => unknown)());
    expect(error).toMatchObject({ code: "option_invalid", field: "options" });
    expect(error.message).toBe("createSender takes an object, such as { store }; it was undefined.");
  });

  test.each<[Record<string, unknown>, string, string]>([
    [{ retrySchedul: [1] }, "retrySchedul", "retrySchedule"],
    [{ attemptTimeoutMS: 5 }, "attemptTimeoutMS", "attemptTimeoutMs"],
    [{ transports: null }, "transports", "transport"],
    [{ disableAfter: { failure: 5 } }, "disableAfter.failure", "failures"],
    [{ retention: { age: 5 } }, "retention.age", "ageMs"],
    [{ addressPolicy: { allowHttps: true } }, "addressPolicy.allowHttps", "allowHttp"],
    [{ tls: { cas: "" } }, "tls.cas", "ca"],
    [{ secretKeys: [{ id: "a", keys: "" }] }, "secretKeys[0].keys", "key"],
  ])("refuses the misspelt name in %j, and names the nearest", (options, field, nearest) => {
    const error = thrownBy(() =>
      createSender(Object.assign(Object.create(null) as { store: typeof store }, { store }, options)),
    );
    expect(error).toMatchObject({ code: "option_invalid", field });
    expect(error.message).toContain(`did you mean \`${nearest}\`?`);
  });

  test.each(["__proto__", "constructor", "database", "x".repeat(100_000)])(
    "refuses %.20s, and suggests nothing that is far from it",
    (name) => {
      const { message, ...error } = thrownBy(() => createSender(JSON.parse(`{"${name}": 1}`) as never));
      expect(error.code).toBe("option_invalid");
      expect(message).toMatch(/^createSender takes no `\S{8,81}`\. It takes store, events, /);
    },
  );

  test("passes over a name that is undefined, as if it were left out", () => {
    createSender({ store, ...{ retrySchedul: undefined } });
  });

  test.each<[string, unknown, string]>([
    ["parts that are none", { ...store, queue: 1, webhooks: 1 }, "`webhooks`"],
    ["no notes", { ...store, notes: undefined }, "`notes`"],
    ["nothing to open it with", { ...store, open: undefined }, "`open`"],
    // A store that kept silent would be given secrets in plain text.
    ["no word on whether it is durable", { ...store, durable: undefined }, "`durable`"],
  ])("refuses a store with %s, and names the part", (_, given, part) => {
    const error = thrownBy(() => createSender({ store: given as typeof store }));
    expect(error).toMatchObject({ code: "option_invalid", field: "store" });
    expect(error.message).toContain(part);
  });

  test.each<[string, unknown, string]>([
    ["what defineEvents was not asked about", { "order.created": {} }, "events.order.created"],
    ["a definition by half", { "order.created": { object: {} } }, "events.order.created"],
    ["null", { "order.created": null }, "events.order.created"],
  ])("refuses events of which one is %s, and names defineEvents", (_, events, field) => {
    const error = thrownBy(() => createSender({ store, events: events as never }));
    expect(error).toMatchObject({ code: "option_invalid", field });
    expect(error.message).toContain("defineEvents");
  });

  test.each<[unknown, string]>([
    [{ ca: 5 }, "tls.ca"],
    [{ ca: {} }, "tls.ca"],
    [{ ca: null }, "tls.ca"],
    [{ ca: [5] }, "tls.ca[0]"],
    [{ ca: Array(1) }, "tls.ca[0]"],
    [{ cert: 5 }, "tls.cert"],
    [{ key: null }, "tls.key"],
    [{ passphrase: 5 }, "tls.passphrase"],
  ])("refuses as `tls` %j", (tls, field) => {
    const error = thrownBy(() => createSender({ store, tls: tls as never }));
    expect(error).toMatchObject({ code: "option_invalid", field });
  });

  test("gives a webhook no more than there is in all, where only the latter is said", () => {
    createSender({ store, concurrency: 1 });
  });
});

describe("`random`", () => {
  const never = (): never => {
    throw new Error("no entropy");
  };
  test.each<[string, () => unknown]>([
    ["NaN", () => NaN],
    ["-1,000,000", () => -1_000_000],
    ["Infinity", () => Infinity],
    ["a BigInt", () => 1n],
    ["nothing", () => undefined],
    ["only an exception", never],
  ])("that answers %s never makes a retry come sooner", async (_, random) => {
    const clock = simulatedClock();
    const failure = { kind: "failure", reason: "connection", message: "It is down.", durationMs: 0 } as const;
    const transport = { send: () => Promise.resolve(failure), close: () => Promise.resolve() };
    const sender = await startSender({ clock, transport, random: random as () => number });
    const retrying = heard(sender, "delivery.retrying");
    await sender.webhooks.create({ url: "https://example.com/", events: ["*"] });
    await sender.publish("order.created", sample("order.created"));
    await untilInTime(clock, "the attempt was judged", () => retrying.length > 0);
    const [{ delivery, attempt }] = retrying as [(typeof retrying)[number]];
    expect(Date.parse(delivery.nextAttemptAt ?? "") - Date.parse(attempt.sentAt)).toBeGreaterThanOrEqual(10_000);
  });
});
