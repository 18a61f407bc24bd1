import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** Where a run keeps its rows: a folder, or where DATABASE_URL is set two schemas of their own. */
export interface Scratch {
  /** For the backend. */
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export function openScratch(): Scratch {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL === undefined ? folder() : schemas(DATABASE_URL);
}

function folder(): Scratch {
  const path = mkdtempSync(join(tmpdir(), "auraconnect-restaurant-"));
  const remove = (): Promise<void> => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    return Promise.resolve();
  };
  // A run that goes wrong leaves nothing behind either.
  process.once("exit", () => void remove());
  return { env: { DATABASE_PATH: join(path, "restaurant.db") }, remove };
}

function schemas(connectionString: string): Scratch {
  const schema = `restaurant_${process.pid}`;
  return {
    env: { DATABASE_SCHEMA: schema },
    async remove() {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query("set client_min_messages = warning");
      await client.query(`drop schema if exists ${schema} cascade; drop schema if exists ${schema}_webhooks cascade`);
      await client.end();
    },
  };
}
