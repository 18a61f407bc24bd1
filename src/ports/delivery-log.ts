import type { AttemptRecord, NewEvent } from "./delivery-queue.js";

/** `pending` until it ends in one of the others. */
export type DeliveryStatus = "pending" | "success" | "failed" | "expired" | "cancelled";

/** What became of deliveries. Every method rejects with `store_unavailable` when the store does not answer. */
export interface DeliveryLog {
  /**
   * Deliveries of an account, newest first by the instant at which they were stored and then by id. Rows that are added
   * while a reader goes from page to page move none. Rejects with `cursor_invalid` when `after` is no delivery of the
   * account.
   */
  list(query: DeliveryQuery): Promise<DeliveryPage>;

  /** The attempts of one delivery, first to last; empty when there is no such delivery. */
  attempts(deliveryId: string): Promise<readonly AttemptRecord[]>;

  /** An event as it was stored; null when the account has none with this id (any more). */
  event(key: { readonly accountId: string; readonly eventId: string }): Promise<EventRow | null>;

  /**
   * What became of the deliveries of a webhook, tests left out: of those stored at `since` or later, in milliseconds
   * since the Unix epoch, the newest `limit`.
   */
  count(query: {
    readonly accountId: string;
    readonly webhookId: string;
    readonly since: number;
    readonly limit: number;
  }): Promise<DeliveryCounts>;

  /**
   * Records a test with its event: a delivery that was made outside the queue and has ended with its one attempt. It is
   * listed and forgotten like any other; it never becomes due, is not counted, and leaves the endpoint's health as it
   * is. The same test recorded again changes nothing.
   */
  recordTest(test: TestDelivery): Promise<void>;
}

export interface DeliveryQuery {
  readonly accountId: string;
  readonly webhookId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly eventType?: string | undefined;
  /** Only deliveries stored at this instant or later, in milliseconds since the Unix epoch. */
  readonly since?: number | undefined;
  /** Only deliveries stored before this instant, in milliseconds since the Unix epoch. */
  readonly until?: number | undefined;
  readonly limit: number;
  /** The id of the last delivery of the page before. */
  readonly after?: string | undefined;
}

export interface DeliveryPage {
  readonly deliveries: readonly DeliveryRow[];
  /** Whether older deliveries match too. */
  readonly more: boolean;
}

/** One delivery and its last attempt. Instants are milliseconds since the Unix epoch. */
export interface DeliveryRow {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly storedAt: number;
  readonly lastAttempt: AttemptRecord | null;
  /** Null when nothing is due any more. */
  readonly nextAttemptAt: number | null;
  /** How often it was sent again by hand. */
  readonly resends: number;
  /** Whether it was made by `recordTest`. */
  readonly test: boolean;
}

/** An event as it was stored. Instants are milliseconds since the Unix epoch. */
export interface EventRow extends Pick<NewEvent, "id" | "type" | "createdAt" | "body" | "attributes"> {
  readonly storedAt: number;
}

/** What became of some deliveries. */
export interface DeliveryCounts {
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  /** Requests sent for all of them. */
  readonly attempts: number;
  /** False where there were more than `limit`. */
  readonly complete: boolean;
}

/** A test and its event. */
export interface TestDelivery extends Pick<NewEvent, "accountId" | "createdAt" | "body"> {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: "success" | "failed";
  /** Its number is 1. */
  readonly attempt: AttemptRecord;
}
