/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { SenderStore, StoreContext } from "../../ports/sender-store.js";
import { MemoryDeliveryLog } from "./delivery-log.js";
import { MemoryDeliveryQueue } from "./delivery-queue.js";
import { MemoryEndpointHealth } from "./endpoint-health.js";
import { Lanes } from "./lanes.js";
import { Ledger } from "./ledger.js";
import { MemoryNotes } from "./notes.js";
import { MemoryRateWindow } from "./rate-window.js";
import { MemoryRetention } from "./retention.js";
import { MemoryWebhookRegistry } from "./webhook-registry.js";

/**
 * Keeps webhooks, deliveries and their log in this process, for tests, demos and work that may be lost: nothing is ever
 * written anywhere. Senders in one process may share one; it works by the clock of the first.
 */
export function memoryStore(): SenderStore {
  let now: () => number = Date.now;
  let users = 0;
  const storeNow = (): number => now();
  const lanes = new Lanes();
  const ledger = new Ledger();
  const health = new MemoryEndpointHealth(storeNow);
  const webhooks = new MemoryWebhookRegistry(lanes, health);
  const queue = new MemoryDeliveryQueue(ledger, lanes, webhooks, health, storeNow);
  const notes = new MemoryNotes(storeNow);
  return {
    name: "memory",
    durable: false,
    webhooks,
    queue,
    log: new MemoryDeliveryLog(ledger, storeNow),
    rate: new MemoryRateWindow(storeNow),
    health,
    retention: new MemoryRetention(ledger, queue, webhooks, notes, storeNow),
    notes,
    async open(context: StoreContext): Promise<void> {
      if (users === 0) now = context.now ?? Date.now;
      users += 1;
    },
    async close(): Promise<void> {
      // What it keeps is its own; opened again it is as it was.
      users = Math.max(0, users - 1);
    },
  };
}
