import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import { isKeyObject, isUint8Array } from "node:util/types";
import { signingError } from "./signing-error.js";

const PREFIX = "sha256=";
const SIGNATURE_BYTES = PREFIX.length + 64;

/**
 * Signs a body: the value of the `X-AuraConnect-Signature` header, `sha256=` and the lower-case hex HMAC-SHA256 of the
 * body's bytes under the secret's UTF-8 bytes.
 *
 * @param body The raw body; a string is signed as UTF-8.
 * @throws {@link WebhookError} `secret_invalid` for a secret that is empty, blank or no secret at all, `option_invalid`
 *   for a body that is neither text nor bytes.
 */
export function sign(body: string | Uint8Array, secret: string | KeyObject): string {
  checkSigned(body, secret);
  return signatureOf(body, secret);
}

function signatureOf(body: string | Uint8Array, key: string | KeyObject): string {
  return PREFIX + createHmac("sha256", key).update(body).digest("hex");
}

/**
 * Whether `header` is the signature of `body` under one of the secrets. Compares in constant time. Never throws:
 * anything that is not exactly one well-formed signature, and any empty or blank secret, answers false.
 *
 * The signature covers the body alone. It does not tell when the request was sent, so it does not stop a replay.
 *
 * @param body The bytes as they were received. A body that was parsed and serialised again does not verify.
 * @param header The value of `X-AuraConnect-Signature`, whatever the request had there.
 */
export function verify(body: string | Uint8Array, header: unknown, secrets: string | readonly string[]): boolean {
  try {
    return matchSignature(body, header, secrets) !== null;
  } catch {
    // What only looks like bytes or like a list throws where it is touched.
    return false;
  }
}

/** Like {@link verify}, but answers which of the secrets matched, by its place in the list; null when none did. */
export function matchSignature(
  body: string | Uint8Array,
  header: unknown,
  secrets: string | readonly string[],
): number | null {
  if (typeof header !== "string" || header.length !== SIGNATURE_BYTES || !isBody(body)) return null;
  const given = Buffer.from(header);
  // A character beyond ASCII has more bytes than places; timingSafeEqual throws on unequal lengths.
  if (given.length !== SIGNATURE_BYTES) return null;
  return matchSecret(secrets, (secret) => timingSafeEqual(given, Buffer.from(signatureOf(body, secret))));
}

/** The place of the first usable secret for which `matches` holds, or null. Hostile lists answer null. */
export function matchSecret(secrets: unknown, matches: (secret: string) => boolean): number | null {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  const index = list.findIndex((secret) => isUsable(secret) && matches(secret));
  return index === -1 ? null : index;
}

/** Whether this can be signed over at all; untyped callers pass parsed bodies. */
export function isBody(body: unknown): body is string | Uint8Array {
  return typeof body === "string" || isUint8Array(body);
}

/** An unset environment variable must not become a key that everybody knows. */
export function checkSigned(body: unknown, secret: unknown): void {
  if (!isUsable(secret) && !isKey(secret)) {
    throw signingError("secret_invalid", "There is no secret to sign with; give a string that is not blank.", "secret");
  }
  if (!isBody(body)) {
    throw signingError("option_invalid", "Only a string or bytes can be signed; give the body as it is sent.", "body");
  }
}

/** Whether this can be a secret at all. A blank one would be a key that everybody knows. */
export function isUsable(secret: unknown): secret is string {
  return typeof secret === "string" && secret.trim() !== "";
}

function isKey(secret: unknown): boolean {
  return isKeyObject(secret) && secret.type === "secret";
}
