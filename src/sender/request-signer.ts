import { createSecretKey, type KeyObject } from "node:crypto";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import {
  EVENT_HEADER,
  EVENT_ID_HEADER,
  SIGNATURE_HEADER,
  STANDARD_ID_HEADER,
  STANDARD_SIGNATURE_HEADER,
  STANDARD_TIMESTAMP_HEADER,
  TIMESTAMP_HEADER,
  WEBHOOK_ID_HEADER,
} from "../protocol/headers.js";
import { sign } from "../protocol/signature.js";
import { signStandard, standardKey } from "../protocol/standard-signature.js";
import { VERSION } from "../protocol/version.js";
import type { SecretVault } from "./secret-vault.js";

const USER_AGENT = `AuraConnect-Webhooks/${VERSION}`;

/** What is signed and sent in one attempt. */
export interface OutgoingEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
}

/** Makes the headers of an attempt. */
export interface RequestSigner {
  /**
   * @param nowMs The instant of this attempt, in milliseconds since the Unix epoch.
   * @throws {@link WebhookError} `secret_unreadable`.
   */
  headers(event: OutgoingEvent, nowMs: number): Record<string, string>;
}

/**
 * A signer for one revision of a webhook. Secrets are opened and made into keys here, once, and not per attempt.
 *
 * @throws {@link WebhookError} `secret_unreadable`, `secret_key_missing`.
 */
export function createRequestSigner(webhook: WebhookRecord, vault: SecretVault, standard: boolean): RequestSigner {
  const owner = { accountId: webhook.accountId, webhookId: webhook.id };
  const current = readKeys(vault.open(owner, webhook.secret));
  const { previousSecret } = webhook;
  let previous: Keys | undefined;
  // Opened only while it is needed: its key may leave the ring when the overlap has ended.
  const previousAt = (nowMs: number): Keys | null =>
    previousSecret !== null && nowMs < previousSecret.expiresAt
      ? (previous ??= readKeys(vault.open(owner, previousSecret.secret)))
      : null;
  const fixed = { "Content-Type": "application/json", "User-Agent": USER_AGENT, [WEBHOOK_ID_HEADER]: webhook.id };

  return {
    headers({ eventId, eventType, body }, nowMs) {
      const overlap = previousAt(nowMs);
      const timestamp = String(Math.floor(nowMs / 1_000));
      const headers: Record<string, string> = {
        ...webhook.headers,
        ...fixed,
        [EVENT_HEADER]: eventType,
        [EVENT_ID_HEADER]: eventId,
        [TIMESTAMP_HEADER]: timestamp,
        // A consumer that checks this one signature knows the new secret only once it says so.
        [SIGNATURE_HEADER]: sign(body, overlap !== null && !previousSecret?.confirmed ? overlap.raw : current.raw),
      };
      if (standard) {
        const message = { id: eventId, timestamp, body };
        const signatures = (overlap === null ? [current] : [current, overlap]).map(({ decoded }) =>
          signStandard(message, decoded),
        );
        headers[STANDARD_ID_HEADER] = eventId;
        headers[STANDARD_TIMESTAMP_HEADER] = timestamp;
        headers[STANDARD_SIGNATURE_HEADER] = signatures.join(" ");
      }
      return headers;
    },
  };
}

/** One secret as each of the two schemes uses it. */
interface Keys {
  readonly raw: KeyObject;
  readonly decoded: KeyObject;
}

function readKeys(secret: string): Keys {
  const raw = createSecretKey(secret, "utf8");
  const key = standardKey(secret);
  return { raw, decoded: key === null || typeof key === "string" ? raw : createSecretKey(key) };
}
