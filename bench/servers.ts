import { postgresAnswers } from "../test/services/postgres-answers.js";
import { startPrivatePostgres } from "../test/services/private-postgres.js";
import { hasRedisServer, startPrivateRedis } from "../test/services/private-redis.js";

/** A server that contenders keep their work on. */
export type ServerKind = "postgres" | "redis";

/** The servers there are; null for one that cannot be had here. */
export interface Servers {
  readonly postgresUrl: string | null;
  readonly redisUrl: string | null;
}

/** {@link Servers}, and how to end those that were started. */
export interface StartedServers extends Servers {
  readonly stop: () => Promise<void>;
}

const LOCAL_POSTGRES = ["test", "postgres"].map((database) => `postgres://postgres@127.0.0.1:5432/${database}`);

/** As BullMQ's "Going to production" has it, and as its documentation and ours call durable. */
const REDIS_SETTINGS = ["--appendfsync", "everysec", "--maxmemory-policy", "noeviction"];

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Brings the servers up that are needed: Redis always as a private one, because its persistence is part of what is
 * measured; PostgreSQL where `DATABASE_URL` says, on the standard local port, or a private one.
 */
export async function startServers(needed: ReadonlySet<ServerKind>): Promise<StartedServers> {
  const postgres = needed.has("postgres") ? await findPostgres() : { url: null, stop: nothing };
  const redis =
    needed.has("redis") && hasRedisServer() ? await startPrivateRedis(REDIS_SETTINGS) : { url: null, stop: nothing };
  return {
    postgresUrl: postgres.url,
    redisUrl: redis.url,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
}

/** Whether there is a server of this kind. */
export function has({ postgresUrl, redisUrl }: Servers, kind: ServerKind): boolean {
  return (kind === "postgres" ? postgresUrl : redisUrl) !== null;
}

async function findPostgres(): Promise<{ readonly url: string | null; readonly stop: () => Promise<void> }> {
  const given = process.env["DATABASE_URL"];
  for (const url of given === undefined ? LOCAL_POSTGRES : [given]) {
    if (await postgresAnswers(url)) return { url, stop: nothing };
  }
  if (given !== undefined)
    throw new Error("No PostgreSQL that can be used answers at DATABASE_URL; start it, or unset it.");
  try {
    return await startPrivatePostgres();
  } catch (error) {
    console.error(`There is no PostgreSQL: ${error instanceof Error ? error.message : String(error)}.`);
    return { url: null, stop: nothing };
  }
}
