import type { Logger } from "../../ports/logger.js";
import { SqliteConnection } from "./connection.js";
import type { SqliteDatabase } from "./database.js";
import { configure, loadDriver } from "./driver.js";
import { storeError } from "./failure.js";
import { isMigrated, migrate, type Component } from "./migrate.js";
import { retryWhileBusy } from "./patience.js";

/** Where the tables are. Either a file of which this package opens its own connection, or a connection of the host's. */
export type SqliteLocation =
  | {
      /** The file, made when it is missing; its folder must exist. `:memory:` is a database that nobody else sees. */
      readonly path: string;
      readonly database?: undefined;
    }
  | {
      /**
       * A connection of better-sqlite3 or `node:sqlite`. Its settings are left as they are (how durable a commit is
       * follows from its `synchronous`), and it is never closed. Transactions that the host has open on it are waited for.
       */
      readonly database: SqliteDatabase;
      readonly path?: undefined;
    };

/** Connects, and brings the tables of `component` up to date. Any number of processes may do this at the same time. */
export async function openConnection(
  location: SqliteLocation,
  component: Component,
  logger: Logger,
): Promise<SqliteConnection> {
  const connection = await connect(location, logger);
  try {
    if (!(await connection.read((statements) => isMigrated(statements, component)))) {
      await connection.write((statements) => {
        migrate(statements, component);
      });
    }
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect({ path, database }: SqliteLocation, logger: Logger): Promise<SqliteConnection> {
  if (database !== undefined) return new SqliteConnection(database, () => undefined);
  const driver = await loadDriver();
  if (driver.passedOver !== null) {
    logger.info({ driver: driver.name, reason: driver.passedOver }, "better-sqlite3 did not load; using node:sqlite");
  }
  const opened = await retryWhileBusy(() => driver.open(path));
  const release = (): void => {
    opened.close();
  };
  try {
    await retryWhileBusy(() => {
      configure(opened);
    });
  } catch (error) {
    release();
    throw storeError(error);
  }
  return new SqliteConnection(opened, release);
}
