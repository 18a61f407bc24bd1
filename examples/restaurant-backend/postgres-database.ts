import pg from "pg";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import type { Database, Value } from "./database.js";
import { tables } from "./tables.js";

/** The tables of the backend are in `schema`, those of the sender in a schema of their own beside it. */
export async function openPostgres(connectionString: string, schema: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${schema}` });
  // A connection that breaks while it is idle is replaced; without a listener it would end the process.
  pool.on("error", (error) => {
    console.error(error.message);
  });
  await pool.query(
    `create schema if not exists ${pg.escapeIdentifier(schema)}; ${tables("integer generated always as identity primary key")}`,
  );
  return {
    name: `PostgreSQL, schema ${schema}`,
    store: postgresStore({ pool, schema: `${schema}_webhooks` }),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work({
          handle: client,
          query: async <Row>(sql: string, ...values: readonly Value[]) =>
            (await client.query(sql, [...values])).rows as Row[],
        });
        await client.query("commit");
        return result;
      } catch (error) {
        // A connection that broke has taken its transaction with it.
        await client.query("rollback").catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
