import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import { checkSigned, isBody, matchSecret } from "./signature.js";
import { signingError } from "./signing-error.js";

const PREFIX = "v1,";
const SIGNATURE_BYTES = PREFIX.length + 44;
const SECRET_PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const ID = /^[^.]+$/;
const SECONDS = /^\d{1,15}$/;

/** Signatures read from one header. A rotation carries two; more than this is an attempt to make us work. */
const MAX_SIGNATURES = 8;

/** What a Standard Webhooks signature covers: the values of `webhook-id` and `webhook-timestamp`, and the raw body. */
export interface StandardMessage {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: number | string;
  readonly body: string | Uint8Array;
}

/**
 * Signs a message under the Standard Webhooks specification: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`,
 * one signature of the `webhook-signature` header. Several are joined by a space.
 *
 * @param secret One that begins with `whsec_` is decoded as the specification says; any other is used as it is.
 * @throws {@link WebhookError} `secret_invalid` for a secret that is blank, or begins with `whsec_` without base64 after
 *   it, `option_invalid` for a body that is neither text nor bytes, and without an id or a timestamp.
 */
export function signStandard(message: StandardMessage, secret: string | KeyObject): string {
  checkMessage(message);
  checkSigned(message.body, secret);
  const key = typeof secret === "string" ? standardKey(secret) : secret;
  if (key === null) throw signingError("secret_invalid", "A secret that begins with whsec_ goes on with base64.");
  return signatureOf(message, key);
}

function signatureOf({ id, timestamp, body }: StandardMessage, key: string | Uint8Array | KeyObject): string {
  return PREFIX + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

/**
 * Whether one of the signatures in `header` is that of the message under one of the secrets. Compares in constant time.
 * Never throws; signatures of other versions are passed over, and any empty or blank secret answers false.
 *
 * Covers the timestamp, but does not judge it: refuse one that is too far from now.
 *
 * @param header The value of `webhook-signature`, whatever the request had there.
 */
export function verifyStandard(
  message: StandardMessage,
  header: unknown,
  secrets: string | readonly string[],
): boolean {
  try {
    return matchStandardSignature(message, header, secrets) !== null;
  } catch {
    // No message at all, or one whose parts only look like text and bytes.
    return false;
  }
}

/** Like {@link verifyStandard}, but answers which of the secrets matched, by its place in the list; null when none did. */
export function matchStandardSignature(
  message: StandardMessage,
  header: unknown,
  secrets: string | readonly string[],
): number | null {
  if (typeof header !== "string" || !isMessage(message)) return null;
  const given = header
    .split(" ", MAX_SIGNATURES)
    .filter((signature) => signature.length === SIGNATURE_BYTES && signature.startsWith(PREFIX))
    .map((signature) => Buffer.from(signature))
    .filter((signature) => signature.length === SIGNATURE_BYTES);
  if (given.length === 0) return null;
  return matchSecret(secrets, (secret) => {
    const key = standardKey(secret);
    if (key === null) return false;
    const expected = Buffer.from(signatureOf(message, key));
    return given.some((signature) => timingSafeEqual(signature, expected));
  });
}

/** What is missing would be signed as `undefined`. */
function checkMessage(message: unknown): void {
  const { id, timestamp } = (message ?? {}) as Partial<Record<keyof StandardMessage, unknown>>;
  if (typeof id === "string" && (typeof timestamp === "string" || Number.isFinite(timestamp))) return;
  throw signingError(
    "option_invalid",
    "signStandard takes { id, timestamp, body }: the id as a string, the timestamp in Unix seconds.",
    typeof id === "string" ? "timestamp" : "id",
  );
}

/**
 * Whether this is a message as the specification has it; untyped callers pass headers that were not there. An id without
 * a full stop and a timestamp of digits alone leave one way only to read `id.timestamp.body`, so no part of it can pass
 * for another.
 */
function isMessage(message: unknown): message is StandardMessage {
  if (typeof message !== "object" || message === null) return false;
  const { id, timestamp, body } = message as Partial<Record<keyof StandardMessage, unknown>>;
  const isInstant = (typeof timestamp === "number" || typeof timestamp === "string") && SECONDS.test(String(timestamp));
  return typeof id === "string" && ID.test(id) && isInstant && isBody(body);
}

/** The key a secret stands for under the specification; null when it begins with `whsec_` and base64 does not follow. */
export function standardKey(secret: string): string | Uint8Array | null {
  if (!secret.startsWith(SECRET_PREFIX)) return secret;
  const encoded = secret.slice(SECRET_PREFIX.length);
  return encoded !== "" && BASE64.test(encoded) ? Buffer.from(encoded, "base64") : null;
}
