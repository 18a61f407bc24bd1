/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { Retention } from "../../ports/retention.js";
import { EVENT_MAX_AGE_MS } from "../../protocol/limits.js";
import type { StoredEvent } from "./delivery.js";
import type { MemoryDeliveryQueue } from "./delivery-queue.js";
import type { Ledger } from "./ledger.js";
import type { MemoryNotes } from "./notes.js";
import type { MemoryWebhookRegistry } from "./webhook-registry.js";

/** Events at which one call looks at most though they must stay. */
const MAX_KEPT = 5_000;

/** Removes what is old from the ledger. */
export class MemoryRetention implements Retention {
  /** How many of the oldest events were looked at and stay. The next call begins behind them and comes round to them. */
  #position = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly queue: MemoryDeliveryQueue,
    private readonly webhooks: MemoryWebhookRegistry,
    private readonly notes: MemoryNotes,
    private readonly now: () => number,
  ) {}

  async purge({ ageMs, limit }: Parameters<Retention["purge"]>[0]): Promise<number> {
    const now = this.now();
    const old = this.ledger.countStoredBefore(now - ageMs);
    const start = this.#position < old ? this.#position : 0;
    const removed: number[] = [];
    let looked = 0;
    for (; looked < old && removed.length < limit && looked - removed.length < MAX_KEPT; looked += 1) {
      const index = (start + looked) % old;
      if (!this.#stays(this.ledger.events[index], now)) removed.push(index);
    }
    const end = start + looked;
    this.#position = end - removed.filter((index) => index < end).length;
    this.#remove(removed.flatMap((index) => this.ledger.events[index] ?? []));
    return removed.length;
  }

  async erase({ accountId, limit }: Parameters<Retention["erase"]>[0]): Promise<number> {
    this.notes.erase(accountId);
    const events = this.ledger.eventsOf(accountId, limit);
    this.#remove(events);
    // The places of those behind what was removed are others now.
    this.#position = 0;
    return events.length;
  }

  /** Whether a delivery of the event may still be sent, or is being sent. */
  #stays(event: StoredEvent | undefined, now: number): boolean {
    if (event === undefined) return true;
    const isTooOld = now - event.createdAt > EVENT_MAX_AGE_MS;
    return event.deliveries.some(({ status, heldBy, webhookId }) => {
      if (status !== "pending") return false;
      const state = this.webhooks.stateOf(webhookId);
      return heldBy !== null || state === "active" || (state === "inactive" && !isTooOld);
    });
  }

  #remove(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      for (const delivery of event.deliveries) this.queue.forget(delivery);
    }
    this.ledger.remove(new Set(events));
  }
}
