import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { redisStore } from "@auraconnect/webhooks/redis";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { Redis } from "ioredis";
import { startPrivateRedis } from "../test/services/private-redis.js";

/** A store that is empty, and how to be rid of it. */
export interface BenchStore {
  readonly store: SenderStore;
  readonly remove: () => Promise<void>;
}

const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

/** Every durable store, in a schema or in a file of its own. */
export const benchStores: Readonly<Record<string, () => Promise<BenchStore>>> = {
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
    return Promise.resolve({
      store: sqliteStore({ path: join(folder, "webhooks.db") }),
      remove: async () => {
        rmSync(folder, { recursive: true, force: true });
        return Promise.resolve();
      },
    });
  },
  postgres: () => {
    const schema = `bench_${process.pid}`;
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    return Promise.resolve({
      store: postgresStore({ pool, schema }),
      remove: async () => {
        await pool.query(`drop schema if exists ${schema} cascade`);
        await pool.end();
      },
    });
  },
  // With an append-only file that is written every second, which is the server's default for one. It is not rewritten
  // meanwhile, or that would be what is measured.
  redis: async () => {
    const server = await startPrivateRedis(["--auto-aof-rewrite-percentage", "0"]);
    const client = new Redis(server.url);
    return {
      store: redisStore({ client }),
      remove: async () => {
        client.disconnect();
        await server.stop();
      },
    };
  },
};
