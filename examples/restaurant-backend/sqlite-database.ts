import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import type { Database, Transaction, Value } from "./database.js";
import { tables } from "./tables.js";

/** What better-sqlite3 and `node:sqlite` have in common. */
interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

interface Statement {
  all(values: Readonly<Record<string, Value>>): unknown[];
  run(values: Readonly<Record<string, Value>>): unknown;
  /** How better-sqlite3 tells statements without rows, whose `all` it refuses. */
  readonly reader?: boolean;
}

/** A connection of the backend's own; the sender's store opens another one to the same file. */
export async function openSqlite(path: string): Promise<Database> {
  const connection = await connect(path);
  connection.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full;");
  connection.exec(tables("integer primary key"));
  const transaction: Transaction = {
    handle: connection,
    query: <Row>(sql: string, ...values: readonly Value[]) => Promise.resolve(run(connection, sql, values) as Row[]),
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    name: `SQLite, ${path}`,
    store: sqliteStore({ path }),
    // One connection has one transaction at a time: each waits for the one before.
    transaction(work) {
      const mine = turn.then(() => inTransaction(connection, () => work(transaction)));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await turn;
      connection.close();
    },
  };
}

async function inTransaction<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  connection.exec("begin immediate");
  try {
    const result = await work();
    connection.exec("commit");
    return result;
  } catch (error) {
    connection.exec("rollback");
    throw error;
  }
}

function run(connection: Connection, sql: string, values: readonly Value[]): unknown[] {
  const statement = connection.prepare(sql);
  const named = Object.fromEntries(values.map((value, index) => [`${index + 1}`, value]));
  if (statement.reader !== false) return statement.all(named);
  statement.run(named);
  return [];
}

/** better-sqlite3 where it is installed, else what Node 22.13 and later bring along. */
async function connect(path: string): Promise<Connection> {
  try {
    const { default: Driver } = await import("better-sqlite3");
    return new Driver(path);
  } catch (error) {
    const builtIn = process.getBuiltinModule("node:sqlite") as
      { DatabaseSync: new (path: string) => Connection } | undefined;
    if (builtIn !== undefined) return new builtIn.DatabaseSync(path);
    throw new Error("There is no SQLite here: npm install better-sqlite3, or take Node 22.13 or later.", {
      cause: error,
    });
  }
}
