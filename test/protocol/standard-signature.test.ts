import { createHmac, createSecretKey } from "node:crypto";
import { signStandard, verifyStandard, type StandardMessage } from "@auraconnect/webhooks/signature";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { generateSecret } from "../../src/protocol/secrets.js";
import { matchStandardSignature } from "../../src/protocol/standard-signature.js";
import { documentedText } from "./documented-example.js";
import { thrownBy } from "./thrown-by.js";

/** The example that the specification's own libraries are tested with. */
const published = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  message: { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const { secret, message, signature } = published;
const other = signStandard(message, "another-webhook-secret");

/** Its libraries judge the timestamp by the clock of the machine. */
const now = Math.floor(Date.now() / 1_000);
const body = documentedText("order.created.json");
const current: StandardMessage = { id: "evt_123", timestamp: now, body };
const headersOf = (signatures: string) => ({
  "webhook-id": current.id,
  "webhook-timestamp": String(now),
  "webhook-signature": signatures,
});

describe("signStandard", () => {
  test("answers the published example", () => {
    expect(signStandard(message, secret)).toBe(signature);
    expect(signStandard({ ...message, timestamp: String(message.timestamp) }, secret)).toBe(signature);
    expect(signStandard({ ...message, body: Buffer.from(message.body) }, secret)).toBe(signature);
  });

  test("takes a prepared key", () => {
    const key = createSecretKey(Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"));
    expect(signStandard(message, key)).toBe(signature);
  });

  test("makes what the public library verifies, for a generated secret", () => {
    const generated = generateSecret();
    const headers = headersOf(signStandard(current, generated));
    expect(new Webhook(generated).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test("makes what the public library verifies, for secrets that callers chose", () => {
    for (const chosen of ["your-webhook-secret", "clé secrète 🔑 de Zoë"]) {
      const headers = headersOf(signStandard(current, chosen));
      expect(new Webhook(Buffer.from(chosen), { format: "raw" }).verify(body, headers)).toEqual(JSON.parse(body));
    }
    const headers = headersOf(signStandard(current, "your-webhook-secret"));
    expect(new Webhook("your-webhook-secret", { format: "raw" }).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test("makes two signatures of a rotation that the public library verifies with either secret", () => {
    const [previous, next] = [generateSecret(), generateSecret()];
    const headers = headersOf(`${signStandard(current, next)} ${signStandard(current, previous)}`);
    expect(new Webhook(previous).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(next).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test.each([
    "",
    "  ",
    undefined,
    null,
    7,
    "whsec_",
    "whsec_not base64",
    "whsec_QUJ",
    "whsec_QUJD\n",
    "whsec_QUJD====",
  ])("refuses %j as a secret", (given) => {
    expect(thrownBy(() => signStandard(message, given as string)).code).toBe("secret_invalid");
  });

  test.each([undefined, null, { id: "evt_1" }])("refuses %j as a body", (given) => {
    const parsed = { ...message, body: given as unknown as string };
    expect(thrownBy(() => signStandard(parsed, secret)).code).toBe("option_invalid");
  });

  test.each([
    [undefined, "id"],
    [null, "id"],
    [5, "id"],
    [{ ...message, id: undefined }, "id"],
    [{ ...message, id: 5 }, "id"],
    [{ ...message, timestamp: undefined }, "timestamp"],
    [{ ...message, timestamp: NaN }, "timestamp"],
    [{ ...message, timestamp: new Date() }, "timestamp"],
  ])("refuses to sign what is missing as `undefined`: %j", (given, field) => {
    const error = thrownBy(() => signStandard(given as StandardMessage, secret));
    expect(error).toMatchObject({ code: "option_invalid", field });
  });

  test("refuses to be given nothing at all", () => {
    expect(thrownBy(() => (signStandard as () => unknown)()).code).toBe("option_invalid");
  });
});

describe("verifyStandard", () => {
  test("accepts the published example", () => {
    expect(verifyStandard(message, signature, secret)).toBe(true);
    expect(verifyStandard({ ...message, timestamp: String(message.timestamp) }, signature, [secret])).toBe(true);
  });

  test("accepts what the public library signs, under generated and chosen secrets", () => {
    const generated = generateSecret();
    const at = new Date(now * 1_000);
    expect(verifyStandard(current, new Webhook(generated).sign(current.id, at, body), generated)).toBe(true);
    const raw = new Webhook("your-webhook-secret", { format: "raw" }).sign(current.id, at, body);
    expect(verifyStandard(current, raw, "your-webhook-secret")).toBe(true);
  });

  test.each([
    ["id", { ...message, id: "msg_p5jXN8AQM9LWM0D4loKWxJel" }],
    ["timestamp", { ...message, timestamp: message.timestamp + 1 }],
    ["body", { ...message, body: `${message.body} ` }],
  ])("refuses another %s", (_, changed) => {
    expect(verifyStandard(changed, signature, secret)).toBe(false);
  });

  test("lets no part of the message pass for another", () => {
    const shifted = { id: "a", timestamp: "1", body: "2.{}" };
    const forged = signStandard({ id: "a", timestamp: "1.2", body: "{}" }, secret);
    expect(verifyStandard({ id: "a", timestamp: "1.2", body: "{}" }, forged, secret)).toBe(false);
    expect(forged).toBe(signStandard(shifted, secret));
  });

  test("refuses an id with a full stop, behind which another message may stand", () => {
    const signed = signStandard({ id: "a", timestamp: 1, body: "2.{}" }, secret);
    expect(verifyStandard({ id: "a.1", timestamp: 2, body: "{}" }, signed, secret)).toBe(false);
  });

  test("finds the good signature among others, in any order", () => {
    expect(verifyStandard(message, `${other} ${signature}`, secret)).toBe(true);
    expect(verifyStandard(message, `${signature} ${other}`, secret)).toBe(true);
    expect(verifyStandard(message, `v1a,abc v2,def  ${signature}`, secret)).toBe(true);
  });

  test("reads no more than eight signatures of a header", () => {
    expect(verifyStandard(message, `${`${other} `.repeat(7)}${signature}`, secret)).toBe(true);
    expect(verifyStandard(message, `${`${other} `.repeat(8)}${signature}`, secret)).toBe(false);
  });

  test.each([
    ["no version", signature.slice(3)],
    ["another version", signature.replace("v1", "v2")],
    ["the version in upper case", signature.replace("v1", "V1")],
    ["no padding", signature.slice(0, -1)],
    ["another padding character", signature.replace(/=$/, "A")],
    ["other bits in the last character", signature.replace("OE=", "OF=")],
    ["base64url", signature.replaceAll("+", "-").replaceAll("/", "_")],
    ["hex", `v1,${Buffer.from(signature.slice(3), "base64").toString("hex")}`],
    ["the good signature and junk after it", `${signature}zz`],
    ["two joined by a comma", `${signature},${signature}`],
    ["two joined by a tab", `${other}\t${signature}`],
    ["a line break after it", `${signature}\n`],
    ["the version alone", "v1,"],
    ["as many characters, but more bytes", `${signature.slice(0, -1)}é`],
    ["nothing", ""],
    ["spaces", "        "],
    ["a megabyte of spaces", " ".repeat(1_048_576)],
    ["a megabyte", "v1,".repeat(349_525)],
    ["a list", [signature]],
    ["an object that reads as the signature", { toString: () => signature, split: () => [signature] }],
    ["null", null],
    ["undefined", undefined],
    ["a number", 47],
  ])("refuses %s", (_, header) => {
    expect(verifyStandard(message, header, secret)).toBe(false);
  });

  test.each([
    ["another secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    ["the secret without its prefix", secret.slice("whsec_".length)],
    ["the secret and junk after it", `${secret}!`],
    ["the secret and a line break", `${secret}\n`],
    ["the prefix alone", "whsec_"],
    ["an empty list", []],
    ["nothing", undefined],
    ["null", null],
    ["an object", {}],
    ["bytes", Buffer.from(secret)],
  ])("answers false for %s in the place of the secrets", (_, secrets) => {
    expect(verifyStandard(message, signature, secrets as string)).toBe(false);
  });

  test.each(["", " ", "whsec_", "whsec_junk!", "whsec_QUJ"])("never accepts what is signed with %j", (weak) => {
    for (const key of [weak, "", Buffer.from(weak.replace("whsec_", ""), "base64")]) {
      const covered = `${message.id}.${message.timestamp}.${message.body}`;
      const forged = `v1,${createHmac("sha256", key).update(covered).digest("base64")}`;
      expect(verifyStandard(message, forged, weak)).toBe(false);
      expect(verifyStandard(message, forged, [weak, secret])).toBe(false);
    }
  });

  test.each([
    ["no message", undefined],
    ["null", null],
    ["text", "message"],
    ["no id", { ...message, id: undefined }],
    ["an empty id", { ...message, id: "" }],
    ["a list of ids", { ...message, id: [message.id] }],
    ["a symbol as id", { ...message, id: Symbol("id") }],
    ["no timestamp", { ...message, timestamp: undefined }],
    ["a timestamp that is no number", { ...message, timestamp: "soon" }],
    ["a timestamp with a fraction", { ...message, timestamp: 1.5 }],
    ["a negative timestamp", { ...message, timestamp: -1 }],
    ["NaN", { ...message, timestamp: Number.NaN }],
    ["a list of timestamps", { ...message, timestamp: [message.timestamp] }],
    ["a parsed body", { ...message, body: { test: 2_432_232_314 } }],
    ["no body", { id: message.id, timestamp: message.timestamp }],
  ])("answers false for %s, even if that were signed", (_, given) => {
    expect(verifyStandard(given as StandardMessage, signature, secret)).toBe(false);
    const { id, timestamp, body: anyBody } = { ...(given as Partial<StandardMessage>) };
    const covered = `${String(id)}.${String(timestamp)}.${typeof anyBody === "string" ? anyBody : ""}`;
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const made = `v1,${createHmac("sha256", key).update(covered).digest("base64")}`;
    expect(verifyStandard(given as StandardMessage, made, secret)).toBe(false);
  });

  test("answers false, and never throws, for anything", () => {
    const anyMessage = fc.oneof(
      fc.anything(),
      fc.record({ id: fc.anything(), timestamp: fc.anything(), body: fc.anything() }, { requiredKeys: [] }),
    );
    const header = fc.oneof(fc.anything(), fc.string({ unit: "binary" }), fc.constantFrom(signature, other));
    const secrets = fc.oneof(
      fc.anything(),
      fc.array(fc.anything()),
      fc.string().map((text) => `whsec_${text}`),
    );
    fc.assert(
      fc.property(anyMessage, header, secrets, (given, anyHeader, anySecrets) => {
        expect(verifyStandard(given as StandardMessage, anyHeader, anySecrets as string)).toBe(false);
      }),
    );
  });
});

describe("matchStandardSignature", () => {
  test("answers the place of the secret that matched", () => {
    expect(matchStandardSignature(message, signature, secret)).toBe(0);
    expect(matchStandardSignature(message, signature, ["new", secret, "old"])).toBe(1);
    expect(matchStandardSignature(message, signature, ["whsec_junk!", "", secret])).toBe(2);
  });

  test("answers the first of the list when the header carries signatures of several", () => {
    expect(matchStandardSignature(message, `${other} ${signature}`, [secret, "another-webhook-secret"])).toBe(0);
  });

  test("answers null when none matched, and when there is none", () => {
    expect(matchStandardSignature(message, signature, ["new", "old"])).toBeNull();
    expect(matchStandardSignature(message, signature, [])).toBeNull();
  });
});
