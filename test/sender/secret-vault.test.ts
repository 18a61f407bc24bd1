import { describe, expect, test } from "vitest";
import { createSecretVault, type SecretKey } from "../../src/sender/secret-vault.js";
import { thrownBy } from "../protocol/thrown-by.js";

const owner = { accountId: "default", webhookId: "webhook_1" };
const OLD: SecretKey = { id: "old", key: Buffer.alloc(32, 1) };
const NEW: SecretKey = { id: "new", key: Buffer.alloc(32, 2).toString("base64") };
const secret = "pass\u0000word – \u{1f511}";

describe("a vault with keys", () => {
  test("opens what it sealed, whatever the secret holds", () => {
    const vault = createSecretVault([NEW], false);
    for (const each of [secret, "x".repeat(512), ""]) expect(vault.open(owner, vault.seal(owner, each))).toBe(each);
  });

  test("never seals twice alike, and shows no part of the secret", () => {
    const vault = createSecretVault([NEW], false);
    const sealed = Array.from({ length: 100 }, () => vault.seal(owner, "a-secret-of-the-caller"));
    expect(new Set(sealed).size).toBe(100);
    for (const each of sealed)
      expect(Buffer.from(each.split(":")[2]!, "base64").toString("latin1")).not.toContain("secret");
  });

  test("seals with the first key and opens with every one", () => {
    const sealedBefore = createSecretVault([OLD], false).seal(owner, secret);
    const vault = createSecretVault([NEW, OLD], false);
    expect(vault.open(owner, sealedBefore)).toBe(secret);
    const sealed = vault.seal(owner, secret);
    expect(createSecretVault([NEW], false).open(owner, sealed)).toBe(secret);
    expect(thrownBy(() => createSecretVault([OLD], false).open(owner, sealed))).toMatchObject({
      code: "secret_unreadable",
    });
  });

  test("reads a key as bytes, base64 or hex, and means the same", () => {
    const key = Buffer.alloc(32, 2);
    const sealed = createSecretVault([NEW], false).seal(owner, secret);
    for (const each of [
      key,
      new Uint8Array(key),
      key.toString("base64"),
      key.toString("hex"),
      key.toString("base64url"),
    ]) {
      expect(createSecretVault([{ id: "new", key: each }], false).open(owner, sealed)).toBe(secret);
    }
  });

  test.each([
    ["another webhook", { accountId: "default", webhookId: "webhook_2" }],
    ["another account", { accountId: "other", webhookId: "webhook_1" }],
    ["the same letters, divided otherwise", { accountId: `default","webhook_1`, webhookId: "" }],
  ])("does not open what was sealed for %s", (_, thief) => {
    const vault = createSecretVault([NEW], false);
    const error = thrownBy(() => vault.open(thief, vault.seal(owner, secret)));
    expect(error.code).toBe("secret_unreadable");
    expect(error.message).not.toContain(secret);
  });

  test("opens nothing that was changed in any place, cut or lengthened", () => {
    const vault = createSecretVault([NEW], false);
    const [scheme, id, encoded] = vault.seal(owner, secret).split(":") as [string, string, string];
    const bytes = Buffer.from(encoded, "base64");
    const forged = Array.from(bytes, (byte, index) => {
      const copy = Buffer.from(bytes);
      copy[index] = byte ^ 1;
      return copy;
    });
    forged.push(
      bytes.subarray(0, -1),
      bytes.subarray(1),
      bytes.subarray(0, 27),
      Buffer.alloc(0),
      Buffer.concat([bytes, bytes]),
    );
    for (const each of forged) {
      const sealed = `${scheme}:${id}:${each.toString("base64")}`;
      expect(thrownBy(() => vault.open(owner, sealed)).code).toBe("secret_unreadable");
    }
  });

  test.each([
    "",
    "aes256gcm:",
    "aes256gcm:new",
    "aes256gcm:new:",
    "aes256gcm::::",
    "aes128:new:AAAA",
    "constructor",
    "aes256gcm:__proto__:AAAA",
  ])("opens nothing of `%s`", (sealed) => {
    expect(thrownBy(() => createSecretVault([NEW], false).open(owner, sealed)).code).toBe("secret_unreadable");
  });

  test("opens what was kept readable before there were keys", () => {
    const kept = createSecretVault([], true).seal(owner, secret);
    expect(createSecretVault([NEW], false).open(owner, kept)).toBe(secret);
  });
});

describe("a vault without keys", () => {
  test("refuses to keep a secret, unless that is allowed", () => {
    const vault = createSecretVault([], false);
    expect(thrownBy(() => vault.seal(owner, secret))).toMatchObject({
      code: "secret_key_missing",
      field: "secretKeys",
    });
    const assertUsable = (): void => {
      vault.assertUsable();
    };
    expect(thrownBy(assertUsable).code).toBe("secret_key_missing");
    const allowed = createSecretVault([], true);
    allowed.assertUsable();
    expect(allowed.open(owner, allowed.seal(owner, secret))).toBe(secret);
  });
});

describe("a key ring that cannot be", () => {
  test.each<[string, readonly unknown[], string]>([
    ["a key of 31 bytes", [{ id: "a", key: Buffer.alloc(31) }], "secretKeys[0].key"],
    ["a key of 33 bytes in base64", [{ id: "a", key: Buffer.alloc(33).toString("base64") }], "secretKeys[0].key"],
    ["a passphrase", [{ id: "a", key: "correct horse battery staple" }], "secretKeys[0].key"],
    ["64 characters that are no hex", [{ id: "a", key: "z".repeat(64) }], "secretKeys[0].key"],
    ["no key", [NEW, { id: "a" }], "secretKeys[1].key"],
    ["an empty id", [{ ...NEW, id: "" }], "secretKeys[0].id"],
    ["an id with the divider", [{ ...NEW, id: "a:b" }], "secretKeys[0].id"],
    ["an id that is a number", [{ ...NEW, id: 5 }], "secretKeys[0].id"],
    ["the same id twice", [NEW, { ...OLD, id: "new" }], "secretKeys"],
  ])("%s is refused, and not repeated", (_, keys, field) => {
    const error = thrownBy(() => createSecretVault(keys as readonly SecretKey[], false));
    expect({ code: error.code, field: error.field }).toEqual({ code: "option_invalid", field });
    expect(error.message).not.toContain("correct horse");
  });
});
