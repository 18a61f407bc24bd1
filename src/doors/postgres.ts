import { postgresInboxStore, type PostgresInboxOptions } from "../adapters/postgres/inbox.js";
import { createInbox } from "../receiver/create-inbox.js";
import type { Inbox } from "../receiver/inbox.js";

/**
 * Keeps acknowledged events in PostgreSQL until they are handled, for any number of processes. The first call connects
 * and makes the table. Each event is stored in one statement, which is committed when it is acknowledged.
 *
 * `context.complete(client)` takes what your open transaction on the same database is on: a client of pg, or anything
 * with its `query(text, values)`. Await it.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from its methods `driver_missing`, `store_incompatible`,
 *   `store_refused` or `store_unavailable`.
 */
export function postgresInbox(options: PostgresInboxOptions): Inbox {
  return createInbox(postgresInboxStore(options));
}

export type { PostgresInboxOptions };
export { postgresStore, type PostgresStoreOptions } from "../adapters/postgres/store.js";
export {
  postgresIdempotency,
  type PostgresIdempotency,
  type PostgresIdempotencyOptions,
} from "../adapters/postgres/idempotency.js";
export { postgresMigrations, type PostgresMigrationsOptions } from "../adapters/postgres/migrate.js";
export type { PostgresLocation, PostgresServer } from "../adapters/postgres/location.js";
export type { PostgresQueryable } from "../adapters/postgres/database.js";
