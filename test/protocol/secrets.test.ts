import { describe, expect, test } from "vitest";
import { MASKED_SECRET, generateSecret, validateSecret } from "../../src/protocol/secrets.js";
import { thrownBy } from "./thrown-by.js";

const refusal = (secret: unknown) => thrownBy(() => validateSecret(secret));

describe("generateSecret", () => {
  test("answers whsec_ and the base64 of 32 bytes, which is itself a valid secret", () => {
    const secret = generateSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
    expect(validateSecret(secret)).toBe(secret);
  });

  test("never answers the same twice", () => {
    expect(new Set(Array.from({ length: 1_000 }, generateSecret)).size).toBe(1_000);
  });
});

describe("validateSecret", () => {
  test.each([
    ["16 bytes", "a".repeat(16)],
    ["512 bytes", "a".repeat(512)],
    ["16 bytes in 8 characters", "é".repeat(8)],
    ["the documented secret", "your-webhook-secret"],
    ["whsec_ and base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  ])("accepts %s and answers it unchanged", (_, secret) => {
    expect(validateSecret(secret)).toBe(secret);
  });

  test.each([
    ["nothing", ""],
    ["15 bytes", "a".repeat(15)],
    ["513 bytes", "a".repeat(513)],
    ["512 characters in 513 bytes", `${"a".repeat(511)}é`],
    ["megabytes", "a".repeat(5_000_000)],
    ["blanks", " ".repeat(16)],
    ["half a surrogate pair", `${"a".repeat(16)}\ud800`],
    ["whsec_ and what is no base64", "whsec_not-base64-at-all"],
    ["whsec_ and base64 without its padding", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"],
    ["whsec_ and base64 with a line break", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"],
  ])("refuses %s, says what a secret is and that one can be generated", (_, secret) => {
    const error = refusal(secret);
    expect(error).toMatchObject({ code: "secret_invalid", field: "secret" });
    expect(error.message).toContain("16 to 512 bytes");
    expect(error.message).toContain("generated");
  });

  test.each([undefined, null, 7, {}, ["your-webhook-secret"], Buffer.alloc(32)])("refuses %j", (secret) => {
    expect(refusal(secret)).toMatchObject({ code: "secret_invalid", field: "secret" });
  });

  test("refuses the mask, which is what a caller sends back who stored an answer", () => {
    expect(refusal(MASKED_SECRET).message).toContain("masked");
  });

  test("never repeats the secret", () => {
    for (const secret of ["hunter2", "whsec_hunter2-hunter2-hunter2"]) {
      const error = refusal(secret);
      expect(JSON.stringify([error.message, error.stack])).not.toContain("hunter2");
    }
  });
});
