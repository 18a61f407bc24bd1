export { sqliteStore, type SqliteStoreOptions } from "../adapters/sqlite/store.js";
export {
  sqliteIdempotency,
  type SqliteIdempotency,
  type SqliteIdempotencyOptions,
} from "../adapters/sqlite/idempotency.js";
export { sqliteInbox, type SqliteInboxOptions } from "../adapters/sqlite/inbox.js";
export type { SqliteDatabase, SqliteRunResult, SqliteStatement, SqliteValue } from "../adapters/sqlite/database.js";
