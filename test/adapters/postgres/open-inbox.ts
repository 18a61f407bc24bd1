import pg from "pg";
import { postgresInbox } from "@auraconnect/webhooks/postgres";
import type { EventContext } from "@auraconnect/webhooks/receiver";

/**
 * An inbox in a schema, and a ledger beside it that is written in one transaction with it. `where` is a URL and the
 * schema, as JSON.
 */
export async function open(where: string, now: () => number) {
  const { connectionString, schema } = JSON.parse(where) as { connectionString: string; schema: string };
  const pool = new pg.Pool({ connectionString });
  const inbox = postgresInbox({ pool, schema, now });
  await inbox.list({ limit: 1 });
  await pool.query(`create table if not exists ${schema}.ledger (event_id text not null)`);
  const book = async (id: string, context: EventContext) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(`insert into ${schema}.ledger values ($1)`, [id]);
      await context.complete(client);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };
  const booked = async () => {
    const { rows } = await pool.query<{ id: string }>(`select event_id as id from ${schema}.ledger order by 1`);
    return rows.map(({ id }) => id);
  };
  return { inbox, book, booked, close: () => pool.end() };
}
