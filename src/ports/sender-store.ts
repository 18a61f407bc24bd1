import type { DeliveryLog } from "./delivery-log.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import type { EndpointHealth } from "./endpoint-health.js";
import type { Logger } from "./logger.js";
import type { Notes } from "./notes.js";
import type { RateWindow } from "./rate-window.js";
import type { Retention } from "./retention.js";
import type { WebhookRegistry } from "./webhook-registry.js";

/** All that a sender keeps, in one place. */
export interface SenderStore {
  /** For messages, such as `sqlite`. */
  readonly name: string;

  /** Whether it outlives the process. A durable store is given secrets encrypted, unless the host chose otherwise. */
  readonly durable: boolean;

  readonly webhooks: WebhookRegistry;
  readonly queue: DeliveryQueue;
  readonly log: DeliveryLog;
  readonly rate: RateWindow;
  readonly health: EndpointHealth;
  readonly retention: Retention;
  readonly notes: Notes;

  /**
   * Makes the store ready: connects and migrates. Each sender that uses the store calls it once before anything else,
   * and once again after its `close`; all but the first find it ready.
   */
  open(context: StoreContext): Promise<void>;

  /** Ends the use that one `open` began. The last one lets go of what was opened; what the host gave stays open. */
  close(): Promise<void>;

  /**
   * Calls `onDue` when somebody else may have made work due, until the returned function is called. A hint, which may come
   * late, twice or not at all: workers also ask now and then. Answers at once and never throws; a store that loses its
   * way of knowing tries to get it back by itself. Left out by a store that cannot tell.
   */
  listen?(onDue: () => void): () => void;
}

/** What a store gets from its sender. */
export interface StoreContext {
  readonly logger: Logger;
  /** The time by which the store works, in tests. Without it the store's own clock rules. */
  readonly now?: (() => number) | undefined;
}
