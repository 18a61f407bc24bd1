export { postgresStore, type PostgresStoreOptions } from "../adapters/postgres/store.js";
export {
  postgresIdempotency,
  type PostgresIdempotency,
  type PostgresIdempotencyOptions,
} from "../adapters/postgres/idempotency.js";
export { postgresMigrations, type PostgresMigrationsOptions } from "../adapters/postgres/migrate.js";
export type { PostgresLocation, PostgresServer } from "../adapters/postgres/location.js";
export type { PostgresQueryable } from "../adapters/postgres/database.js";
