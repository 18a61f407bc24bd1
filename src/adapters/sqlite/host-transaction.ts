import { WebhookError } from "../../errors.js";
import { hostStatements, isSqliteDatabase, type SqliteDatabase, type Statements } from "./database.js";
import { storeError } from "./failure.js";

/**
 * Runs `run` inside the transaction that the host has open on its own connection, at once and without waiting: what it
 * writes exists exactly if the host commits. A failure undoes what this call wrote and leaves the host's transaction open.
 *
 * @throws {@link WebhookError} `option_invalid` for what is no connection, has no open transaction, or is of a
 *   database without the store's tables; `store_unavailable` where SQLite refuses, for one because another connection
 *   has the lock: only the host can wait for that, by beginning with `BEGIN IMMEDIATE`.
 */
export function inHostTransaction<Result>(transaction: unknown, run: (statements: Statements) => Result): Result {
  if (!isSqliteDatabase(transaction)) {
    throw invalid("is a better-sqlite3 or node:sqlite connection on the store's database with an open transaction");
  }
  if (!isInTransaction(transaction))
    throw invalid("is a connection with an open transaction; run BEGIN IMMEDIATE first");
  try {
    return guarded(transaction, () => run(hostStatements(transaction)));
  } catch (error) {
    if (error instanceof Error && error.message.includes("no such table: webhook")) {
      throw invalid("is a connection on the store's own database; this one has no webhook tables");
    }
    throw storeError(error);
  }
}

/** A driver that does not tell is believed to be in one. */
function isInTransaction({ inTransaction, isTransaction }: SqliteDatabase): boolean {
  return inTransaction ?? isTransaction ?? true;
}

function guarded<Result>(database: SqliteDatabase, run: () => Result): Result {
  database.exec("savepoint webhook_host");
  try {
    return run();
  } catch (error) {
    database.exec("rollback to webhook_host");
    throw error;
  } finally {
    database.exec("release webhook_host");
  }
}

function invalid(expected: string): WebhookError {
  return new WebhookError("option_invalid", `\`transaction\` ${expected}.`, { field: "transaction" });
}
