import type { AttemptRecord, CancelledDelivery, ClaimedDelivery, NextState } from "../ports/delivery-queue.js";
import type { DeliveryStatus } from "../ports/delivery-log.js";
import type { AttemptSummary, DeliverySummary } from "./sender-events.js";

/** How a settled delivery is told of. */
export function summarizeDelivery(
  delivery: ClaimedDelivery,
  attempt: AttemptRecord | null,
  next: NextState,
  nowMs: number,
): DeliverySummary {
  return {
    id: delivery.id,
    accountId: delivery.accountId,
    webhookId: delivery.webhookId,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    status: statusOf(next),
    attempts: delivery.attempts + (attempt === null ? 0 : 1),
    nextAttemptAt: "delayMs" in next ? new Date(nowMs + next.delayMs).toISOString() : null,
  };
}

/** How an attempt is told of. */
export function summarizeAttempt(attempt: AttemptRecord): AttemptSummary {
  return {
    number: attempt.number,
    sentAt: new Date(attempt.sentAt).toISOString(),
    responseCode: attempt.responseCode,
    responseTimeMs: attempt.responseTimeMs,
    error: attempt.error,
  };
}

/** How a delivery that ended with its webhook is told of. */
export function summarizeCancelled(
  webhook: { readonly accountId: string; readonly webhookId: string },
  { id, eventId, eventType, attempts }: CancelledDelivery,
): DeliverySummary {
  return { ...webhook, id, eventId, eventType, attempts, status: "cancelled", nextAttemptAt: null };
}

function statusOf(next: NextState): DeliveryStatus {
  return next.kind === "retry" || next.kind === "release" ? "pending" : next.kind;
}
