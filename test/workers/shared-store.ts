import { Redis } from "ioredis";
import pg from "pg";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { redisStore } from "@auraconnect/webhooks/redis";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";

/** Where several processes keep what they share; plain JSON, so that it can be handed to a process. */
export type SharedStore =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string }
  | { readonly kind: "redis"; readonly url: string; readonly prefix: string };

/** A store of the process's own on what is shared, and how to let go of what was opened for it. */
export interface OpenedStore {
  readonly store: SenderStore;
  readonly close: () => Promise<void>;
}

/** Opens what is shared. Nothing is connected before the store is first used. */
export function openShared(shared: SharedStore): OpenedStore {
  switch (shared.kind) {
    case "sqlite":
      return { store: sqliteStore({ path: shared.path }), close: () => Promise.resolve() };
    case "postgres": {
      const pool = new pg.Pool({ connectionString: shared.url, connectionTimeoutMillis: 2_000 });
      pool.on("error", () => undefined);
      return { store: postgresStore({ pool, schema: shared.schema }), close: () => pool.end() };
    }
    case "redis": {
      const client = new Redis(shared.url, { retryStrategy: () => 100 });
      client.on("error", () => undefined);
      const close = (): Promise<void> => {
        client.disconnect();
        return Promise.resolve();
      };
      return { store: redisStore({ client, prefix: shared.prefix }), close };
    }
  }
}
