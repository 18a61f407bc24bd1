import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { WebhookError } from "../../errors.js";
import type { Logger } from "../../ports/logger.js";
import { rowsOf, type AsRead, type PostgresQueryable, type PostgresValue } from "./database.js";
import { isConflict, isUnprepared, storeError } from "./failure.js";
import { inSchema } from "./schema-name.js";

/** How often a statement is sent that the server undoes because it met another. */
const MAX_TRIES = 6;

/** The longest pause between two of those, in milliseconds. */
const LONGEST_PAUSE_MS = 25;

/** A statement as it is sent. */
interface Statement {
  readonly text: string;
  /** Names it where it is prepared: the same for the same text, and another for another. */
  readonly name: string;
}

/** How pg is asked to prepare a statement; only pg is. */
interface Preparing {
  query(statement: Statement & { readonly values: readonly PostgresValue[] }): PromiseLike<unknown>;
}

/**
 * The statements of one schema on a pool. Each is sent by itself, is whole by itself, and may go over any connection, so
 * that a pooler in between that shares connections by transaction changes nothing.
 */
export class PostgresConnection {
  readonly #statements = new Map<string, Statement>();
  #prepares: boolean;
  #closed = false;

  constructor(
    readonly pool: PostgresQueryable,
    readonly schema: string,
    prepares: boolean,
    private readonly logger: Logger,
    private readonly release: () => Promise<void>,
  ) {
    this.#prepares = prepares;
  }

  /** Runs a statement and answers its rows. @throws {@link WebhookError} as `storeError` says. */
  all<Row>(sql: string, values: readonly PostgresValue[]): Promise<AsRead<Row>[]> {
    return this.#attempt(() => this.pool.query(this.#statement(sql).text, [...values]));
  }

  /**
   * The same for the statements that every delivery needs: parsed and planned once per connection, where the driver can.
   * Only for those whose plan is good at every size of the tables.
   */
  allPrepared<Row>(sql: string, values: readonly PostgresValue[]): Promise<AsRead<Row>[]> {
    const { text, name } = this.#statement(sql);
    return this.#attempt(() => {
      if (!this.#prepares) return this.pool.query(text, [...values]);
      return (this.pool as unknown as Preparing).query({ name, text, values });
    });
  }

  /** Runs a statement without values that is written for the schema already. */
  async run(text: string): Promise<void> {
    await this.#attempt(() => this.pool.query(text));
  }

  /** Statements for the schema, for a connection of the host's. */
  textOf(sql: string): string {
    return this.#statement(sql).text;
  }

  /** Lets go of a pool that was opened here; one that the host gave stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.release();
  }

  async #attempt<Row>(send: () => PromiseLike<unknown>): Promise<AsRead<Row>[]> {
    for (let tries = 1; ; tries += 1) {
      if (this.#closed) throw closedError();
      try {
        return rowsOf<Row>(await send());
      } catch (error) {
        if (this.#prepares && isUnprepared(error)) this.#stopPreparing(error);
        else if (!isConflict(error) || tries === MAX_TRIES) throw storeError(error);
        else await setTimeout(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE_MS));
      }
    }
  }

  #stopPreparing(error: unknown): void {
    this.#prepares = false;
    const reason = error instanceof Error ? error.message : String(error);
    const message = "prepared statements do not last here, as behind an old pooler; going on without them";
    this.logger.info({ reason }, message);
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      const text = inSchema(sql, this.schema);
      statement = { text, name: `webhooks_${createHash("sha256").update(text).digest("hex").slice(0, 24)}` };
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** What a call on a store that is not open gets. */
export function closedError(): WebhookError {
  return new WebhookError("store_unavailable", "The PostgreSQL store is not open; call `open()`, or start the sender.");
}
