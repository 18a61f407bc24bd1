import { WebhookError } from "../errors.js";
import { routingAttributes } from "../domain/attributes.js";
import { quote } from "../domain/quote.js";
import { matchSubscription, type Attributes, type Scalar, type SubscriptionMatch } from "../domain/subscription.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryLog, DeliveryRow, EventRow } from "../ports/delivery-log.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";
import { toAttemptLog, toLogRow, type DeliveryDetails } from "./delivery-logs.js";
import type { Explanation, Verdict, WebhookExplanation } from "./explanation.js";
import type { RateGate } from "./rate-gate.js";
import type { RegistryCache } from "./registry-cache.js";

/** More than an account may have webhooks. */
const MAX_DELIVERIES = 10_000;

/** Characters of an attribute that are shown. */
const MAX_SHOWN = 256;

export interface ExplainContext {
  readonly log: DeliveryLog;
  readonly cache: RegistryCache;
  readonly gate: RateGate<string>;
  readonly throttles: RateGate<WebhookRecord>;
  readonly clock: Clock;
}

/** What the verdicts are reached from. */
interface Facts {
  readonly event: EventRow;
  readonly attributes: Attributes;
  readonly nowMs: number;
  /** In how many milliseconds the account may send again; 0 when it may now. */
  readonly deferredMs: number;
}

/** And for one delivery. */
interface DeliveryFacts extends Facts {
  /** In how many milliseconds its webhook may be sent the next request; 0 when it may now. */
  readonly throttledMs: number;
}

interface Finding {
  readonly verdict: Verdict;
  readonly until?: string | null;
  readonly reason: string;
  readonly advice: string | null;
}

/** @throws {@link WebhookError} `event_not_found`, `store_unavailable`. */
export async function explainEvent(
  { log, cache, gate, throttles, clock }: ExplainContext,
  { accountId, eventId }: { readonly accountId: string; readonly eventId: string },
): Promise<Explanation> {
  const event = typeof eventId === "string" ? await log.event({ accountId, eventId }) : null;
  if (event === null) {
    throw new WebhookError(
      "event_not_found",
      `The account has no event ${quote(eventId)}: it was not published for this account, or is not kept any more.`,
      { field: "eventId" },
    );
  }
  const [{ deliveries }, { webhooks, byId }] = await Promise.all([
    log.list({ accountId, eventId, limit: MAX_DELIVERIES }),
    cache.refresh(accountId),
  ]);
  const isPending = deliveries.some(({ status }) => status === "pending");
  const facts: Facts = {
    event,
    attributes: attributesOf(event),
    nowMs: clock.now(),
    deferredMs: isPending ? await gate.retryInMs(accountId) : 0,
  };
  const test = deliveries.some((row) => row.test);
  const delivered = await Promise.all(
    deliveries.map(async (row) => {
      const requests = (await log.attempts(row.id)).map(toAttemptLog);
      const webhook = byId.get(row.webhookId);
      const throttledMs = row.status === "pending" && webhook !== undefined ? await throttles.retryInMs(webhook) : 0;
      return explainDelivery({ ...facts, throttledMs }, webhook, row, { ...toLogRow(row), requests });
    }),
  );
  const withDelivery = new Set(deliveries.map(({ webhookId }) => webhookId));
  const without = test ? [] : webhooks.filter(({ id }) => !withDelivery.has(id));
  return {
    event: {
      id: event.id,
      type: event.type,
      created: (JSON.parse(event.body) as WebhookEvent).created,
      storedAt: new Date(event.storedAt).toISOString(),
      test,
    },
    webhooks: [...delivered, ...without.map((webhook) => explainAbsence(facts, webhook))],
  };
}

function attributesOf({ body, attributes }: EventRow): Attributes {
  const given = attributes === null ? undefined : (JSON.parse(attributes) as Attributes);
  return routingAttributes((JSON.parse(body) as WebhookEvent).data.object, given);
}

function explainDelivery(
  facts: DeliveryFacts,
  webhook: WebhookRecord | undefined,
  row: DeliveryRow,
  delivery: DeliveryDetails,
): WebhookExplanation {
  const { until = null, ...finding } =
    row.status === "pending" ? findPending(facts, webhook, row) : findEnd(webhook, row);
  return { webhookId: row.webhookId, ...subscriptionOf(facts, webhook), delivery, until, ...finding };
}

function findEnd(webhook: WebhookRecord | undefined, row: DeliveryRow): Finding {
  const { status, attempts, lastAttempt } = row;
  const last = lastAttempt?.error ?? "It was never sent.";
  if (status === "success") {
    const code = lastAttempt?.responseCode ?? 200;
    return { verdict: "delivered", reason: `The endpoint answered ${code} to attempt ${attempts}.`, advice: null };
  }
  if (status === "cancelled") {
    return webhook === undefined
      ? { verdict: "cancelled", reason: "The webhook was deleted.", advice: "Register it again for events to come." }
      : { verdict: "cancelled", reason: "The delivery was cancelled.", advice: "Resend it if it is wanted after all." };
  }
  if (status === "expired") {
    return {
      verdict: "expired",
      reason: `The event became older than 7 days after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}. ${last}`,
      advice: "It is not sent any more; publish what it told as a new event.",
    };
  }
  return {
    verdict: "failed",
    reason: `${attempts === 1 ? "Its one attempt" : `All ${attempts} attempts`} failed. ${last}`,
    advice: "Mend the endpoint, try it with a test, then resend this delivery or recover all that failed.",
  };
}

function findPending(
  { nowMs, deferredMs, throttledMs }: DeliveryFacts,
  webhook: WebhookRecord | undefined,
  row: DeliveryRow,
): Finding {
  const { nextAttemptAt, lastAttempt, attempts } = row;
  if (webhook?.active === false) {
    const why = webhook.disabledReason === null ? "" : ` ${webhook.disabledReason}`;
    return {
      verdict: "waiting_inactive",
      reason: `The webhook is inactive.${why}`,
      advice: "Make it active, and what waits is sent; the delivery expires when its event is 7 days old.",
    };
  }
  const until = nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString();
  if (nextAttemptAt !== null && nextAttemptAt > nowMs) {
    const failed = lastAttempt === null ? "It waits." : `Attempt ${attempts} failed. ${lastAttempt.error ?? ""}`.trim();
    return {
      verdict: "retrying",
      until,
      reason: failed,
      advice: "Mend the endpoint; the next attempt comes by itself.",
    };
  }
  if (deferredMs > 0) {
    return {
      verdict: "rate_deferred",
      until: new Date(nowMs + deferredMs).toISOString(),
      reason: "The account has sent as many requests as it may in 60 minutes.",
      advice: "It is sent by itself when there is room. Subscribe to less, or ask for a higher limit.",
    };
  }
  if (throttledMs > 0 && webhook?.throttle) {
    const { requests, perSeconds } = webhook.throttle;
    return {
      verdict: "rate_deferred",
      until: new Date(nowMs + throttledMs).toISOString(),
      reason: `The webhook is sent at most ${requests} requests in ${perSeconds} s, and has been sent as many.`,
      advice: "It is sent by itself in its turn. Give the webhook a wider throttle, if its endpoint can take more.",
    };
  }
  return { verdict: "waiting", until, reason: "It is due, or being sent at this moment.", advice: null };
}

function explainAbsence(facts: Facts, webhook: WebhookRecord): WebhookExplanation {
  const subscription = subscriptionOf(facts, webhook);
  const finding = findAbsence(facts, webhook, subscription);
  return { webhookId: webhook.id, ...subscription, delivery: null, until: null, ...finding };
}

function findAbsence(
  { event }: Facts,
  webhook: WebhookRecord,
  { matches, pattern, filter }: ReturnType<typeof subscriptionOf>,
): Omit<Finding, "until"> {
  if (webhook.createdAt > event.storedAt) {
    const advice = "Publish it again under a new id, if this webhook should get it.";
    return { verdict: "registered_later", reason: "The webhook was registered after the event was published.", advice };
  }
  if (!webhook.active) {
    const reason = webhook.disabledReason ?? "The webhook is inactive.";
    return { verdict: "inactive", reason, advice: "Make it active; it gets what is published from then on." };
  }
  if (pattern === null) {
    const reason = `No pattern of the webhook takes ${event.type}: it has ${webhook.events.join(", ")}.`;
    return { verdict: "not_subscribed", reason, advice: `Add ${event.type} to its events.` };
  }
  if (filter !== null && "actual" in filter) {
    const reason = `The filter ${quote(filter.key)} asks for ${JSON.stringify(filter.expected)}; the event has ${JSON.stringify(filter.actual)}.`;
    return { verdict: "filtered", reason, advice: "Change the filter, if this webhook should get such events." };
  }
  if (filter !== null) {
    const reason = `The event has no attribute ${quote(filter.key)}, by which the webhook filters.`;
    const advice = `The publisher has to give it: attributes: { ${filter.key}: … }. Or remove the filter.`;
    return { verdict: "attribute_missing", reason, advice };
  }
  if (matches === true && webhook.activeSince > event.storedAt) {
    const reason = "The webhook was inactive when the event was published.";
    return { verdict: "inactive", reason, advice: "It gets what is published while it is active." };
  }
  return {
    verdict: "changed_later",
    reason: "The webhook takes such events now, and did not when this one was published.",
    advice: "It gets what is published from now on.",
  };
}

function subscriptionOf(
  { event, attributes }: Facts,
  webhook: WebhookRecord | undefined,
): Pick<WebhookExplanation, "url" | "matches" | "pattern" | "filter"> {
  if (webhook === undefined) return { url: null, matches: null, pattern: null, filter: null };
  const { url, filters } = webhook;
  const match = matchSubscription(webhook, event.type, attributes);
  if (match.kind === "matched") return { url, matches: true, pattern: match.pattern, filter: null };
  const byType = matchSubscription({ ...webhook, filters: null }, event.type, attributes);
  const pattern = byType.kind === "matched" ? byType.pattern : null;
  return { url, matches: false, pattern, filter: filterOf(match, filters ?? {}, attributes) };
}

function filterOf(
  match: SubscriptionMatch,
  filters: NonNullable<WebhookRecord["filters"]>,
  attributes: Attributes,
): WebhookExplanation["filter"] {
  if (match.kind !== "filtered" && match.kind !== "attribute_missing") return null;
  const { key } = match;
  const expected = filters[key] ?? null;
  return Object.hasOwn(attributes, key) ? { key, expected, actual: shown(attributes[key] ?? null) } : { key, expected };
}

function shown(value: Scalar): Scalar {
  return typeof value === "string" && value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
}
