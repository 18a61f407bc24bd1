import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { sqliteStore, type SqliteStoreOptions } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { Scene } from "../../../src/testing/store-conformance/scene.js";

/** A connection of the host's, closed with the test. */
export function hostConnection(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

/** A store that works by the machine's clock, closed with the test. */
export async function openStore(options: SqliteStoreOptions): Promise<SenderStore> {
  const store = sqliteStore(options);
  await store.open({ logger: silentLogger });
  onTestFinished(() => store.close());
  return store;
}

/** The same with the webhook `a` and the owner `worker`. */
export async function openScene(options: SqliteStoreOptions): Promise<Scene> {
  return Scene.begin({ store: await openStore(options), now: Date.now, advance: () => undefined }, ["a"], "worker");
}
