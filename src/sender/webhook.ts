import type { Filters } from "../domain/subscription.js";
import type { Throttle } from "../domain/throttle.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import { MASKED_SECRET } from "../protocol/secrets.js";

/** What an account registered. Instants are RFC 3339. */
export interface Webhook {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  /** Patterns: exact types, `<group>.*` or `*`. */
  readonly events: readonly string[];
  /** Routing attributes an event must have, all of them; null when every event of the patterns is wanted. */
  readonly filters: Filters | null;
  /** `webhook_secret_***`, but for the call that generated it: that one has it in full, and no other ever will. */
  readonly secret: string;
  readonly active: boolean;
  /** Why the sender itself made it inactive; null when it did not. */
  readonly disabledReason: string | null;
  readonly description: string | null;
  /** Headers that are sent beside the documented ones. */
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests it is sent at most; null is any number. */
  readonly throttle: Throttle | null;
  /** Whether attempts made now are recorded in full. Ends by itself at `debugUntil`. */
  readonly debugMode: boolean;
  readonly debugUntil: string | null;
  /** Requests that the account may send in any 60 minutes, to all of its webhooks; null is any number. */
  readonly rateLimit: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Counts changes. Give it to `update` to change only what you have read. */
  readonly revision: number;
}

/** What a webhook is shown with that is not stored with it. */
export interface ShownWith {
  readonly nowMs: number;
  readonly rateLimit: number | false;
  /** The secret, for the call that generated it. */
  readonly secret?: string | undefined;
}

/** How a stored webhook is shown. */
export function toWebhook(record: WebhookRecord, { nowMs, rateLimit, secret = MASKED_SECRET }: ShownWith): Webhook {
  const debugUntil = record.debugUntil !== null && nowMs < record.debugUntil ? record.debugUntil : null;
  return {
    id: record.id,
    accountId: record.accountId,
    url: record.url,
    events: record.events,
    filters: record.filters,
    secret,
    active: record.active,
    disabledReason: record.disabledReason,
    description: record.description,
    headers: record.headers,
    throttle: record.throttle ?? null,
    debugMode: debugUntil !== null,
    debugUntil: debugUntil === null ? null : new Date(debugUntil).toISOString(),
    rateLimit: rateLimit === false ? null : rateLimit,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    revision: record.revision,
  };
}
