import { WebhookError } from "../../errors.js";
import { isQueryable, type PostgresQueryable } from "./database.js";
import { checkSchemaName } from "./schema-name.js";

/** Where the tables are, and how they are reached. */
export type PostgresLocation = PostgresServer & {
  /**
   * The schema of the tables, made when it is missing. Defaults to `webhooks`. A schema of their own keeps them out of
   * sight of the host's migration tools.
   */
  readonly schema?: string | undefined;
  /** Whether tables are made and brought up to date when they are first needed. Defaults to true. */
  readonly migrate?: boolean | undefined;
  /**
   * Whether the statements of the hot path are prepared. Defaults to true where `pool` is pg's and to false elsewhere; off
   * by itself behind a pooler that loses them.
   */
  readonly preparedStatements?: boolean | undefined;
};

/** Either what the host has opened, or where to connect to. */
export type PostgresServer =
  | {
      /**
       * A `Pool` of pg (the best choice), or anything with its `query(text, values)`: a pool of Neon's, a PGlite, a
       * `Client` that nothing else uses. It is never ended.
       */
      readonly pool: PostgresQueryable;
      readonly connectionString?: undefined;
    }
  | {
      /** Of which this package opens a pool of its own, with `pg`, and ends it. */
      readonly connectionString: string;
      readonly pool?: undefined;
    };

/**
 * Checks where a caller wants its tables.
 *
 * @throws {@link WebhookError} `option_invalid` unless exactly one of `pool` and `connectionString` is given, in its type,
 *   and the schema can be one.
 */
export function checkLocation<Location extends PostgresLocation>(location: Location): Location {
  const { pool, connectionString } = location as { pool?: unknown; connectionString?: unknown };
  if ((pool === undefined) === (connectionString === undefined)) {
    const message = "PostgreSQL is given either `pool`, such as a Pool of pg, or `connectionString`.";
    throw new WebhookError("option_invalid", message);
  }
  if (pool !== undefined && !isQueryable(pool)) {
    throw new WebhookError("option_invalid", "`pool` is an object with `query(text, values)`, such as a Pool of pg.", {
      field: "pool",
    });
  }
  if (pool === undefined && (typeof connectionString !== "string" || connectionString === "")) {
    const message = "`connectionString` is the URL of a database, such as postgres://user@host/database.";
    throw new WebhookError("option_invalid", message, { field: "connectionString" });
  }
  checkSchemaName(location.schema);
  return location;
}
