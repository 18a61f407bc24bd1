/**
 * The servers that tests talk to: those the environment names, or those on the standard local ports, or private ones
 * that end with the tests. What cannot be had is skipped, and named in the last line; with `CI` set it is a failure.
 */
import type { TestProject } from "vitest/node";
import { startPrivatePostgres } from "./private-postgres.js";
import { hasRedisServer, startPrivateRedis } from "./private-redis.js";
import { postgresAnswers } from "./postgres-answers.js";
import { redisAnswers } from "./redis-answers.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A database in which tests may make schemas of their own; null where there is none. */
    readonly postgresUrl: string | null;
    /** A server in which tests may write under prefixes of their own; null where there is none. */
    readonly redisUrl: string | null;
    /** Whether `startPrivateRedis` works here. */
    readonly hasRedisServer: boolean;
  }
}

/** A server, or why there is none. */
interface Service {
  readonly url: string | null;
  /** For the last line. */
  readonly says: string;
  readonly stop?: (() => Promise<void>) | undefined;
}

const LOCAL_POSTGRES = ["test", "postgres"].map((database) => `postgres://postgres@127.0.0.1:5432/${database}`);
const LOCAL_REDIS = "redis://127.0.0.1:6379";

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const services = await Promise.all([postgres(), redis()]);
  const [{ url: postgresUrl }, { url: redisUrl }] = services;
  project.provide("postgresUrl", postgresUrl);
  project.provide("redisUrl", redisUrl);
  project.provide("hasRedisServer", hasRedisServer());
  const stop = async (): Promise<void> => {
    await Promise.all(services.flatMap(({ stop: end }) => (end === undefined ? [] : [end()])));
  };
  const missing = services.filter(({ url }) => url === null);
  if (!hasRedisServer()) missing.push({ url: null, says: "Redis clusters and crashes: redis-server is not installed" });
  if (missing.length > 0 && process.env["CI"]) {
    await stop();
    throw new Error(`Cannot be tested here: ${list(missing)}. With CI set, everything must be.`);
  }
  return async () => {
    await stop();
    console.log(missing.length > 0 ? `NOT TESTED HERE: ${list(missing)}.` : `Tested on ${list(services)}.`);
  };
}

async function postgres(): Promise<Service> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined) return mustAnswer("DATABASE_URL", given, await postgresAnswers(given));
  for (const url of LOCAL_POSTGRES) {
    if (await postgresAnswers(url)) return { url, says: `PostgreSQL at ${url}` };
  }
  try {
    const { url, stop } = await startPrivatePostgres();
    return { url, says: "a private PostgreSQL", stop };
  } catch (error) {
    return { url: null, says: `PostgreSQL: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function redis(): Promise<Service> {
  const given = process.env["REDIS_URL"];
  if (given !== undefined) return mustAnswer("REDIS_URL", given, await redisAnswers(given));
  if (await redisAnswers(LOCAL_REDIS)) return { url: LOCAL_REDIS, says: `Redis at ${LOCAL_REDIS}` };
  if (!hasRedisServer()) return { url: null, says: "Redis: none answers, and redis-server is not installed" };
  const { url, stop } = await startPrivateRedis();
  return { url, says: "a private Redis", stop };
}

function mustAnswer(name: string, url: string, answers: boolean): Service {
  if (answers) return { url, says: name };
  throw new Error(`${name} is set, and nothing that can be used answers there; start that server, or unset it.`);
}

function list(services: readonly Service[]): string {
  return services.map(({ says }) => says).join("; ");
}
