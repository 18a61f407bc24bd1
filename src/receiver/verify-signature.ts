import { WebhookError } from "../errors.js";
import {
  SIGNATURE_HEADER,
  STANDARD_ID_HEADER,
  STANDARD_SIGNATURE_HEADER,
  STANDARD_TIMESTAMP_HEADER,
  TIMESTAMP_HEADER,
  WEBHOOK_ID_HEADER,
} from "../protocol/headers.js";
import { matchSignature } from "../protocol/signature.js";
import { matchStandardSignature } from "../protocol/standard-signature.js";
import type { ReceiverSettings, SignatureRequirement } from "./settings.js";
import type { HeaderReader } from "./request-headers.js";

/** What the signatures of a request prove. */
export interface SignatureProof {
  /** The webhook that the request says it belongs to. Unsigned: a hint, unless it chose the secret. */
  readonly webhookId: string | null;
  /** When this attempt was sent, in milliseconds since the Unix epoch; null when the request does not say. */
  readonly attemptAt: number | null;
  /** Whether a signature covers `attemptAt`. Without it the instant is a hint that anybody could have changed. */
  readonly attemptAtProven: boolean;
  /** By scheme, the place in the list of the secret that signed; null where the request carries no such signature. */
  readonly secretIndex: { readonly auraconnect: number | null; readonly standard: number | null };
}

type Reading = ReturnType<HeaderReader>;

const ASKED_FOR: Readonly<Record<SignatureRequirement, string>> = {
  any: `${SIGNATURE_HEADER} or ${STANDARD_SIGNATURE_HEADER}`,
  auraconnect: SIGNATURE_HEADER,
  standard: STANDARD_SIGNATURE_HEADER,
  both: `${SIGNATURE_HEADER} and ${STANDARD_SIGNATURE_HEADER}`,
};
const UNIX_SECONDS = /^\d{1,11}$/;
const MAX_WEBHOOK_ID_LENGTH = 128;

/**
 * Verifies every signature of a request over the bytes of its body.
 *
 * @throws {@link WebhookError} `signature_missing`, `signature_invalid`, `timestamp_outside_tolerance`,
 *   `secret_unavailable`.
 */
export function verifySignature(
  read: HeaderReader,
  body: Uint8Array,
  settings: ReceiverSettings,
): SignatureProof | Promise<SignatureProof> {
  const signature = read(SIGNATURE_HEADER);
  const standardSignature = read(STANDARD_SIGNATURE_HEADER);
  requireSignatures(settings.require, signature !== null, standardSignature !== null);
  const webhookId = readWebhookId(read);
  const prove = (secrets: readonly string[]): SignatureProof =>
    proofOf({ read, body, signature, standardSignature, webhookId, secrets }, settings);
  const secrets = settings.secretsFor(webhookId);
  return secrets instanceof Promise ? secrets.then(prove) : prove(secrets);
}

/** A request, and the secrets that may have signed it. */
interface SignedRequest {
  readonly read: HeaderReader;
  readonly body: Uint8Array;
  readonly signature: Reading;
  readonly standardSignature: Reading;
  readonly webhookId: string | null;
  readonly secrets: readonly string[];
}

function proofOf(request: SignedRequest, settings: ReceiverSettings): SignatureProof {
  const { read, body, signature, standardSignature, webhookId, secrets } = request;
  const auraconnect =
    signature === null ? null : held(SIGNATURE_HEADER, matchSignature(body, signature, secrets), secrets.length);
  if (standardSignature === null) {
    const attemptAt = readInstant(read(TIMESTAMP_HEADER));
    return { webhookId, attemptAt, attemptAtProven: false, secretIndex: { auraconnect, standard: null } };
  }
  const message = { ...readStandardHeaders(read), body };
  const matched = matchStandardSignature(message, standardSignature, secrets);
  const standard = held(STANDARD_SIGNATURE_HEADER, matched, secrets.length);
  checkTolerance(message.sentAt, settings);
  return { webhookId, attemptAt: message.sentAt, attemptAtProven: true, secretIndex: { auraconnect, standard } };
}

function requireSignatures(require: SignatureRequirement, auraconnect: boolean, standard: boolean): void {
  const enough = { any: auraconnect || standard, auraconnect, standard, both: auraconnect && standard };
  if (enough[require]) return;
  const message = `The request lacks a signature: \`require: "${require}"\` asks for ${ASKED_FOR[require]}.`;
  throw new WebhookError("signature_missing", message);
}

function held(header: string, secretIndex: number | null, secretCount: number): number {
  if (secretIndex !== null) return secretIndex;
  const secrets = secretCount === 1 ? "the secret" : `any of the ${secretCount} secrets`;
  throw new WebhookError(
    "signature_invalid",
    `${header} does not match the body under ${secrets}. The bytes must be those that were sent (was the body parsed and serialised again?) and the secret that of this webhook.`,
    { field: header },
  );
}

function readStandardHeaders(read: HeaderReader): { id: string; timestamp: string; sentAt: number } {
  const id = read(STANDARD_ID_HEADER);
  const timestamp = read(STANDARD_TIMESTAMP_HEADER);
  const sentAt = readInstant(timestamp);
  if (typeof id === "string" && typeof timestamp === "string" && sentAt !== null) return { id, timestamp, sentAt };
  const field = typeof id === "string" ? STANDARD_TIMESTAMP_HEADER : STANDARD_ID_HEADER;
  throw new WebhookError(
    "signature_invalid",
    `${STANDARD_SIGNATURE_HEADER} covers ${STANDARD_ID_HEADER} and ${STANDARD_TIMESTAMP_HEADER} (Unix seconds), but ${field} is missing, malformed or there twice.`,
    { field },
  );
}

function checkTolerance(sentAt: number, { clock, toleranceMs }: ReceiverSettings): void {
  const offMs = clock.now() - sentAt;
  if (Math.abs(offMs) <= toleranceMs) return;
  const where = offMs > 0 ? "behind" : "ahead of";
  throw new WebhookError(
    "timestamp_outside_tolerance",
    `The signed timestamp is ${Math.abs(offMs)} ms ${where} this machine's clock; ${toleranceMs} ms are accepted (toleranceMs). The request is a replay, or one of the clocks is wrong.`,
    { field: STANDARD_TIMESTAMP_HEADER },
  );
}

function readInstant(seconds: Reading): number | null {
  return typeof seconds === "string" && UNIX_SECONDS.test(seconds) ? Number(seconds) * 1_000 : null;
}

function readWebhookId(read: HeaderReader): string | null {
  const id = read(WEBHOOK_ID_HEADER);
  return typeof id === "string" && id !== "" && id.length <= MAX_WEBHOOK_ID_LENGTH ? id : null;
}
