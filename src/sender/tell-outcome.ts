import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { AttemptOutcome } from "./attempt.js";
import { summarizeAttempt, summarizeDelivery } from "./delivery-summary.js";
import type { SenderEmitter, SenderEventName } from "./sender-events.js";

const EVENT_NAMES = {
  success: "delivery.succeeded",
  retry: "delivery.retrying",
  failed: "delivery.failed",
  expired: "delivery.expired",
  cancelled: "delivery.cancelled",
} as const satisfies Record<string, SenderEventName>;

/** Tells listeners what became of a delivery. One that was given back has not changed and is not told of. */
export function tellOutcome(
  emitter: SenderEmitter,
  delivery: ClaimedDelivery,
  { attempt, next }: AttemptOutcome,
  nowMs: number,
): void {
  if (next.kind === "release") return;
  const name = EVENT_NAMES[next.kind];
  if (!emitter.hears(name)) return;
  const summary = summarizeDelivery(delivery, attempt, next, nowMs);
  if (name === "delivery.expired" || name === "delivery.cancelled") {
    emitter.emit(name, { delivery: summary, attempt: attempt === null ? null : summarizeAttempt(attempt) });
  } else if (attempt !== null) {
    emitter.emit(name, { delivery: summary, attempt: summarizeAttempt(attempt) });
  }
}
