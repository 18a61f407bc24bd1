import { WebhookError } from "../../errors.js";
import type { SenderStore, StoreContext } from "../../ports/sender-store.js";
import type { SqliteConnection } from "./connection.js";
import { SqliteDeliveryLog } from "./delivery-log.js";
import { SqliteDeliveryQueue } from "./delivery-queue.js";
import { SqliteEndpointHealth } from "./endpoint-health.js";
import { checkLocation } from "./location.js";
import type { Component } from "./migrate.js";
import { SqliteNotes } from "./notes.js";
import { openConnection, type SqliteLocation } from "./open-connection.js";
import { SqliteRateWindow } from "./rate-window.js";
import { SqliteRetention } from "./retention.js";
import { SENDER_MIGRATIONS } from "./sender-schema-sql.js";
import { SqliteWebhookRegistry } from "./webhook-registry.js";

/** Options of {@link sqliteStore}. */
export type SqliteStoreOptions = SqliteLocation;

const SENDER: Component = { name: "sender", migrations: SENDER_MIGRATIONS };

/**
 * Keeps webhooks, deliveries and their log in a SQLite file, durable at the moment a call resolves. Several processes on
 * one machine may share the file. Concurrent calls are committed together, so throughput grows with concurrency.
 *
 * With `path` it opens its own connection, through better-sqlite3 or, where that is not installed, the `node:sqlite` of
 * Node >= 22.13. Its tables begin with `webhook` and are made and brought up to date by `open`.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from `open`: `driver_missing`, `store_incompatible`, or
 *   `store_unavailable`.
 */
export function sqliteStore(options: SqliteStoreOptions): SenderStore {
  return new SqliteStore(checkLocation("sqliteStore", options, {}));
}

class SqliteStore implements SenderStore {
  readonly name = "sqlite";
  readonly durable = true;
  readonly webhooks: SqliteWebhookRegistry;
  readonly queue: SqliteDeliveryQueue;
  readonly log: SqliteDeliveryLog;
  readonly rate: SqliteRateWindow;
  readonly health: SqliteEndpointHealth;
  readonly retention: SqliteRetention;
  readonly notes: SqliteNotes;

  #connection: SqliteConnection | null = null;
  #opening: Promise<SqliteConnection> | null = null;
  /** How often it was opened and not closed, calls of `open` that have not ended yet included. */
  #uses = 0;
  #now: () => number = Date.now;

  constructor(private readonly location: SqliteLocation) {
    const connection = (): SqliteConnection => this.#opened();
    const now = (): number => Math.floor(this.#now());
    this.webhooks = new SqliteWebhookRegistry(connection);
    this.queue = new SqliteDeliveryQueue(connection, now);
    this.log = new SqliteDeliveryLog(connection, now);
    this.rate = new SqliteRateWindow(connection, now);
    this.health = new SqliteEndpointHealth(connection, now);
    this.retention = new SqliteRetention(connection, now);
    this.notes = new SqliteNotes(connection, now);
  }

  async open({ logger, now }: StoreContext): Promise<void> {
    // Counted before it is open, so that a `close` meanwhile is not the last.
    this.#uses += 1;
    if (this.#opening === null) this.#now = now ?? Date.now;
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
    const connection = this.#connection;
    this.#connection = null;
    this.#opening = null;
    await connection?.close();
  }

  #opened(): SqliteConnection {
    if (this.#connection !== null) return this.#connection;
    throw new WebhookError("store_unavailable", "The SQLite store is not open; call `open()`, or start the sender.");
  }
}
