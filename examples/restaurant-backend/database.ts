import type { SenderStore } from "@auraconnect/webhooks/sender";
import { openPostgres } from "./postgres-database.js";
import { openSqlite } from "./sqlite-database.js";

export type Value = string | number | null;

/** A transaction of the backend's own, which the sender writes its events into as well. */
export interface Transaction {
  /** Runs a statement whose parameters are `$1`, `$2` and so on, and answers its rows. */
  readonly query: <Row>(sql: string, ...values: readonly Value[]) => Promise<Row[]>;
  /** What `sender.publish` takes as its `transaction`. */
  readonly handle: unknown;
}

/** The database that holds the orders, and beside them the webhooks. */
export interface Database {
  /** For the log: which database it is. */
  readonly name: string;
  /** For `createSender`. */
  readonly store: SenderStore;
  /** Commits when `work` resolves, and undoes everything, events included, when it rejects. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** PostgreSQL where DATABASE_URL is set, else a SQLite file. The tables of the backend are made where they are missing. */
export function openDatabase(env: NodeJS.ProcessEnv): Promise<Database> {
  const url = env["DATABASE_URL"];
  return url === undefined
    ? openSqlite(env["DATABASE_PATH"] ?? "restaurant.db")
    : openPostgres(url, env["DATABASE_SCHEMA"] ?? "restaurant");
}
