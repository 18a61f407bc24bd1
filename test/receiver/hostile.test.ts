import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReceiver, WebhookError, type ReceiverRequest } from "@auraconnect/webhooks/receiver";
import { sign, signStandard, verify, verifyStandard } from "@auraconnect/webhooks/signature";

const secret = "your-webhook-secret";
const RUNS = { numRuns: 3_000 };
const STATUSES = [200, 400, 401, 405, 413, 415];

const throwing = new Proxy([], {
  get: () => {
    throw new Error("touched");
  },
  getPrototypeOf: () => {
    throw new Error("touched");
  },
});
const lookAlikes: readonly unknown[] = [
  Object.create(Uint8Array.prototype),
  Object.create(Array.prototype),
  throwing,
  Symbol("x"),
  () => secret,
];

const signatureLike = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF".split("")), minLength: 60, maxLength: 68 })
    .map((hex) => `sha256=${hex}`),
  fc.string({ unit: "grapheme", minLength: 64, maxLength: 64 }).map((text) => `sha256=${text}`),
  fc.base64String({ minLength: 40, maxLength: 48 }).map((text) => `v1,${text}`),
  fc.constant(`sha256=${"f".repeat(1_000_000)}`),
  fc.constant("v1, ".repeat(500_000)),
  fc.constant(""),
);
const anything = fc.oneof(
  signatureLike,
  fc.anything({ withBigInt: true, withTypedArray: true }),
  fc.constantFrom(...lookAlikes),
);
const headerNames = fc.constantFrom(
  "X-AuraConnect-Signature",
  "x-auraconnect-signature",
  "X-AURACONNECT-SIGNATURE",
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
  "X-AuraConnect-Event",
  "X-AuraConnect-Event-Id",
  "X-AuraConnect-Webhook-Id",
  "__proto__",
  "constructor",
  "get",
);
const headers = fc.array(fc.tuple(headerNames, anything), { maxLength: 8 }).map((entries) => {
  const record: Record<string, unknown> = {};
  for (const [name, value] of entries)
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true });
  return record;
});
const bodies = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array(), fc.json(), fc.constant("[".repeat(10_000)));

describe("verify and verifyStandard", () => {
  test("answer false to anything that is no signature of the body", () => {
    fc.assert(
      fc.property(anything, anything, anything, (body, header, secrets) => {
        expect(verify(body as string, header, secrets as string)).toBe(false);
        expect(verifyStandard(body as never, header, secrets as string)).toBe(false);
        expect(verifyStandard({ id: body, timestamp: body, body } as never, header, secrets as string)).toBe(false);
      }),
      RUNS,
    );
  });

  test("answer true to the signature of the very body, and false to any other", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.string({ minLength: 1 }), (body, other, key) => {
        fc.pre(key.trim() !== "" && !key.startsWith("whsec_"));
        const same = Buffer.from(body).equals(Buffer.from(other));
        expect(verify(body, sign(body, key), key)).toBe(true);
        expect(verify(other, sign(body, key), key)).toBe(same);
        const message = { id: "evt_1", timestamp: 1, body };
        expect(verifyStandard(message, signStandard(message, key), key)).toBe(true);
        expect(verifyStandard({ ...message, body: other }, signStandard(message, key), key)).toBe(same);
      }),
      RUNS,
    );
  });

  test("answer false to every change of one character of a signature", () => {
    const body = "{}";
    const good = sign(body, secret);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ unit: "binary", minLength: 1, maxLength: 2 }), (at, put) => {
        fc.pre(good[at] !== put);
        expect(verify(body, good.slice(0, at) + put + good.slice(at + 1), secret)).toBe(false);
      }),
      RUNS,
    );
  });

  test("answer false under an empty or blank secret, whoever signed with it", () => {
    for (const blank of ["", " ", "\t\n"]) {
      const signature = `sha256=${createHmac("sha256", blank).update("{}").digest("hex")}`;
      expect(verify("{}", signature, blank)).toBe(false);
      expect(verify("{}", signature, [blank])).toBe(false);
    }
  });
});

describe("a receiver", () => {
  const receiver = createReceiver({ secret });

  test("answers anything that is not signed with a refusal, and throws nothing of its own", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("POST", "GET", "post", ""), headers, bodies, async (method, header, body) => {
        const reply = await receiver.receive({ method, header, body } as ReceiverRequest);
        expect([401, 405, 413, 415]).toContain(reply.status);
        const failure = await receiver.verify({ header, body } as ReceiverRequest).catch((error: unknown) => error);
        expect(WebhookError.is(failure)).toBe(true);
      }),
      RUNS,
    );
  });

  test("answers anything that is signed without failing", async () => {
    const events = fc.record(
      {
        id: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor"), fc.jsonValue()),
        type: fc.oneof(
          fc.constantFrom("order.created", "staff.clocked_in", "__proto__", "toString", "*"),
          fc.string(),
          fc.jsonValue(),
        ),
        created: fc.oneof(fc.constant("2026-01-01T00:00:00Z"), fc.string()),
        data: fc.oneof(fc.record({ object: fc.jsonValue() }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const signedBodies = fc.oneof(
      bodies,
      events.map((event) => JSON.stringify(event)),
    );
    await fc.assert(
      fc.asyncProperty(headers, signedBodies, async (others, body) => {
        const { "webhook-signature": _, ...kept } = others;
        const header = {
          ...Object.fromEntries(
            Object.entries(kept).filter(([name]) => name.toLowerCase() !== "x-auraconnect-signature"),
          ),
          "X-AuraConnect-Signature": sign(body, secret),
        };
        const reply = await receiver.receive({ method: "POST", header, body });
        expect(STATUSES).toContain(reply.status);
      }),
      RUNS,
    );
  });

  test("survives requests whose every part is hostile", async () => {
    await fc.assert(
      fc.asyncProperty(anything, anything, async (header, body) => {
        const outcome = await receiver
          .receive({ method: "POST", header, body } as ReceiverRequest)
          .catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "body_already_parsed" });
        else expect(outcome).toHaveProperty("status");
      }),
      RUNS,
    );
  });
});
