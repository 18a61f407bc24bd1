import Database from "better-sqlite3";
import { describe, onTestFinished, test } from "vitest";
import { sqliteIdempotency, sqliteInbox, sqliteStore, type SqliteStoreOptions } from "@auraconnect/webhooks/sqlite";
import { handClock, idempotencyCases, inboxCases, storeCases } from "@auraconnect/webhooks/testing";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { databaseFile } from "./database-file.js";

/** A connection of the host's that is closed with the test. */
function hostDatabase(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

describe.each<{ given: string; options: (path: string) => SqliteStoreOptions }>([
  { given: "a path", options: (path) => ({ path }) },
  { given: "the host's connection", options: (path) => ({ database: hostDatabase(path) }) },
])("sqliteStore with $given keeps every promise of the storage port", ({ options }) => {
  test.each(storeCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    const path = databaseFile();
    const opened = async (): Promise<SenderStore> => {
      const store = sqliteStore(options(path));
      await store.open({ logger: silentLogger, now });
      onTestFinished(() => store.close());
      return store;
    };
    await promise.run({ store: await opened(), now, advance, another: opened });
  });
});

describe("sqliteIdempotency keeps every promise of the idempotency port", () => {
  test.each(idempotencyCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    const path = databaseFile();
    const opened = () => {
      const store = sqliteIdempotency({ path, now });
      onTestFinished(() => store.close());
      return store;
    };
    await promise.run({ store: opened(), now, advance, another: () => Promise.resolve(opened()) });
  });
});

describe.each<{ given: string; options: (path: string) => SqliteStoreOptions }>([
  { given: "a path", options: (path) => ({ path }) },
  { given: "the host's connection", options: (path) => ({ database: hostDatabase(path) }) },
])("sqliteInbox with $given keeps every promise of the inbox port", ({ options }) => {
  test.each(inboxCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    const path = databaseFile();
    const opened = () => {
      const inbox = sqliteInbox({ ...options(path), now });
      onTestFinished(() => inbox.close());
      return inbox;
    };
    const transact = async (work: (transaction: unknown) => void | Promise<void>) => {
      const database = hostDatabase(path);
      database.exec("begin immediate");
      try {
        await work(database);
        database.exec("commit");
      } catch (error) {
        database.exec("rollback");
        throw error;
      }
    };
    await promise.run({ inbox: opened(), now, advance, another: () => Promise.resolve(opened()), transact });
  });
});
