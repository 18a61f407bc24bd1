import type { KnownEvent, NewDelivery, NewEvent } from "../../ports/delivery-queue.js";
import type { Delivery, StoredEvent } from "./delivery.js";

/** Shared by all deliveries that were not tried yet: most are, for a moment, and an empty list each would add up. */
const NO_RECORDS: Delivery["records"] = [];

/** Everything that is stored, and the lists by which it is read. */
export class Ledger {
  readonly deliveries = new Map<string, Delivery>();
  readonly #events = new Map<string, Map<string, StoredEvent>>();
  readonly #byAccount = new Map<string, Delivery[]>();
  readonly #byWebhook = new Map<string, Delivery[]>();
  #oldestFirst: StoredEvent[] = [];
  #order = 0;

  /** All events, oldest first. */
  get events(): readonly StoredEvent[] {
    return this.#oldestFirst;
  }

  event(accountId: string, eventId: string): StoredEvent | undefined {
    return this.#events.get(accountId)?.get(eventId);
  }

  /** Keeps a new event; its deliveries are added one by one. */
  addEvent(given: Omit<NewEvent, "registryVersion" | "deliveries">, now: number): StoredEvent {
    const { accountId, id, type, createdAt, body, attributes, unmatched, trace = null } = given;
    const deliveries: Delivery[] = [];
    const event = { accountId, id, type, createdAt, storedAt: now, body, attributes, unmatched, trace, deliveries };
    let events = this.#events.get(accountId);
    if (events === undefined) this.#events.set(accountId, (events = new Map<string, StoredEvent>()));
    events.set(id, event);
    insert(this.#oldestFirst, event, (a, b) => a.storedAt < b.storedAt);
    return event;
  }

  addDelivery(event: StoredEvent, given: Pick<NewDelivery, "id" | "webhookId">, now: number, test = false): Delivery {
    const { id, webhookId } = given;
    const delivery: Delivery = {
      id,
      webhookId,
      event,
      storedAt: now,
      order: (this.#order += 1),
      test,
      status: "pending",
      dueAt: now,
      heldBy: null,
      attempts: 0,
      scheduleOffset: 0,
      resends: 0,
      deaths: 0,
      settledBy: null,
      records: NO_RECORDS,
      heapIndex: -1,
    };
    event.deliveries.push(delivery);
    this.deliveries.set(id, delivery);
    insert(listOf(this.#byAccount, event.accountId), delivery, isOlder);
    insert(listOf(this.#byWebhook, webhookId), delivery, isOlder);
    return delivery;
  }

  /** The first events of an account, as many as asked for. */
  eventsOf(accountId: string, limit: number): StoredEvent[] {
    const events: StoredEvent[] = [];
    for (const event of this.#events.get(accountId)?.values() ?? []) {
      if (events.length === limit) break;
      events.push(event);
    }
    return events;
  }

  /** Deliveries of an account or of one webhook, by the instant and id at which they were stored. */
  list(accountId: string, webhookId: string | undefined): readonly Delivery[] {
    const list = webhookId === undefined ? this.#byAccount.get(accountId) : this.#byWebhook.get(webhookId);
    return list ?? [];
  }

  /** How many events were stored before an instant: the first of {@link events}. */
  countStoredBefore(instant: number): number {
    let low = 0;
    let high = this.#oldestFirst.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#oldestFirst[middle]?.storedAt ?? Infinity) < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets events and their deliveries, none of which is held or waits. */
  remove(events: ReadonlySet<StoredEvent>): void {
    this.#oldestFirst = this.#oldestFirst.filter((event) => !events.has(event));
    for (const event of events) {
      this.#events.get(event.accountId)?.delete(event.id);
      for (const { id } of event.deliveries) this.deliveries.delete(id);
    }
    const deliveries = [...events].flatMap((event) => event.deliveries);
    for (const accountId of new Set([...events].map((event) => event.accountId))) {
      if (this.#events.get(accountId)?.size === 0) this.#events.delete(accountId);
      prune(this.#byAccount, accountId, events);
    }
    for (const webhookId of new Set(deliveries.map((delivery) => delivery.webhookId))) {
      prune(this.#byWebhook, webhookId, events);
    }
  }
}

/** Whether a delivery was stored before another. */
export function isOlder(a: Delivery, b: Delivery): boolean {
  return a.storedAt < b.storedAt || (a.storedAt === b.storedAt && a.id < b.id);
}

/** What a publisher is told about an event that is there already. */
export function knownEvent({ type, body, attributes, unmatched, deliveries }: StoredEvent): KnownEvent {
  return { type, body, attributes, unmatched, deliveries: deliveries.map(({ id, webhookId }) => ({ id, webhookId })) };
}

function listOf(lists: Map<string, Delivery[]>, key: string): Delivery[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}

function prune(lists: Map<string, Delivery[]>, key: string, removed: ReadonlySet<StoredEvent>): void {
  const left = (lists.get(key) ?? []).filter(({ event }) => !removed.has(event));
  if (left.length > 0) lists.set(key, left);
  else lists.delete(key);
}

/** New ones are the newest, so that the place is at the end or a few steps before it. */
function insert<Item>(list: Item[], item: Item, isBefore: (a: Item, b: Item) => boolean): void {
  let index = list.length;
  for (let previous = list[index - 1]; previous !== undefined && isBefore(item, previous);) {
    list[index] = previous;
    index -= 1;
    previous = list[index - 1];
  }
  list[index] = item;
}
