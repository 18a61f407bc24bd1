import { inject } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { redisStore } from "@auraconnect/webhooks/redis";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { testPool, testSchema } from "../adapters/postgres/database.js";
import { hostClient } from "../adapters/redis/open-store.js";
import { ownPrefix } from "../adapters/redis/own-prefix.js";
import { databaseFile, SECRET_KEYS } from "./sender-scene.js";

interface StoreOptions {
  readonly store: SenderStore;
  readonly secretKeys?: typeof SECRET_KEYS;
}

/** Options of senders on a kind of store. */
export interface StoreOfTests {
  readonly name: string;
  /** For one sender, on a database of its own. */
  readonly make: () => StoreOptions;
  /** For senders that share a database, as processes do: each call of what is answered is for one more of them. */
  readonly share: () => () => StoreOptions;
}

const redisUrl = inject("redisUrl");

/** Every kind of store that can be tested here, for what must hold on all of them. */
export const stores: readonly StoreOfTests[] = [
  storeOf("memory", inMemory),
  storeOf("sqlite", onSqlite),
  ...(inject("postgresUrl") === null ? [] : [storeOf("postgres", onPostgres)]),
  ...(redisUrl === null ? [] : [storeOf("redis", () => onRedis(redisUrl))]),
];

function storeOf(name: string, share: StoreOfTests["share"]): StoreOfTests {
  return { name, share, make: () => share()() };
}

function inMemory() {
  const store = memoryStore();
  return () => ({ store });
}

function onSqlite() {
  const path = databaseFile();
  return () => ({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
}

function onPostgres() {
  const schema = testSchema();
  const pool = testPool({ max: 10 });
  return () => ({ store: postgresStore({ pool, schema }), secretKeys: SECRET_KEYS });
}

function onRedis(url: string) {
  const prefix = ownPrefix(url);
  const client = hostClient(url);
  return () => ({ store: redisStore({ client, prefix }), secretKeys: SECRET_KEYS });
}
