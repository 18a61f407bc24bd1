import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { WebhookRecord, WebhookRegistry } from "../ports/webhook-registry.js";
import type { SecretVault } from "./secret-vault.js";

/** Webhooks read at a time. */
const PAGE = 200;

/** What {@link Sender.rotateKeys} has done. */
export interface KeyRotation {
  /** Webhooks whose secrets are now sealed with the newest key, and were not before. */
  readonly rotated: number;
  /** Webhooks whose secrets do not open with any key of the ring; they are left as they are. */
  readonly unreadable: readonly { readonly accountId: string; readonly webhookId: string; readonly message: string }[];
}

/**
 * Seals every secret of every account again that is not sealed with the newest key. Only the secrets change: whoever
 * changes a webhook at the same time wins, and the webhook is sealed after that.
 *
 * @throws {@link WebhookError} `secret_key_missing`, `store_unavailable`.
 */
export async function rotateKeys(registry: WebhookRegistry, vault: SecretVault, clock: Clock): Promise<KeyRotation> {
  vault.assertUsable();
  const unreadable: KeyRotation["unreadable"][number][] = [];
  let rotated = 0;
  let cursor: string | null = null;
  do {
    const page = await registry.page({ cursor, limit: PAGE });
    for (const webhook of page.webhooks) {
      try {
        if (await rotate(registry, webhook, (record) => reseal(vault, record, clock.now()))) rotated += 1;
      } catch (error) {
        if (!WebhookError.is(error) || error.code !== "secret_unreadable") throw error;
        unreadable.push({ accountId: webhook.accountId, webhookId: webhook.id, message: error.message });
      }
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return { rotated, unreadable };
}

/** Answers whether anything had to be sealed again. */
async function rotate(
  registry: WebhookRegistry,
  webhook: WebhookRecord,
  sealAgain: (record: WebhookRecord) => WebhookRecord | null,
): Promise<boolean> {
  for (let record: WebhookRecord | undefined = webhook; record !== undefined;) {
    const sealed = sealAgain(record);
    if (sealed === null) return false;
    if ((await registry.replace({ ...sealed, revision: record.revision + 1 })) === "replaced") return true;
    const [snapshot] = await registry.read([{ accountId: webhook.accountId, version: null }]);
    record = snapshot?.webhooks.find(({ id }) => id === webhook.id);
  }
  return false;
}

/** The record with its secrets under the newest key; null where they are. A previous secret that has ended is dropped. */
function reseal(vault: SecretVault, record: WebhookRecord, nowMs: number): WebhookRecord | null {
  const { accountId, id: webhookId, secret, previousSecret } = record;
  if (vault.isCurrent(secret) && (previousSecret === null || vault.isCurrent(previousSecret.secret))) return null;
  const again = (sealed: string): string => {
    const owner = { accountId, webhookId };
    return vault.seal(owner, vault.open(owner, sealed));
  };
  const isUsed = previousSecret !== null && previousSecret.expiresAt > nowMs;
  return {
    ...record,
    secret: again(secret),
    previousSecret: isUsed ? { ...previousSecret, secret: again(previousSecret.secret) } : null,
  };
}
