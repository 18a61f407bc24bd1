import type { Filters } from "../domain/subscription.js";
import type { Throttle } from "../domain/throttle.js";
import type { EventCatalog, EventPattern, EventType } from "../protocol/event-catalog.js";
import type { ListDeliveries, WebhookLogPage } from "./delivery-logs.js";
import type { WebhookTestResult } from "./test-webhook.js";
import type { WebhookStats } from "./webhook-stats.js";
import type { Webhook } from "./webhook.js";

/** A webhook to register. */
export interface NewWebhook<Catalog extends EventCatalog = EventCatalog> {
  /** Defaults to `"default"`. */
  readonly accountId?: string | undefined;
  /** Where events are sent: https, unless `addressPolicy` opens more. */
  readonly url: string;
  /** Exact types, `<group>.*` or `*`; at least one. */
  readonly events: readonly EventPattern<Catalog>[];
  /** Routing attributes an event must have, each with the value or one of the values given here. */
  readonly filters?: Filters | null | undefined;
  /** 16 to 512 bytes. Left out, one is generated and returned by this call only. */
  readonly secret?: string | undefined;
  /** Defaults to true. */
  readonly active?: boolean | undefined;
  /** At most 500 characters. */
  readonly description?: string | null | undefined;
  /** Headers to send beside the documented ones; at most 20. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * At most `requests` in any `perSeconds`, over all processes; what exceeds it waits, oldest first, and no retry is spent.
   * Tests are sent at once. Defaults to null, which is any number.
   */
  readonly throttle?: Throttle | null | undefined;
  /**
   * Records attempts in full: headers, and what the endpoint answered. Ends by itself 24 hours after it was last set to
   * true. Defaults to false.
   */
  readonly debugMode?: boolean | undefined;
}

/** Names one webhook of one account. */
export interface WebhookKey {
  /** Defaults to `"default"`. */
  readonly accountId?: string | undefined;
  readonly webhookId: string;
}

export interface ListWebhooks {
  readonly accountId?: string | undefined;
  /** 1 to 200. Defaults to 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface WebhookUpdate<Catalog extends EventCatalog = EventCatalog> extends WebhookKey {
  /** Only the fields that are given change, all of them or none. */
  readonly changes: Partial<Omit<NewWebhook<Catalog>, "accountId" | "secret">>;
  /** Change it only if this is still its revision; otherwise `webhook_stale`. */
  readonly revision?: number | undefined;
}

export interface SecretRotation extends WebhookKey {
  /** 16 to 512 bytes. Left out, one is generated and returned by this call only. */
  readonly secret?: string | undefined;
  /** Milliseconds for which the secret before stays in use; 0 after a leak. Defaults to `rotationOverlapMs`. */
  readonly overlapMs?: number | undefined;
}

export interface WebhookTest<Catalog extends EventCatalog = EventCatalog> extends WebhookKey {
  readonly eventType: EventType<Catalog>;
  /** The payload to send. Defaults to the sample of the type. */
  readonly object?: unknown;
}

export interface WebhookStatsQuery extends WebhookKey {
  /** Only deliveries made at this instant or later; RFC 3339 or a Date. Defaults to 24 hours ago. */
  readonly since?: string | Date | undefined;
}

/** The registry of webhooks. Another account's webhook is `webhook_not_found`, like one that does not exist. */
export interface Webhooks<Catalog extends EventCatalog = EventCatalog> {
  /**
   * Registers a webhook. Events published from now on, in any process, are delivered to it.
   *
   * @throws {@link WebhookError} `url_invalid`, `address_refused`, `pattern_invalid`, `filter_invalid`, `secret_invalid`,
   *   `webhook_invalid`, `account_id_invalid`, `webhook_limit_reached`, `secret_key_missing`, `store_unavailable`.
   */
  create(webhook: NewWebhook<Catalog>): Promise<Webhook>;

  /** @throws {@link WebhookError} `webhook_not_found`, `store_unavailable`. */
  get(key: WebhookKey): Promise<Webhook>;

  /** The webhooks of an account in the order they were registered. @throws {@link WebhookError} `cursor_invalid`. */
  list(query?: ListWebhooks): Promise<WebhookPage>;

  /**
   * Changes the given fields. Two updates at once both take effect, one after the other. Making a webhook active again
   * sends what waited for it.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `webhook_stale`, and those of `create`.
   */
  update(update: WebhookUpdate<Catalog>): Promise<Webhook>;

  /** Removes a webhook; its pending deliveries are cancelled, its log stays. @throws {@link WebhookError} `webhook_not_found`. */
  delete(key: WebhookKey): Promise<void>;

  /**
   * Gives a webhook a new secret. For the overlap requests carry Standard Webhooks signatures under both secrets, and
   * `X-AuraConnect-Signature` under the one before until `confirmSecret` is called. Given the secret that it has, it
   * stays as it is, so that repeating a rotation is safe; only an overlap of 0 then ends the one that is running.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `secret_invalid`, `secret_key_missing`.
   */
  rotateSecret(rotation: SecretRotation): Promise<Webhook>;

  /** Says that the consumer knows the new secret: from now on `X-AuraConnect-Signature` is made with it. */
  confirmSecret(key: WebhookKey): Promise<Webhook>;

  /**
   * Sends one real, signed request with a sample of an event type, whatever the webhook subscribes to and whether it is
   * active, and answers what the endpoint said. No retry follows. It counts in the account's rate window, and neither
   * toward disabling the webhook nor in its statistics.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `event_type_unknown`, `event_invalid`, `payload_too_large`,
   *   `rate_limited` with `retryAfterMs`, `secret_unreadable`. `store_unavailable`: it may have been sent, and is in no
   *   log.
   */
  test(test: WebhookTest<Catalog>): Promise<WebhookTestResult>;

  /**
   * The deliveries of a webhook, newest first; those of a deleted one too.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `cursor_invalid`, `option_invalid`.
   */
  logs(query: WebhookKey & ListDeliveries): Promise<WebhookLogPage>;

  /**
   * What became of a webhook's deliveries of late, and how its endpoint is doing.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `option_invalid`.
   */
  stats(query: WebhookStatsQuery): Promise<WebhookStats>;
}

/** Webhooks in the order they were registered. */
export interface WebhookPage {
  readonly webhooks: readonly Webhook[];
  /** Give it as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null;
}
