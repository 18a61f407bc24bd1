import type { DeliveryQueue } from "../ports/delivery-queue.js";
import { summarizeCancelled } from "./delivery-summary.js";
import type { SenderEmitter } from "./sender-events.js";

/** Deliveries ended at a time. */
const BATCH = 1_000;

/**
 * Ends what waits for a webhook, or one delivery of it, tells of each, and answers how many. Those that a worker holds
 * are left to it.
 *
 * @throws {@link WebhookError} `store_unavailable`.
 */
export async function cancelDeliveries(
  { queue, emitter }: { readonly queue: DeliveryQueue; readonly emitter: SenderEmitter },
  {
    deliveryId,
    ...webhook
  }: {
    readonly accountId: string;
    readonly webhookId: string;
    readonly deliveryId?: string | undefined;
  },
): Promise<number> {
  let total = 0;
  for (let count = BATCH; count === BATCH; total += count) {
    const cancelled = await queue.cancel({ ...webhook, deliveryId, limit: BATCH });
    for (const delivery of cancelled) {
      emitter.emit("delivery.cancelled", { delivery: summarizeCancelled(webhook, delivery), attempt: null });
    }
    count = cancelled.length;
  }
  return total;
}
