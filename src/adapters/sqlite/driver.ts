import { WebhookError } from "../../errors.js";
import type { SqliteDatabase } from "./database.js";

/** Milliseconds that the driver itself may wait for a lock. Short: it stops the event loop meanwhile. */
const BUSY_TIMEOUT_MS = 50;

/**
 * A reader never waits for the writer (WAL), and a commit has reached the disk when it returns (FULL). SQLite keeps up to
 * 64 MB of pages in memory (the negative number is in KiB), and moves the log into the file every 16 MB, not every 4: what is
 * written, held and settled within that stretch is moved once.
 */
const SETTINGS = /* sql */ `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma cache_size = -65536;
  pragma wal_autocheckpoint = 4000;`;

/** Longer reasons are cut, in characters. */
const MAX_REASON_LENGTH = 300;

/** A connection that this package opened itself. */
export interface OwnedDatabase extends SqliteDatabase {
  close(): unknown;
}

/** Opens a connection, without any setting of ours. */
export type OpenDatabase = (path: string) => OwnedDatabase;

/** What was found to open files with, and why the first choice was not. */
export interface Driver {
  readonly name: "better-sqlite3" | "node:sqlite";
  readonly open: OpenDatabase;
  /** Why better-sqlite3 is not used; null when it is. */
  readonly passedOver: string | null;
}

/**
 * better-sqlite3 where it is installed and its native part loads, else the `node:sqlite` of Node >= 22.13.
 *
 * @throws {@link WebhookError} `driver_missing` when there is neither.
 */
export async function loadDriver(): Promise<Driver> {
  return chooseDriver(loadBetterSqlite, loadNodeSqlite());
}

/** The choice by itself: each driver may be missing, the first with a reason. */
export async function chooseDriver(
  loadFirst: () => Promise<OpenDatabase>,
  second: OpenDatabase | null,
): Promise<Driver> {
  try {
    return { name: "better-sqlite3", open: await loadFirst(), passedOver: null };
  } catch (error) {
    const reason = oneLine(error);
    if (second !== null) return { name: "node:sqlite", open: second, passedOver: reason };
    throw new WebhookError(
      "driver_missing",
      "`sqliteStore({ path })` needs better-sqlite3 (`npm install better-sqlite3`) or Node 22.13 or later, which " +
        `brings node:sqlite; this is Node ${process.versions.node}, and better-sqlite3 did not load: ${reason}`,
      { cause: error },
    );
  }
}

/** Settles a fresh connection: WAL, every commit on disk, short waits. May meet a lock, like any statement. */
export function configure(database: SqliteDatabase): void {
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec(SETTINGS);
}

async function loadBetterSqlite(): Promise<OpenDatabase> {
  const { default: Database } = await import("better-sqlite3");
  // The package loads its native part only when a database is opened; one in memory shows whether it does.
  new Database(":memory:").close();
  return (path) => new Database(path);
}

/** Asked of the process rather than imported, since the module does not exist in every Node we run on. */
function loadNodeSqlite(): OpenDatabase | null {
  const sqlite: unknown = process.getBuiltinModule("node:sqlite");
  if (typeof sqlite !== "object" || sqlite === null || !("DatabaseSync" in sqlite)) return null;
  const DatabaseSync = sqlite.DatabaseSync as new (path: string) => OwnedDatabase;
  return (path) => new DatabaseSync(path);
}

/** Node explains over several lines why a native part does not load. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, " ").slice(0, MAX_REASON_LENGTH);
}
