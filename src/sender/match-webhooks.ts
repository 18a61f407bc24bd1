import { matchSubscription, type Attributes } from "../domain/subscription.js";
import type { CachedAccount } from "./registry-cache.js";
import type { DraftEvent } from "./draft-event.js";

/** A webhook that subscribes to the event's type and filters by an attribute that the event does not have. */
export interface Unmatched {
  readonly webhookId: string;
  readonly reason: "attribute_missing";
  /** The attribute: give it as `attributes: { [key]: … }` when publishing. */
  readonly key: string;
}

export interface Matches {
  readonly webhookIds: readonly string[];
  readonly unmatched: readonly Unmatched[];
}

const NO_ATTRIBUTES: Attributes = {};
const NO_UNMATCHED: readonly Unmatched[] = [];

/** Which of an account's webhooks an event goes to: each at most once, however many of its patterns match. */
export function matchWebhooks(draft: DraftEvent, account: CachedAccount): Matches {
  const webhookIds: string[] = [];
  let unmatched = NO_UNMATCHED;
  for (const webhook of account.webhooks) {
    if (!webhook.active) continue;
    const attributes = webhook.filters === null ? NO_ATTRIBUTES : draft.attributes();
    const match = matchSubscription(webhook, draft.type, attributes);
    if (match.kind === "matched") webhookIds.push(webhook.id);
    else if (match.kind === "attribute_missing") {
      unmatched = [...unmatched, { webhookId: webhook.id, reason: match.kind, key: match.key }];
    }
  }
  return { webhookIds, unmatched };
}
