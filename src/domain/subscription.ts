import { matchFilters, type Attributes, type Filters } from "./filters.js";
import { matchesPattern } from "./pattern.js";

export type { Attributes, Filters, Scalar } from "./filters.js";

/** Which events a webhook gets: those of any of its patterns whose attributes pass all of its filters. */
export interface Subscription {
  readonly events: readonly string[];
  readonly filters: Filters | null;
}

/**
 * Whether a subscription takes an event, and why not. `filtered`: an attribute has another value. `attribute_missing`:
 * the event lacks an attribute, and nothing else kept it from matching.
 */
export type SubscriptionMatch =
  | { readonly kind: "matched"; readonly pattern: string }
  | { readonly kind: "not_subscribed" }
  | { readonly kind: "filtered" | "attribute_missing"; readonly key: string };

const NOT_SUBSCRIBED: SubscriptionMatch = { kind: "not_subscribed" };

/** Compares a validated subscription with an event's type and routing attributes. `pattern` is the first that matched. */
export function matchSubscription(
  { events, filters }: Subscription,
  type: string,
  attributes: Attributes,
): SubscriptionMatch {
  const pattern = matchesPattern(events, type);
  if (pattern === null) return NOT_SUBSCRIBED;
  if (filters === null) return { kind: "matched", pattern };
  const match = matchFilters(filters, attributes);
  if (match.kind === "matched") return { kind: "matched", pattern };
  return { kind: match.kind === "missing" ? "attribute_missing" : "filtered", key: match.key };
}
