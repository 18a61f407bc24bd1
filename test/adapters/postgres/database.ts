import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

/** The server that tests may make schemas on; null where there is none, and then they are skipped. */
export const postgresUrl = inject("postgresUrl");

/** A pool of the present test's own, ended with it. */
export function testPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = makePool(options);
  onTestFinished(() => pool.end());
  return pool;
}

/** A pool that whoever asks for it ends. No test waits for a disk: a crash of the server is not what they are about. */
export function makePool(options: pg.PoolConfig = {}): pg.Pool {
  return new pg.Pool({ connectionString: postgresUrl ?? "", options: "-c synchronous_commit=off", ...options });
}

/** The name of a schema of the present test's own, dropped with it. Whatever uses it is to be ended by then. */
export function testSchema(prefix = "test"): string {
  const schema = `${prefix}_${randomBytes(6).toString("hex")}`;
  onTestFinished(async () => {
    const pool = makePool({ max: 1 });
    await pool.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`);
    await pool.end();
  });
  return schema;
}
