import type { DeliveryDetails, DeliveryLogPage, DeliveryLogRow, ListDeliveries } from "./delivery-logs.js";
import type { Recovery } from "./recovery.js";
import type { WebhookKey } from "./webhooks.js";

/** Names the delivery of one event to one webhook. */
export interface DeliveryKey extends WebhookKey {
  readonly eventId: string;
}

export interface RecoverDeliveries extends WebhookKey {
  /** RFC 3339 or a Date, not in the future. */
  readonly since: string | Date;
}

export interface CancelDeliveries extends WebhookKey {
  /** Only the delivery of this event. Defaults to all that wait. */
  readonly eventId?: string | undefined;
}

/** What was published, on its way to webhooks. */
export interface Deliveries {
  /** Deliveries of an account, newest first. */
  list(query?: ListDeliveries): Promise<DeliveryLogPage>;

  /**
   * One delivery with each of its requests, and what debug mode kept of them.
   *
   * @throws {@link WebhookError} `delivery_not_found`.
   */
  get(key: DeliveryKey): Promise<DeliveryDetails>;

  /**
   * Sends a delivery that has ended again, whatever became of it: it is pending and due at once, with the whole schedule
   * of retries. Attempts keep counting.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `webhook_inactive`, `delivery_not_found`, `delivery_pending`,
   *   `resend_too_late` for an event of more than 7 days, `store_unavailable`.
   */
  resend(key: DeliveryKey): Promise<DeliveryLogRow>;

  /**
   * Sends everything of a webhook again whose last attempt failed at `since` or later; events of more than 7 days are
   * left. It goes on in the background, in any process that has started, and after a crash where it was; each delivery
   * is sent again once. One recovery of a webhook at a time.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `webhook_inactive`, `recovery_running`, `option_invalid`.
   */
  recover(request: RecoverDeliveries): Promise<Recovery>;

  /**
   * How far a recovery is. The last one of each webhook is remembered for 7 days.
   *
   * @throws {@link WebhookError} `recovery_not_found`.
   */
  recovery(key: WebhookKey & { readonly recoveryId: string }): Promise<Recovery>;

  /**
   * Ends what waits for a webhook as `cancelled`, or the delivery of one event; what is being sent at the moment is not
   * stopped. Says how many were ended.
   *
   * @throws {@link WebhookError} `webhook_not_found`, `delivery_not_found`.
   */
  cancel(request: CancelDeliveries): Promise<{ readonly cancelled: number }>;
}
