import type { Filters } from "../domain/subscription.js";
import type { Throttle } from "../domain/throttle.js";

/**
 * A webhook as a store keeps it. A plain JSON value; a store neither reads nor changes anything in it but `accountId`,
 * `id`, `active` and `revision`. Instants are milliseconds since the Unix epoch.
 */
export interface WebhookRecord {
  readonly accountId: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly filters: Filters | null;
  /** Sealed by the sender; plain text only where the host chose that. */
  readonly secret: string;
  /** The secret before the last rotation, while it is still accepted. */
  readonly previousSecret: { readonly secret: string; readonly expiresAt: number; readonly confirmed: boolean } | null;
  readonly active: boolean;
  /** When it became active last; an older delivery whose time ran out before is not sent any more. */
  readonly activeSince: number;
  readonly disabledReason: string | null;
  readonly description: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests it is sent at most; null and left out are any number. */
  readonly throttle?: Throttle | null;
  /** Debug mode lasts until then; `null` is off. */
  readonly debugUntil: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts changes; 1 when created. */
  readonly revision: number;
}

/** All webhooks of an account at one moment. */
export interface RegistrySnapshot {
  readonly accountId: string;
  /** Grows with every change to any webhook of the account; 0 while it never had one. */
  readonly version: number;
  /** In the order in which they were created. */
  readonly webhooks: readonly WebhookRecord[];
}

/** Some webhooks of any accounts. */
export interface RegistryPage {
  readonly webhooks: readonly WebhookRecord[];
  /** Where to go on; null after the last. A page may be empty and not the last. */
  readonly cursor: string | null;
}

/** Who has registered what. Every method rejects with `store_unavailable` when the store does not answer. */
export interface WebhookRegistry {
  /** Answers a snapshot for each account whose version is not the one the caller knows already (`null`: none). */
  read(
    known: readonly { readonly accountId: string; readonly version: number | null }[],
  ): Promise<readonly RegistrySnapshot[]>;

  /**
   * Webhooks of all accounts, page by page, for a walk over all of them. Every webhook that is there from the first page
   * to the last comes at least once.
   *
   * @param page.cursor What the page before answered; null for the first.
   */
  page(page: { readonly cursor: string | null; readonly limit: number }): Promise<RegistryPage>;

  /** Adds a webhook unless the account has `maxWebhooks` of them; two processes at once never pass that together. */
  insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached">;

  /**
   * Puts `record` in the place of the one with the same id whose `revision` is one less. From the moment this resolves,
   * no claim takes a delivery of an inactive webhook, and what waited for one that became active is due.
   */
  replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing">;

  /**
   * Removes a webhook. Its log stays, and its pending deliveries can be claimed, whether it was active or not: whoever
   * gets one finds the webhook gone and ends it. Answers false when there is none.
   */
  remove(webhook: { readonly accountId: string; readonly webhookId: string }): Promise<boolean>;
}
