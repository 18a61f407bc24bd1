import type { DeliveryStatus } from "../../ports/delivery-log.js";
import type { AttemptRecord, Lease, NewEvent } from "../../ports/delivery-queue.js";
import type { HeapItem } from "./heap.js";

/** An event as it is kept; what its deliveries became is in the deliveries. */
export type StoredEvent = Omit<NewEvent, "registryVersion" | "deliveries"> & {
  readonly storedAt: number;
  readonly deliveries: Delivery[];
};

/** A delivery as it is kept. While it is pending it is either held, or lies in the heap of its lane. */
export interface Delivery extends HeapItem {
  readonly id: string;
  readonly webhookId: string;
  readonly event: StoredEvent;
  readonly storedAt: number;
  /** Counts deliveries, so that of those due at the same instant the older comes first. */
  readonly order: number;
  /** Made by `recordTest`: never due. */
  readonly test: boolean;
  status: DeliveryStatus;
  dueAt: number;
  heldBy: Lease | null;
  attempts: number;
  /** How many of them were made before the present schedule began. */
  scheduleOffset: number;
  resends: number;
  /** How many owners have died in a row while they held it. */
  deaths: number;
  /** The lease under which it was last decided. */
  settledBy: Lease | null;
  records: readonly RecordedAttempt[];
}

/** An attempt, under which lease it was made, and whether that lease held when it was recorded. */
export interface RecordedAttempt {
  readonly lease: Lease;
  readonly decided: boolean;
  readonly attempt: AttemptRecord;
}

/** Whether two leases are one. */
export function isSameLease(a: Lease | null, b: Lease): boolean {
  return a !== null && a.token === b.token && a.owner === b.owner;
}

/** The last attempt that decided something. */
export function lastAttempt({ records }: Delivery): AttemptRecord | null {
  return records.findLast(({ decided }) => decided)?.attempt ?? null;
}
