import type { DeliveryLog, DeliveryStatus } from "../ports/delivery-log.js";
import type { EndpointHealth } from "../ports/endpoint-health.js";

/** Deliveries counted at most: enough for a day at the default limit of requests, and bounded for those without one. */
const MAX_COUNTED = 100_000;

/** Deliveries whose last response time is looked at. */
const MAX_TIMED = 200;

/** What became of a webhook's deliveries. Tests are left out. */
export interface WebhookStats {
  readonly webhookId: string;
  /** RFC 3339. */
  readonly since: string;
  /** Deliveries made since then, by what they are now. */
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  /** Requests sent for them. */
  readonly attempts: number;
  /** False where there were more than 100,000: then only the newest are counted. */
  readonly complete: boolean;
  /** Of those that ended as `success`, `failed` or `expired`, the share that succeeded; null while there is none. */
  readonly successRate: number | null;
  /** Of the last requests of the newest 200 deliveries; null where none was sent. */
  readonly responseTimeMs: { readonly median: number; readonly p95: number; readonly max: number } | null;
  /** Attempts that have failed since the last that succeeded. */
  readonly failuresInARow: number;
  /** When the first of them failed, RFC 3339. */
  readonly failingSince: string | null;
}

/** Reads the statistics of one webhook. */
export async function readWebhookStats(
  { log, health }: { readonly log: DeliveryLog; readonly health: EndpointHealth },
  webhook: { readonly accountId: string; readonly webhookId: string; readonly since: number },
  nowMs: number,
): Promise<WebhookStats> {
  const { webhookId, since } = webhook;
  const [counts, [record], page] = await Promise.all([
    log.count({ ...webhook, limit: MAX_COUNTED }),
    health.read([webhookId]),
    log.list({ ...webhook, limit: MAX_TIMED }),
  ]);
  const { success, failed, expired } = counts.deliveries;
  const finished = success + failed + expired;
  const times = page.deliveries.flatMap(({ lastAttempt, test }) =>
    lastAttempt === null || test ? [] : [lastAttempt.responseTimeMs],
  );
  return {
    webhookId,
    since: new Date(since).toISOString(),
    ...counts,
    successRate: finished === 0 ? null : success / finished,
    responseTimeMs: summarize(times),
    failuresInARow: record?.failures ?? 0,
    failingSince: record === undefined ? null : new Date(nowMs - record.failingForMs).toISOString(),
  };
}

function summarize(times: readonly number[]): WebhookStats["responseTimeMs"] {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return sorted.length === 0 ? null : { median: at(0.5), p95: at(0.95), max: at(1) };
}
