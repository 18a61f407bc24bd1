import { readWholeNumber } from "../../domain/option-value.js";
import { WebhookError } from "../../errors.js";
import type { SenderStore, StoreContext } from "../../ports/sender-store.js";
import { portOf, type RedisClient } from "./client.js";
import { RedisDeliveryLog } from "./delivery-log.js";
import { RedisDeliveryQueue } from "./delivery-queue.js";
import { RedisEndpointHealth } from "./endpoint-health.js";
import { RedisNotes } from "./notes.js";
import { openStore, type OpenStore, type StorePlace } from "./open-store.js";
import { readPrefix, readTimeoutMs } from "./options.js";
import { RedisRateWindow } from "./rate-window.js";
import { RedisRetention } from "./retention.js";
import { RedisWebhookRegistry } from "./webhook-registry.js";

/** More would be asked one by one by every claim, and no cluster has as many nodes. */
const MAX_PARTITIONS = 256;

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A client of ioredis or node-redis, for one server or a cluster. It stays the host's: it is never closed. */
  readonly client: RedisClient;
  /** How every key begins; one store has it to itself. Defaults to `webhooks:`. */
  readonly prefix?: string | undefined;
  /**
   * Over how many slots of a cluster the store is spread: 1 to 256. An account is in one of them with all it has. Fixed
   * when the store is made. Defaults to what the store has, and for a new one to 16 on a cluster and 1 on one server,
   * where more only cost.
   */
  readonly partitions?: number | undefined;
  /**
   * Milliseconds after which a call that got no answer rejects with `store_unavailable`, whatever the client is set to
   * do: 100 to 60,000. Defaults to 5,000.
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * Keeps webhooks, deliveries and their log in Redis 6.2 or later, Valkey, or a cluster of either; any number of processes
 * may share them. As durable as the server: with an append-only file that is written every second a crash of the machine
 * may lose the last one.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from `open`: `store_incompatible`, `store_unavailable` or
 *   `store_refused`.
 */
export function redisStore(options: RedisStoreOptions): SenderStore {
  return new RedisStore({
    port: portOf(options.client),
    prefix: readPrefix(options.prefix, "webhooks:"),
    partitions:
      options.partitions === undefined
        ? undefined
        : readWholeNumber("partitions", options.partitions, 1, { min: 1, max: MAX_PARTITIONS }),
    timeoutMs: readTimeoutMs(options.timeoutMs),
  });
}

class RedisStore implements SenderStore {
  readonly name = "redis";
  readonly durable = true;
  readonly webhooks: RedisWebhookRegistry;
  readonly queue: RedisDeliveryQueue;
  readonly log: RedisDeliveryLog;
  readonly rate: RedisRateWindow;
  readonly health: RedisEndpointHealth;
  readonly retention: RedisRetention;
  readonly notes: RedisNotes;

  #store: OpenStore | null = null;
  #opening: Promise<OpenStore> | null = null;
  /** How often it was opened and not closed, calls of `open` that have not ended yet included. */
  #uses = 0;

  constructor(private readonly place: StorePlace) {
    const store = (): OpenStore => this.#opened();
    this.webhooks = new RedisWebhookRegistry(store);
    this.queue = new RedisDeliveryQueue(store);
    this.log = new RedisDeliveryLog(store);
    this.rate = new RedisRateWindow(store);
    this.health = new RedisEndpointHealth(store);
    this.retention = new RedisRetention(store);
    this.notes = new RedisNotes(store);
  }

  async open(context: StoreContext): Promise<void> {
    // Counted before it is open, so that a `close` meanwhile is not the last.
    this.#uses += 1;
    const opening = (this.#opening ??= openStore(this.place, context));
    try {
      const store = await opening;
      if (this.#opening === opening) this.#store = store;
    } catch (error) {
      this.#uses -= 1;
      if (this.#opening === opening) this.#opening = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    // A failure to open was told to whoever opened, and did not count.
    await this.#opening?.catch(() => undefined);
    if (this.#uses === 0) return;
    this.#uses -= 1;
    if (this.#uses > 0) return;
    const store = this.#store;
    this.#store = null;
    this.#opening = null;
    store?.wakeUp.close();
  }

  listen(onDue: () => void): () => void {
    return this.#store?.wakeUp.listen(onDue) ?? (() => undefined);
  }

  #opened(): OpenStore {
    if (this.#store !== null) return this.#store;
    throw new WebhookError("store_unavailable", "The Redis store is not open; call `open()`, or start the sender.");
  }
}
