import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { sqliteIdempotency, sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { databaseFile } from "./database-file.js";

test("what expired is purged by the way, and what did not is kept", async () => {
  let time = 0;
  const path = databaseFile();
  const store = sqliteIdempotency({ path, now: () => time });
  onTestFinished(() => store.close());
  await Promise.all(Array.from({ length: 300 }, (_, index) => store.claim({ key: `old-${index}`, leaseMs: 1_000 })));
  time += 1_000;
  await Promise.all(Array.from({ length: 300 }, (_, index) => store.claim({ key: `new-${index}`, leaseMs: 1_000 })));
  const database = new Database(path, { readonly: true });
  onTestFinished(() => {
    database.close();
  });
  const keys = database.prepare("select key from webhook_idempotency where key like ?").pluck();
  expect(keys.all("old-%")).toEqual([]);
  expect(keys.all("new-%")).toHaveLength(300);
});

test("a receiver's table and a sender's tables share a file without meeting", async () => {
  const path = databaseFile();
  const idempotency = sqliteIdempotency({ path });
  const store = sqliteStore({ path });
  await Promise.all([idempotency.claim({ key: "evt", leaseMs: 1_000 }), store.open({ logger: silentLogger })]);
  expect((await idempotency.claim({ key: "evt", leaseMs: 1_000 })).kind).toBe("in_flight");
  await Promise.all([idempotency.close(), store.close()]);
});

test("closed and asked again it opens again", async () => {
  const idempotency = sqliteIdempotency({ path: databaseFile() });
  await idempotency.claim({ key: "evt", leaseMs: 60_000 });
  await idempotency.close();
  expect((await idempotency.claim({ key: "evt", leaseMs: 60_000 })).kind).toBe("in_flight");
  await idempotency.close();
});
