import { randomUUID } from "node:crypto";
import { WebhookError } from "../../errors.js";
import type { IdempotencyClaim, IdempotencyClaimResult, IdempotencyStore } from "../../ports/idempotency.js";
import { silentLogger } from "../../ports/logger.js";
import type { PostgresConnection } from "./connection.js";
import { CLAIM_KEY, COMPLETE_KEY, PURGE_KEYS, RELEASE_KEY } from "./idempotency-sql.js";
import { checkLocation, type PostgresLocation } from "./location.js";
import { RECEIVER } from "./migrate.js";
import { openConnection } from "./open-connection.js";
import { toStored } from "./text.js";

/** Options of {@link postgresIdempotency}. */
export type PostgresIdempotencyOptions = PostgresLocation & {
  /** Milliseconds since the Unix epoch, in tests. Without it the server's clock rules. */
  readonly now?: (() => number) | undefined;
};

/** An {@link IdempotencyStore} that may hold connections. */
export interface PostgresIdempotency extends IdempotencyStore {
  /** Ends the pool that was opened for `connectionString`; the next call opens it again. */
  close(): Promise<void>;
}

/** Purging takes more keys at a time than come in between, so that expired ones never pile up. */
const CLAIMS_PER_PURGE = 50;
const KEYS_PER_PURGE = 200;

/** How often a claim is asked again that met another at the very moment. */
const MAX_CLAIMS = 5;

/**
 * Remembers handled events in PostgreSQL, for any number of processes. The first call connects and makes the table.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from its methods `driver_missing`, `store_incompatible`,
 *   `store_refused` or `store_unavailable`.
 */
export function postgresIdempotency(options: PostgresIdempotencyOptions): PostgresIdempotency {
  return new PostgresIdempotencyStore(checkLocation(options));
}

class PostgresIdempotencyStore implements PostgresIdempotency {
  #opening: Promise<PostgresConnection> | null = null;
  #claims = 0;

  constructor(private readonly location: PostgresIdempotencyOptions) {}

  async claim({ key, leaseMs }: IdempotencyClaim): Promise<IdempotencyClaimResult> {
    const connection = await this.#opened();
    const token = randomUUID();
    this.#claims += 1;
    if (this.#claims % CLAIMS_PER_PURGE === 0) await connection.all(PURGE_KEYS, [this.#now(), KEYS_PER_PURGE]);
    const lease = Math.ceil(leaseMs);
    for (let round = 1; round <= MAX_CLAIMS; round += 1) {
      const values = [this.#now(), toStored(key), token, lease];
      const [row] = await connection.allPrepared<{ taken: boolean; done: boolean; leftMs: number }>(CLAIM_KEY, values);
      if (row === undefined) continue;
      if (row.taken) return { kind: "claimed", token };
      return row.done ? { kind: "done" } : { kind: "in_flight", retryAfterMs: Number(row.leftMs) };
    }
    throw new WebhookError("store_unavailable", "Others took and gave back the key whenever it was asked for.");
  }

  async complete({ key, token, retentionMs }: Parameters<IdempotencyStore["complete"]>[0]): Promise<void> {
    const connection = await this.#opened();
    await connection.allPrepared(COMPLETE_KEY, [this.#now(), toStored(key), toStored(token), Math.ceil(retentionMs)]);
  }

  async release({ key, token }: Parameters<IdempotencyStore["release"]>[0]): Promise<void> {
    await (await this.#opened()).all(RELEASE_KEY, [toStored(key), toStored(token)]);
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = null;
    await connection?.close();
  }

  #now(): number | null {
    const { now } = this.location;
    return now === undefined ? null : Math.floor(now());
  }

  #opened(): Promise<PostgresConnection> {
    this.#opening ??= openConnection(this.location, RECEIVER, silentLogger).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}
