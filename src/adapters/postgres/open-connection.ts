import { WebhookError } from "../../errors.js";
import type { Logger } from "../../ports/logger.js";
import { PostgresConnection } from "./connection.js";
import { hasMethod, type OwnedPool, type PostgresQueryable } from "./database.js";
import type { PostgresLocation } from "./location.js";
import { migrate, type Component } from "./migrate.js";
import { checkSchemaName } from "./schema-name.js";

/** Connects, and brings the tables of `component` up to date. Any number of processes may do this at the same time. */
export async function openConnection(
  location: PostgresLocation,
  component: Component,
  logger: Logger,
): Promise<PostgresConnection> {
  const { pool, end } = await reach(location);
  const deafen = hearErrors(pool, logger);
  const prepares = location.preparedStatements ?? isOfPg(pool);
  const release = async (): Promise<void> => {
    await end();
    deafen();
  };
  const connection = new PostgresConnection(pool, checkSchemaName(location.schema), prepares, logger, release);
  try {
    await migrate(connection, component, location.migrate ?? true);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What statements are sent to, and how to be rid of it. */
async function reach(
  location: PostgresLocation,
): Promise<{ readonly pool: PostgresQueryable; readonly end: () => Promise<void> }> {
  if (location.pool !== undefined) return { pool: location.pool, end: () => Promise.resolve() };
  const pool = await openPool(location.connectionString);
  return { pool, end: () => pool.end() };
}

async function openPool(connectionString: string): Promise<OwnedPool> {
  try {
    const { default: pg } = await import("pg");
    return new pg.Pool({ connectionString });
  } catch (error) {
    const message = "`connectionString` needs pg, which did not load: npm install pg.";
    throw new WebhookError("driver_missing", message, { cause: error });
  }
}

/** How many stores hear a pool's errors; they share one listener, for a pool may serve many. */
const hearing = new WeakMap<object, { users: number; readonly hear: (error: unknown) => void }>();

/** A pool tells of idle connections that broke, and an `error` that nobody hears ends the process. */
function hearErrors(pool: PostgresQueryable, logger: Logger): () => void {
  if (!hasMethod(pool, "on") || !hasMethod(pool, "off")) return () => undefined;
  let shared = hearing.get(pool);
  if (shared === undefined) {
    const hear = (error: unknown): void => {
      logger.warn({ err: error }, "an idle connection to PostgreSQL broke");
    };
    shared = { users: 0, hear };
    hearing.set(pool, shared);
    pool.on("error", hear);
  }
  const { hear } = shared;
  shared.users += 1;
  return () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    hearing.delete(pool);
    pool.off("error", hear);
  };
}

/** Whether a pool or client is pg's, or made after it: those take a statement with a name. */
function isOfPg(pool: PostgresQueryable): boolean {
  return "totalCount" in pool || "connectionParameters" in pool;
}
