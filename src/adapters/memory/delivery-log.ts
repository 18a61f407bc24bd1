/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import { plainError } from "../../error-table.js";
import type {
  DeliveryCounts,
  DeliveryLog,
  DeliveryPage,
  DeliveryQuery,
  DeliveryRow,
  EventRow,
  TestDelivery,
} from "../../ports/delivery-log.js";
import type { AttemptRecord } from "../../ports/delivery-queue.js";
import { lastAttempt, type Delivery } from "./delivery.js";
import { isOlder, type Ledger } from "./ledger.js";

/** The log in memory: a walk from the newest delivery of an account, a webhook or an event back to older ones. */
export class MemoryDeliveryLog implements DeliveryLog {
  constructor(
    private readonly ledger: Ledger,
    private readonly now: () => number,
  ) {}

  async list(query: DeliveryQuery): Promise<DeliveryPage> {
    const rows = this.#candidates(query);
    const deliveries: DeliveryRow[] = [];
    for (let index = this.#startOf(rows, query) - 1; index >= 0; index -= 1) {
      const delivery = rows[index];
      if (delivery === undefined || delivery.storedAt < (query.since ?? Number.NEGATIVE_INFINITY)) break;
      if (!isWanted(delivery, query)) continue;
      if (deliveries.length === query.limit) return { deliveries, more: true };
      deliveries.push(rowOf(delivery));
    }
    return { deliveries, more: false };
  }

  async attempts(deliveryId: string): Promise<readonly AttemptRecord[]> {
    const records = this.ledger.deliveries.get(deliveryId)?.records ?? [];
    return records.map(({ attempt }) => attempt).sort((a, b) => a.number - b.number || a.sentAt - b.sentAt);
  }

  async event({ accountId, eventId }: Parameters<DeliveryLog["event"]>[0]): Promise<EventRow | null> {
    const event = this.ledger.event(accountId, eventId);
    if (event === undefined) return null;
    const { id, type, createdAt, body, attributes, storedAt } = event;
    return { id, type, createdAt, body, attributes, storedAt };
  }

  async count({ accountId, webhookId, since, limit }: Parameters<DeliveryLog["count"]>[0]): Promise<DeliveryCounts> {
    const deliveries = { pending: 0, success: 0, failed: 0, expired: 0, cancelled: 0 };
    const rows = this.ledger.list(accountId, webhookId);
    let attempts = 0;
    let counted = 0;
    for (let index = rows.length - 1; index >= 0; index -= 1) {
      const row = rows[index];
      if (row === undefined || row.storedAt < since) break;
      if (row.test || row.event.accountId !== accountId) continue;
      if (counted === limit) return { deliveries, attempts, complete: false };
      counted += 1;
      deliveries[row.status] += 1;
      attempts += row.attempts;
    }
    return { deliveries, attempts, complete: true };
  }

  async recordTest({ id, webhookId, eventId, eventType, status, attempt, ...rest }: TestDelivery): Promise<void> {
    if (this.ledger.event(rest.accountId, eventId) !== undefined) return;
    const event = { ...rest, id: eventId, type: eventType, attributes: null, unmatched: null };
    const delivery = this.ledger.addDelivery(
      this.ledger.addEvent(event, this.now()),
      { id, webhookId },
      this.now(),
      true,
    );
    delivery.status = status;
    delivery.attempts = 1;
    delivery.records = [{ lease: { owner: "", token: 0 }, decided: true, attempt }];
  }

  #candidates({ accountId, webhookId, eventId }: DeliveryQuery): readonly Delivery[] {
    if (eventId === undefined) return this.ledger.list(accountId, webhookId);
    const deliveries = this.ledger.event(accountId, eventId)?.deliveries ?? [];
    return [...deliveries].sort((a, b) => (isOlder(a, b) ? -1 : 1));
  }

  /** The place behind the first row of the page. */
  #startOf(rows: readonly Delivery[], { accountId, after, until }: DeliveryQuery): number {
    const cursor = after === undefined ? undefined : this.ledger.deliveries.get(after);
    if (after !== undefined && cursor?.event.accountId !== accountId) throw plainError("cursor_invalid");
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = rows[middle];
      const isAhead =
        row !== undefined && row.storedAt < (until ?? Infinity) && (cursor === undefined || isOlder(row, cursor));
      if (isAhead) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isWanted({ event, webhookId, status }: Delivery, query: DeliveryQuery): boolean {
  return (
    event.accountId === query.accountId &&
    webhookId === (query.webhookId ?? webhookId) &&
    status === (query.status ?? status) &&
    event.type === (query.eventType ?? event.type)
  );
}

function rowOf(delivery: Delivery): DeliveryRow {
  const { id, event, webhookId, status, attempts, storedAt, dueAt, resends, test } = delivery;
  return {
    id,
    accountId: event.accountId,
    webhookId,
    eventId: event.id,
    eventType: event.type,
    status,
    attempts,
    storedAt,
    lastAttempt: lastAttempt(delivery),
    nextAttemptAt: status === "pending" ? dueAt : null,
    resends,
    test,
  };
}
