import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { databaseFile } from "./database-file.js";
import { hostConnection, openScene, openStore } from "./open-store.js";

describe("sqliteStore, opened", () => {
  test("commits every write to the disk, and leaves readers alone", async () => {
    const path = databaseFile();
    await openStore({ path });
    expect(hostConnection(path).pragma("journal_mode", { simple: true })).toBe("wal");
  });

  test("refuses a file that a newer version has written", async () => {
    const path = databaseFile();
    const store = await openStore({ path });
    await store.close();
    hostConnection(path).exec("update webhook_schema set version = 999");
    await expect(store.open({ logger: silentLogger })).rejects.toMatchObject({
      code: "store_incompatible",
      message: expect.stringContaining("version 999") as string,
    });
  });

  test("says what is wrong where the file cannot be opened, and may be tried again", async () => {
    const store = sqliteStore({ path: "/nowhere/at/all/webhooks.db" });
    await expect(store.open({ logger: silentLogger })).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(store.open({ logger: silentLogger })).rejects.toMatchObject({ code: "store_unavailable" });
    await store.close();
  });

  test("tells what cannot be written from a store that is away", async () => {
    const scene = await openScene({ path: databaseFile() });
    const [id = ""] = await scene.publish("evt", ["a"]);
    const { lease } = await scene.take("worker");
    const unwritable = {
      number: 1,
      sentAt: 0,
      responseCode: 200,
      responseTimeMs: Number.NaN,
      error: null,
      debug: null,
    };
    const settlements = [{ deliveryId: id, lease, attempt: unwritable, next: { kind: "success" } as const }];
    await expect(scene.store.queue.settle(settlements)).rejects.toMatchObject({ code: "store_refused" });
    expect((await scene.row(id))?.status).toBe("pending");
  });

  test("does not count a use that failed to open", async () => {
    const folder = join(dirname(databaseFile()), "later");
    const store = sqliteStore({ path: join(folder, "webhooks.db") });
    const opened = [store.open({ logger: silentLogger }), store.open({ logger: silentLogger })];
    expect((await Promise.allSettled(opened)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    mkdirSync(folder);
    await store.open({ logger: silentLogger });
    expect(await store.webhooks.read([])).toEqual([]);
    await store.close();
    await expect(store.webhooks.read([])).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("lets go of its file when the last of those who use it closes", async () => {
    const path = databaseFile();
    const store = await openStore({ path });
    await store.open({ logger: silentLogger });
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(true);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test("answers store_unavailable before it is opened and after it is closed", async () => {
    const store = sqliteStore({ path: databaseFile() });
    await expect(store.queue.release("worker")).rejects.toMatchObject({ code: "store_unavailable" });
    await store.open({ logger: silentLogger });
    await store.close();
    await expect(store.webhooks.read([])).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("leaves the host's user_version and connection alone", async () => {
    const database = hostConnection(databaseFile());
    database.pragma("user_version = 7");
    const store = await openStore({ database });
    await store.close();
    expect(database.pragma("user_version", { simple: true })).toBe(7);
    expect(database.open).toBe(true);
  });

  test("reads numbers as numbers from a connection that answers with BigInts", async () => {
    const database = hostConnection(databaseFile());
    database.defaultSafeIntegers(true);
    const scene = await openScene({ database });
    await scene.publish("evt", ["a"]);
    expect((await scene.claim("worker")).deliveries[0]?.attempts).toBe(0);
  });
});
