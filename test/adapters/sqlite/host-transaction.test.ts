import { describe, expect, test } from "vitest";
import { databaseFile } from "./database-file.js";
import { hostConnection, openScene } from "./open-store.js";

describe("enqueue in the host's transaction", () => {
  test.each(["its own connection", "the connection given to the store"])(
    "exists exactly if %s commits",
    async (which) => {
      const path = databaseFile();
      const host = hostConnection(path);
      const scene = await openScene(which === "its own connection" ? { path } : { database: host });
      for (const [end, expected] of [
        ["rollback", 0],
        ["commit", 1],
      ] as const) {
        host.exec("begin immediate");
        const event = scene.event("evt", ["a"], { leased: true });
        const lease = scene.lease("worker");
        expect(await scene.store.queue.enqueue([event], { lease, transaction: host })).toEqual([{ kind: "stored" }]);
        expect(host.inTransaction).toBe(true);
        host.exec(end);
        expect((await scene.claim("worker")).deliveries).toHaveLength(expected);
      }
    },
  );

  test("leaves the transaction open and clean when it fails", async () => {
    const path = databaseFile();
    const scene = await openScene({ path });
    const host = hostConnection(path);
    host.exec("create table orders (id integer) strict; begin immediate; insert into orders values (1)");
    const event = scene.event("evt", ["a", "a"]);
    const poison = { ...event, deliveries: event.deliveries.map((delivery) => ({ ...delivery, id: "the same" })) };
    await expect(scene.store.queue.enqueue([poison], { transaction: host })).rejects.toMatchObject({
      code: "store_refused",
    });
    host.exec("commit");
    expect(host.prepare("select count(*) from orders").pluck().get()).toBe(1);
    expect(host.prepare("select count(*) from webhook_events").pluck().get()).toBe(0);
  });

  test("refuses what is no open transaction on the store's database", async () => {
    const scene = await openScene({ path: databaseFile() });
    const idle = hostConnection(databaseFile());
    const elsewhere = hostConnection(databaseFile());
    elsewhere.exec("begin");
    for (const [transaction, message] of [
      [{}, "connection"],
      ["begin", "connection"],
      [idle, "BEGIN IMMEDIATE"],
      [elsewhere, "no webhook tables"],
    ] as const) {
      const published = scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction });
      await expect(published).rejects.toMatchObject({
        code: "option_invalid",
        message: expect.stringContaining(message) as string,
      });
    }
  });
});
