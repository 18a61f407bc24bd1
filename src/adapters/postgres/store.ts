import type { Logger } from "../../ports/logger.js";
import { silentLogger } from "../../ports/logger.js";
import type { SenderStore, StoreContext } from "../../ports/sender-store.js";
import { closedError, type PostgresConnection } from "./connection.js";
import { PostgresDeliveryLog } from "./delivery-log.js";
import { PostgresDeliveryQueue } from "./delivery-queue.js";
import { PostgresEndpointHealth } from "./endpoint-health.js";
import { checkLocation, type PostgresLocation } from "./location.js";
import { SENDER } from "./migrate.js";
import { PostgresNotes } from "./notes.js";
import { openConnection } from "./open-connection.js";
import { PostgresRateWindow } from "./rate-window.js";
import { PostgresRetention } from "./retention.js";
import { canListen, WakeUp } from "./wake-up.js";
import { PostgresWebhookRegistry } from "./webhook-registry.js";

/** Options of {@link postgresStore}. */
export type PostgresStoreOptions = PostgresLocation & {
  /**
   * Whether one connection of the pool is kept to hear from other processes that something is due. Defaults to true where
   * the pool can lend one and has more than one. Without it workers look every 250 ms.
   */
  readonly listen?: boolean | undefined;
};

/**
 * Keeps webhooks, deliveries and their log in PostgreSQL 13 or later, as durable as the server's commits are when a call
 * resolves. Any number of processes may share it. Its tables are in a schema of their own, made and brought up to date
 * by `open`.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from `open`: `driver_missing`, `store_incompatible`,
 *   `store_refused` or `store_unavailable`.
 */
export function postgresStore(options: PostgresStoreOptions): SenderStore {
  return new PostgresStore(checkLocation(options));
}

class PostgresStore implements SenderStore {
  readonly name = "postgres";
  readonly durable = true;
  readonly webhooks: PostgresWebhookRegistry;
  readonly queue: PostgresDeliveryQueue;
  readonly log: PostgresDeliveryLog;
  readonly rate: PostgresRateWindow;
  readonly health: PostgresEndpointHealth;
  readonly retention: PostgresRetention;
  readonly notes: PostgresNotes;
  readonly listen?: (onDue: () => void) => () => void;

  readonly #wakeUp: WakeUp;
  #connection: PostgresConnection | null = null;
  #opening: Promise<PostgresConnection> | null = null;
  /** How often it was opened and not closed, calls of `open` that have not ended yet included. */
  #uses = 0;
  #now: (() => number) | null = null;
  #logger: Logger = silentLogger;

  constructor(private readonly location: PostgresStoreOptions) {
    const connection = (): PostgresConnection => this.#opened();
    const now = (): number | null => (this.#now === null ? null : Math.floor(this.#now()));
    this.#wakeUp = new WakeUp(connection, () => this.#logger);
    const notify = (): void => {
      this.#wakeUp.notify();
    };
    this.webhooks = new PostgresWebhookRegistry(connection, now, notify);
    this.queue = new PostgresDeliveryQueue(connection, now, notify);
    this.log = new PostgresDeliveryLog(connection, now);
    this.rate = new PostgresRateWindow(connection, now);
    this.health = new PostgresEndpointHealth(connection, now);
    this.retention = new PostgresRetention(connection, now);
    this.notes = new PostgresNotes(connection, now);
    if ((location.listen ?? true) && (location.pool === undefined || canListen(location.pool))) {
      this.listen = (onDue) => this.#wakeUp.listen(onDue);
    }
  }

  async open({ logger, now }: StoreContext): Promise<void> {
    // Counted before it is open, so that a `close` meanwhile is not the last.
    this.#uses += 1;
    if (this.#opening === null) {
      this.#now = now ?? null;
      this.#logger = logger;
    }
    const opening = (this.#opening ??= openConnection(this.location, SENDER, logger));
    try {
      const connection = await opening;
      if (this.#opening === opening) this.#connection = connection;
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
    this.#wakeUp.close();
    const connection = this.#connection;
    this.#connection = null;
    this.#opening = null;
    await connection?.close();
  }

  #opened(): PostgresConnection {
    if (this.#connection !== null) return this.#connection;
    throw closedError();
  }
}
