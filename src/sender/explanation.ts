import type { Scalar } from "../domain/subscription.js";
import type { DeliveryDetails } from "./delivery-logs.js";

/**
 * What became of an event for one webhook. With a delivery: `delivered`, `waiting` (due or being sent), `retrying`,
 * `rate_deferred`, `waiting_inactive`, `failed`, `expired`, `cancelled`. Without: `not_subscribed`, `filtered`,
 * `attribute_missing`, `inactive`, `registered_later`, `changed_later`.
 */
export type Verdict =
  | "delivered"
  | "waiting"
  | "retrying"
  | "rate_deferred"
  | "waiting_inactive"
  | "failed"
  | "expired"
  | "cancelled"
  | "not_subscribed"
  | "filtered"
  | "attribute_missing"
  | "inactive"
  | "registered_later"
  | "changed_later";

/** Why one webhook got an event, or did not. */
export interface WebhookExplanation {
  readonly webhookId: string;
  /** Null for a webhook that was deleted. */
  readonly url: string | null;
  readonly verdict: Verdict;
  /** Whether the webhook's subscription, as it is now, takes the event; null for a webhook that was deleted. */
  readonly matches: boolean | null;
  /** The pattern that takes the event's type; null where none does. */
  readonly pattern: string | null;
  /** The filter that does not, what it asks for, and what the event has; `actual` is absent where the event has nothing. */
  readonly filter: {
    readonly key: string;
    readonly expected: Scalar | readonly Scalar[];
    readonly actual?: Scalar;
  } | null;
  readonly delivery: DeliveryDetails | null;
  /** When it goes on, RFC 3339: the next attempt, or when the account or webhook has room again; null where nothing is to come. */
  readonly until: string | null;
  /** What happened, in a sentence. */
  readonly reason: string;
  /** What to do, in a sentence; null where nothing is. */
  readonly advice: string | null;
}

/** What became of one event, for every webhook of its account. */
export interface Explanation {
  readonly event: {
    readonly id: string;
    readonly type: string;
    /** RFC 3339. */
    readonly created: string;
    /** When it was published, RFC 3339. */
    readonly storedAt: string;
    /** Whether it was sent as a test. */
    readonly test: boolean;
  };
  readonly webhooks: readonly WebhookExplanation[];
}
