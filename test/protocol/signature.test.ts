import { createHmac, createSecretKey } from "node:crypto";
import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import { sign, verify } from "@auraconnect/webhooks/signature";
import { ERRORS, WebhookError } from "@auraconnect/webhooks";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchSignature } from "../../src/protocol/signature.js";
import { documentedText } from "./documented-example.js";
import { thrownBy } from "./thrown-by.js";

const secret = "your-webhook-secret";
const body = documentedText("order.created.json");
const signature = sign(body, secret);
const digest = signature.slice("sha256=".length);

type DocumentedVerifier = (payload: string | Uint8Array, signature: string, secret: string) => boolean;

/** The JavaScript sample of the documentation, run as it is printed. */
const documentedVerifier = runInNewContext(`${documentedText("javascript-verifier.txt")}\nverifyWebhookSignature`, {
  require: createRequire(import.meta.url),
  Buffer,
}) as DocumentedVerifier;

describe("sign", () => {
  test("answers GitHub's published example", () => {
    expect(sign("Hello, World!", "It's a Secret to Everybody")).toBe(
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    );
  });

  test("is accepted by the JavaScript verifier of the documentation, as printed", () => {
    expect(documentedVerifier(body, signature, secret)).toBe(true);
    expect(documentedVerifier(body, sign(body, "another secret"), secret)).toBe(false);
  });

  test("signs the UTF-8 bytes of text", () => {
    expect(sign("Crème brûlée 🍮", secret)).toBe(sign(Buffer.from("Crème brûlée 🍮", "utf8"), secret));
    expect(sign("Crème brûlée 🍮", secret)).not.toBe(sign(Buffer.from("Crème brûlée 🍮", "latin1"), secret));
  });

  test("is keyed with the whole secret's UTF-8 bytes, those of a whsec_ secret too", () => {
    for (const chosen of ["clé secrète 🔑", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]) {
      const hmac = createHmac("sha256", Buffer.from(chosen, "utf8")).update(body).digest("hex");
      expect(sign(body, chosen)).toBe(`sha256=${hmac}`);
    }
  });

  test("takes a prepared key", () => {
    expect(sign(body, createSecretKey(Buffer.from(secret)))).toBe(signature);
  });

  test.each(["", "   ", undefined, null, 7, {}, Buffer.from(secret)])("refuses %j as a secret", (given) => {
    const error = thrownBy(() => sign(body, given as string));
    expect(error.code).toBe("secret_invalid");
  });

  test("throws what is a WebhookError in every way, though the class is not bundled with it", () => {
    for (const error of [thrownBy(() => sign(body, "")), thrownBy(() => sign({} as string, secret))]) {
      expect(error).toBeInstanceOf(WebhookError);
      expect(error.name).toBe("WebhookError");
      expect(error.status).toBe(ERRORS[error.code].status);
      expect(error.stack).toContain("signature.test.ts");
    }
  });

  test.each([undefined, null, 7, { id: "evt_1" }, ["a"]])("refuses %j as a body", (given) => {
    const error = thrownBy(() => sign(given as unknown as string, secret));
    expect(error).toMatchObject({ code: "option_invalid", field: "body" });
  });
});

describe("verify", () => {
  test("accepts the signature of the body, as text or bytes", () => {
    expect(verify(body, signature, secret)).toBe(true);
    expect(verify(Buffer.from(body), signature, secret)).toBe(true);
    expect(verify(new Uint8Array(Buffer.from(body)), signature, secret)).toBe(true);
  });

  test("accepts the signature of an empty body", () => {
    expect(verify("", sign("", secret), secret)).toBe(true);
    expect(verify(new Uint8Array(), sign("", secret), [secret])).toBe(true);
  });

  test("refuses a body of which one byte was changed, added or taken", () => {
    expect(verify(body.replace("45.99", "45.98"), signature, secret)).toBe(false);
    expect(verify(`${body} `, signature, secret)).toBe(false);
    expect(verify(body.slice(0, -1), signature, secret)).toBe(false);
    expect(verify(JSON.stringify(JSON.parse(body)), signature, secret)).toBe(false);
  });

  test.each([
    ["no prefix", digest],
    ["another prefix", `sha512=${digest}`],
    ["the prefix in upper case", `SHA256=${digest}`],
    ["upper-case hex", `sha256=${digest.toUpperCase()}`],
    ["a digest that is too short", signature.slice(0, -1)],
    ["the prefix alone", "sha256="],
    ["a digest of zeros", `sha256=${"0".repeat(64)}`],
    ["the good digest and junk after it", `${signature}zz`],
    ["the good digest and hex after it", `${signature}00`],
    ["a space before it", ` ${signature}`],
    ["a line break after it", `${signature}\n`],
    ["two values, joined by a comma", `${signature},${signature}`],
    ["two values, joined as HTTP does", `${signature}, ${signature}`],
    ["a wrong value before the good one", `sha256=${"0".repeat(64)}, ${signature}`],
    ["as many characters, but more bytes", `${signature.slice(0, -1)}é`],
    ["as many characters, half of them surrogates", `sha256=${"\ud83d".repeat(64)}`],
    ["nothing", ""],
    ["a megabyte", "a".repeat(1_048_576)],
    ["a megabyte after the good digest", signature + "a".repeat(1_048_576)],
    ["a list", [signature]],
    ["a list of two", [signature, signature]],
    ["an object that reads as the signature", { toString: () => signature, length: signature.length }],
    ["bytes", Buffer.from(signature)],
    ["a String object", Object(signature)],
    ["null", null],
    ["undefined", undefined],
    ["a number", 71],
    ["true", true],
  ])("refuses %s", (_, header) => {
    expect(verify(body, header, secret)).toBe(false);
  });

  test.each([
    ["another secret", "another-webhook-secret"],
    ["the secret and a line break", `${secret}\n`],
    ["an empty list", []],
    ["a list in a list", [[secret]]],
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["an object", { 0: secret, length: 1 }],
    ["bytes", Buffer.from(secret)],
    ["a function", () => secret],
  ])("answers false for %s in the place of the secrets", (_, secrets) => {
    expect(verify(body, signature, secrets as string)).toBe(false);
  });

  test.each(["", " ", "\t\n", "\u00a0"])("never accepts what is signed with the blank secret %j", (blank) => {
    const forged = `sha256=${createHmac("sha256", blank).update(body).digest("hex")}`;
    expect(verify(body, forged, blank)).toBe(false);
    expect(verify(body, forged, [secret, blank])).toBe(false);
  });

  test("passes over what is no secret in a list", () => {
    const secrets = [undefined, null, "", 7, {}, secret] as string[];
    expect(verify(body, signature, secrets)).toBe(true);
  });

  test.each([undefined, null, 7, {}, { id: "evt_1" }, [1], Object.create(Uint8Array.prototype)])(
    "answers false for %j in the place of the body",
    (given) => {
      expect(verify(given as string, signature, secret)).toBe(false);
    },
  );

  test("answers false, and never throws, for anything", () => {
    const headers = fc.oneof(fc.anything(), fc.string({ minLength: 71, maxLength: 71, unit: "binary" }));
    const secrets = fc.oneof(fc.anything(), fc.array(fc.anything()));
    fc.assert(
      fc.property(fc.anything(), headers, secrets, (anyBody, anyHeader, anySecrets) => {
        expect(verify(anyBody as string, anyHeader, anySecrets as string)).toBe(false);
      }),
    );
  });

  test("accepts what sign makes of any body and secret", () => {
    const text = fc.string({ unit: "binary" });
    const key = text.filter((value) => value.trim() !== "");
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array()), key, (anyBody, anySecret) => {
        expect(verify(anyBody, sign(anyBody, anySecret), anySecret)).toBe(true);
      }),
    );
  });
});

describe("matchSignature", () => {
  test("answers the place of the secret that matched", () => {
    expect(matchSignature(body, signature, secret)).toBe(0);
    expect(matchSignature(body, signature, [secret, "old"])).toBe(0);
    expect(matchSignature(body, signature, ["new", secret, "old"])).toBe(1);
    expect(matchSignature(body, signature, ["new", "newer", secret])).toBe(2);
  });

  test("answers the first place of a secret that is listed twice", () => {
    expect(matchSignature(body, signature, ["new", secret, secret])).toBe(1);
  });

  test("counts what is no secret as a place", () => {
    expect(matchSignature(body, signature, ["", " ", secret])).toBe(2);
  });

  test("answers null when none matched, and when there is none", () => {
    expect(matchSignature(body, signature, ["new", "old"])).toBeNull();
    expect(matchSignature(body, signature, [])).toBeNull();
  });
});
