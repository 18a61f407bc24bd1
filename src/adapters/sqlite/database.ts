/** A value that SQLite stores as we use it. */
export type SqliteValue = string | number | null;

/**
 * A connection as this package uses it. Connections of better-sqlite3 and of `node:sqlite` (`DatabaseSync`) both fit;
 * a host hands in its own.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  /** How better-sqlite3 says that a transaction is open. */
  readonly inTransaction?: boolean;
  /** How `node:sqlite` says that a transaction is open, from Node 22.16 on. */
  readonly isTransaction?: boolean;
}

/** What a statement that writes has done. */
export interface SqliteRunResult {
  readonly changes: number | bigint;
  readonly lastInsertRowid: number | bigint;
}

/** A prepared statement. Its parameters are typed by each driver in its own way; it is given {@link SqliteValue}s. */
export interface SqliteStatement {
  run(...parameters: never[]): SqliteRunResult;
  get(...parameters: never[]): unknown;
  all(...parameters: never[]): unknown[];
}

/** A statement as it is used here, and the switches a driver may have on it: a host may have changed their defaults. */
interface PlainStatement {
  run(...parameters: SqliteValue[]): SqliteRunResult;
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: (SqliteValue | Readonly<Record<string, SqliteValue>>)[]): unknown[];
  safeIntegers?(on: boolean): unknown;
  setReadBigInts?(on: boolean): unknown;
  setReturnArrays?(on: boolean): unknown;
}

/** The statements of one connection, each prepared when it is first used. */
export class Statements {
  readonly #prepared = new Map<string, PlainStatement>();

  constructor(readonly database: SqliteDatabase) {}

  /** Runs a statement for its effect and answers how many rows it changed. */
  run(sql: string, ...parameters: SqliteValue[]): number {
    return Number(this.#statement(sql).run(...parameters).changes);
  }

  /** Inserts a row and answers its row id, or null where a conflict kept it out. */
  insert(sql: string, ...parameters: SqliteValue[]): number | null {
    const { changes, lastInsertRowid } = this.#statement(sql).run(...parameters);
    return Number(changes) === 0 ? null : Number(lastInsertRowid);
  }

  /** The first row. `Row` is what the columns of `sql` are; the tables are STRICT and ours alone. */
  get<Row>(sql: string, ...parameters: SqliteValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  /** All rows. `Row` is what the columns of `sql` are; the tables are STRICT and ours alone. */
  all<Row>(sql: string, ...parameters: SqliteValue[]): Row[] {
    return this.#statement(sql).all(...parameters) as Row[];
  }

  /** The same with named parameters, for statements that use one more than once. */
  allNamed<Row>(sql: string, parameters: Readonly<Record<string, SqliteValue>>): Row[] {
    return this.#statement(sql).all(parameters) as Row[];
  }

  #statement(sql: string): PlainStatement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = plain(this.database.prepare(sql));
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

const statementsOf = new WeakMap<SqliteDatabase, Statements>();

/** The statements of a host's connection; the same object for the same connection, so that nothing is prepared twice. */
export function hostStatements(database: SqliteDatabase): Statements {
  let statements = statementsOf.get(database);
  if (statements === undefined) {
    statements = new Statements(database);
    statementsOf.set(database, statements);
  }
  return statements;
}

/** Whether a value can be a connection. */
export function isSqliteDatabase(value: unknown): value is SqliteDatabase {
  if (typeof value !== "object" || value === null) return false;
  const { exec, prepare } = value as Partial<Record<keyof SqliteDatabase, unknown>>;
  return typeof exec === "function" && typeof prepare === "function";
}

function plain(statement: SqliteStatement): PlainStatement {
  // Drivers take null, strings and numbers, whatever their types say of null.
  const prepared = statement as unknown as PlainStatement;
  prepared.safeIntegers?.(false);
  prepared.setReadBigInts?.(false);
  prepared.setReturnArrays?.(false);
  return prepared;
}
