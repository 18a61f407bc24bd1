import { sqliteInboxStore, type SqliteInboxOptions } from "../adapters/sqlite/inbox.js";
import { createInbox } from "../receiver/create-inbox.js";
import type { Inbox } from "../receiver/inbox.js";

/**
 * Keeps acknowledged events in a SQLite file until they are handled. Several processes on one machine may share it. The
 * file is opened by the first call. Events that come in one turn of the event loop share a commit, which is on disk when
 * they are acknowledged.
 *
 * `context.complete(connection)` takes a better-sqlite3 or `node:sqlite` connection of yours on the same file, with an
 * open transaction.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from its methods `driver_missing`, `store_incompatible` or
 *   `store_unavailable`.
 */
export function sqliteInbox(options: SqliteInboxOptions): Inbox {
  return createInbox(sqliteInboxStore(options));
}

export type { SqliteInboxOptions };
export { sqliteStore, type SqliteStoreOptions } from "../adapters/sqlite/store.js";
export {
  sqliteIdempotency,
  type SqliteIdempotency,
  type SqliteIdempotencyOptions,
} from "../adapters/sqlite/idempotency.js";
export type { SqliteDatabase, SqliteRunResult, SqliteStatement, SqliteValue } from "../adapters/sqlite/database.js";
