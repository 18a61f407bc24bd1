import { describe, expect, test } from "vitest";
import { databaseFile } from "./database-file.js";
import { hostConnection, openScene } from "./open-store.js";

describe("writes", () => {
  test("of one turn share a commit, and one that fails is undone alone", async () => {
    const path = databaseFile();
    const scene = await openScene({ path });
    const watcher = hostConnection(path);
    const before = watcher.pragma("data_version", { simple: true });
    const poison = scene.event("poison", ["a", "a"]);
    const twice = { ...poison, deliveries: poison.deliveries.map((delivery) => ({ ...delivery, id: "the same" })) };
    const results = await Promise.allSettled([
      scene.store.queue.enqueue([scene.event("evt-1", ["a"])]),
      scene.store.queue.enqueue([scene.event("evt-2", ["a"]), twice]),
      scene.store.queue.enqueue([scene.event("evt-3", ["a"])]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { code: "store_refused" } });
    expect(watcher.pragma("data_version", { simple: true })).toBe(Number(before) + 1);
    const { deliveries } = await scene.claim("worker");
    expect(deliveries.map(({ eventId }) => eventId)).toEqual(["evt-1", "evt-3"]);
  });

  test("wait for another connection's lock without stopping the event loop", async () => {
    const path = databaseFile();
    const scene = await openScene({ path });
    const other = hostConnection(path);
    other.exec("begin immediate");
    const published = scene.publish("evt", ["a"]);
    await new Promise((resume) => setTimeout(resume, 30));
    other.exec("commit");
    await published;
    expect((await scene.claim("worker")).deliveries).toHaveLength(1);
  });

  test("never join a transaction that the host has open on the connection it gave", async () => {
    const database = hostConnection(databaseFile());
    const scene = await openScene({ database });
    database.exec("begin");
    let isDone = false;
    const published = scene.publish("evt", ["a"]).then(() => (isDone = true));
    expect(await scene.row("delivery_000001")).toBeUndefined();
    await new Promise((resume) => setTimeout(resume, 20));
    expect(isDone).toBe(false);
    database.exec("rollback");
    await published;
    expect(await scene.row("delivery_000001")).toBeDefined();
  });
});
