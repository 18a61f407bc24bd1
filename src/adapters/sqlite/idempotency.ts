import { randomUUID } from "node:crypto";
import { readFunction } from "../../domain/option-value.js";
import type { IdempotencyClaim, IdempotencyClaimResult, IdempotencyStore } from "../../ports/idempotency.js";
import { silentLogger } from "../../ports/logger.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { COMPLETE_KEY, GET_KEY, IDEMPOTENCY_MIGRATIONS, PURGE_KEYS, RELEASE_KEY, TAKE_KEY } from "./idempotency-sql.js";
import { checkLocation } from "./location.js";
import type { Component } from "./migrate.js";
import { openConnection, type SqliteLocation } from "./open-connection.js";
import { toStored } from "./text.js";

/** Options of {@link sqliteIdempotency}. */
export type SqliteIdempotencyOptions = SqliteLocation & {
  /** Milliseconds since the Unix epoch. Defaults to the machine's clock. */
  readonly now?: (() => number) | undefined;
};

/** An {@link IdempotencyStore} that holds a connection. */
export interface SqliteIdempotency extends IdempotencyStore {
  /** Closes the connection that was opened for `path`; the next call opens it again. */
  close(): Promise<void>;
}

const RECEIVER: Component = { name: "receiver", migrations: IDEMPOTENCY_MIGRATIONS };

/** Purging takes more keys at a time than come in between, so that expired ones never pile up. */
const CLAIMS_PER_PURGE = 50;
const KEYS_PER_PURGE = 200;

/**
 * Remembers handled events in a SQLite file, which several processes on one machine may share. The file is opened by
 * the first call.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from its methods `driver_missing`, `store_incompatible` or
 *   `store_unavailable`.
 */
export function sqliteIdempotency(options: SqliteIdempotencyOptions): SqliteIdempotency {
  const { now, ...location } = checkLocation("sqliteIdempotency", options, { now: true });
  return new SqliteIdempotencyStore(location, readFunction("now", now, Date.now));
}

class SqliteIdempotencyStore implements SqliteIdempotency {
  #opening: Promise<SqliteConnection> | null = null;
  #claims = 0;

  constructor(
    private readonly location: SqliteLocation,
    private readonly now: () => number,
  ) {}

  async claim(request: IdempotencyClaim): Promise<IdempotencyClaimResult> {
    const token = randomUUID();
    this.#claims += 1;
    const purge = this.#claims % CLAIMS_PER_PURGE === 0;
    return this.#write((statements) => {
      if (purge) statements.run(PURGE_KEYS, this.#now(), KEYS_PER_PURGE);
      return claimKey(statements, this.#now(), request, token);
    });
  }

  async complete({ key, token, retentionMs }: Parameters<IdempotencyStore["complete"]>[0]): Promise<void> {
    await this.#write((statements) =>
      statements.run(COMPLETE_KEY, toStored(key), toStored(token), this.#now() + Math.ceil(retentionMs)),
    );
  }

  async release({ key, token }: Parameters<IdempotencyStore["release"]>[0]): Promise<void> {
    await this.#write((statements) => statements.run(RELEASE_KEY, toStored(key), toStored(token)));
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = null;
    await connection?.close();
  }

  #now(): number {
    return Math.floor(this.now());
  }

  async #write<Result>(run: (statements: Statements) => Result): Promise<Result> {
    this.#opening ??= openConnection(this.location, RECEIVER, silentLogger).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return (await this.#opening).write(run);
  }
}

function claimKey(
  statements: Statements,
  now: number,
  { key, leaseMs }: IdempotencyClaim,
  token: string,
): IdempotencyClaimResult {
  const present = statements.get<{ done: number; expiresAt: number }>(GET_KEY, toStored(key));
  if (present !== undefined && present.expiresAt > now) {
    return present.done === 1 ? { kind: "done" } : { kind: "in_flight", retryAfterMs: present.expiresAt - now };
  }
  statements.run(TAKE_KEY, toStored(key), token, now + Math.ceil(leaseMs));
  return { kind: "claimed", token };
}
