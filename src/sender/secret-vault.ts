import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readGroup, type NamesOf } from "../domain/option-value.js";
import { kindOf } from "../domain/quote.js";
import { WebhookError } from "../errors.js";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = "aes256gcm:";
const PLAIN = "plain:";

/** A key that encrypts webhook secrets at rest. */
export interface SecretKey {
  /** Stored with each secret it encrypts, so that keys can be replaced. 1 to 64 of `A-Z a-z 0-9 _ . -`. */
  readonly id: string;
  /** 32 bytes, or a string that holds them in base64 or hex. */
  readonly key: Uint8Array | string;
}

/** Whose secret it is. Bound into what is sealed: a sealed secret that is moved to another webhook does not open. */
export interface SecretOwner {
  readonly accountId: string;
  readonly webhookId: string;
}

/** Turns secrets into what a store may keep, and back. */
export interface SecretVault {
  /** @throws {@link WebhookError} `secret_key_missing` when the store is durable and nothing says how to keep secrets. */
  assertUsable(): void;

  /** @throws {@link WebhookError} `secret_key_missing` as above. */
  seal(owner: SecretOwner, secret: string): string;

  /** Whether `seal` would seal it under the key it is sealed under. */
  isCurrent(sealed: string): boolean;

  /** @throws {@link WebhookError} `secret_unreadable` when its key is gone or what was stored was tampered with. */
  open(owner: SecretOwner, sealed: string): string;
}

/**
 * A vault on a key ring: the first key seals, all of them open. Without keys secrets are kept as they are, where that
 * is allowed.
 *
 * @throws {@link WebhookError} `option_invalid` when a key is not 32 bytes or an id stands twice.
 */
export function createSecretVault(keys: readonly SecretKey[], plaintextAllowed: boolean): SecretVault {
  const ring = readRing(keys);
  const [newest] = ring;

  const assertUsable = (): void => {
    if (newest !== undefined || plaintextAllowed) return;
    throw new WebhookError(
      "secret_key_missing",
      "This store outlives the process, so webhook secrets must be encrypted: give createSender `secretKeys: [{ id, key }]` with 32 random bytes (openssl rand -base64 32), or say `plaintextSecrets: true`.",
      { field: "secretKeys" },
    );
  };

  return {
    assertUsable,
    seal(owner, secret) {
      assertUsable();
      return newest === undefined ? PLAIN + secret : encrypt(newest[0], newest[1], owner, secret);
    },
    isCurrent(sealed) {
      return sealed.startsWith(newest === undefined ? PLAIN : `${SEALED}${newest[0]}:`);
    },
    open(owner, sealed) {
      return sealed.startsWith(PLAIN) ? sealed.slice(PLAIN.length) : decrypt(ring, owner, sealed);
    },
  };
}

function encrypt(keyId: string, key: Uint8Array, owner: SecretOwner, secret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(owner));
  const sealed = Buffer.concat([nonce, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${SEALED}${keyId}:${sealed.toString("base64")}`;
}

function decrypt(ring: ReadonlyMap<string, Uint8Array>, owner: SecretOwner, sealed: string): string {
  const [keyId = "", encoded = ""] = sealed.startsWith(SEALED) ? sealed.slice(SEALED.length).split(":") : [];
  const key = ring.get(keyId);
  if (key === undefined) {
    throw unreadable(owner, `it was sealed with key \`${keyId}\`, which is not in \`secretKeys\``);
  }
  const bytes = Buffer.from(encoded, "base64");
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(owner));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch (cause) {
    throw unreadable(owner, `it does not open with key \`${keyId}\``, cause);
  }
}

/** Length-prefixed, so that no two owners read alike. */
function associatedData({ accountId, webhookId }: SecretOwner): Buffer {
  return Buffer.from(JSON.stringify([accountId, webhookId]));
}

function unreadable({ webhookId }: SecretOwner, why: string, cause?: unknown): WebhookError {
  return new WebhookError("secret_unreadable", `The stored secret of ${webhookId} cannot be opened: ${why}.`, {
    cause,
  });
}

const NAMES: NamesOf<SecretKey> = { id: true, key: true };

function readRing(keys: unknown): ReadonlyMap<string, Uint8Array> {
  if (!Array.isArray(keys)) {
    const message = `\`secretKeys\` is a list of keys, newest first, each { id, key }; it was ${kindOf(keys)}.`;
    throw new WebhookError("option_invalid", message, { field: "secretKeys" });
  }
  const read = Array.from<SecretKey, [string, Uint8Array]>(keys, (entry, index) => {
    const key = readGroup(`secretKeys[${index}]`, entry, NAMES);
    return [readId(key, index), readKey(key, index)];
  });
  const ring = new Map(read);
  if (ring.size === keys.length) return ring;
  throw new WebhookError("option_invalid", "Two of `secretKeys` have the same id.", { field: "secretKeys" });
}

function readId({ id }: Partial<SecretKey>, index: number): string {
  if (typeof id === "string" && /^[A-Za-z0-9_.-]{1,64}$/.test(id)) return id;
  throw new WebhookError("option_invalid", `The id of a secret key has 1 to 64 characters of A-Z a-z 0-9 _ . -.`, {
    field: `secretKeys[${index}].id`,
  });
}

function readKey({ key }: Partial<SecretKey>, index: number): Uint8Array {
  const bytes = typeof key === "string" ? Buffer.from(key, key.length === 2 * KEY_BYTES ? "hex" : "base64") : key;
  if (bytes instanceof Uint8Array && bytes.length === KEY_BYTES) return bytes;
  throw new WebhookError(
    "option_invalid",
    `A secret key is ${KEY_BYTES} bytes, or a string that holds them in base64 or hex: openssl rand -base64 ${KEY_BYTES}.`,
    { field: `secretKeys[${index}].key` },
  );
}
