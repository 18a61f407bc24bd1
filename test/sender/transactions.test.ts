import { describe, expect, test } from "vitest";
import Database from "better-sqlite3";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { rejection } from "../support/rejection.js";
import {
  databaseFile,
  endpoint,
  heard,
  makeSender,
  sample,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";
import { until } from "../support/until.js";

const order = sample("order.created");

/** A started sender on a SQLite file, a webhook for everything, and the host's own connection to the file. */
async function scene() {
  const path = databaseFile();
  const { url, requests, seen } = await endpoint();
  const sender = await startSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
  const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
  const host = new Database(path);
  host.exec("create table orders (id integer primary key)");
  return { path, sender, webhookId, requests, seen, host, url };
}

describe("publishing in a transaction of the host's (SQLite)", () => {
  test("sends nothing before the commit, and everything after it", async () => {
    const { sender, host, requests, seen } = await scene();
    host.exec("begin immediate");
    host.exec("insert into orders (id) values (1)");
    const { event, deliveries } = await sender.publish("order.created", order, { transaction: host });
    expect(deliveries).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toHaveLength(0);
    host.exec("commit");
    expect((await seen(1))[0]!.body).toBe(JSON.stringify(event));
    host.close();
  });

  test("stores nothing when it is rolled back", async () => {
    const { sender, host, requests } = await scene();
    host.exec("begin immediate");
    await sender.publishMany(
      [
        { type: "order.created", object: order, id: "evt_1" },
        { type: "order.created", object: order, id: "evt_2" },
      ],
      { transaction: host },
    );
    host.exec("rollback");
    const succeeded = heard(sender, "delivery.succeeded");
    const again = await sender.publish("order.created", { ...order, order_number: "another" }, { id: "evt_1" });
    expect(again.duplicate).toBe(false);
    await until("it was delivered", () => succeeded.length === 1);
    expect((await sender.deliveries.list()).logs.map(({ eventId }) => eventId)).toEqual(["evt_1"]);
    expect(requests).toHaveLength(1);
    host.close();
  });

  test("sees the webhooks that another process registered, and knows the id that is taken", async () => {
    const { path, sender, host, url } = await scene();
    await sender.publish("order.created", order, { id: "evt_1" });
    const other = makeSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS });
    await other.webhooks.create({ url, events: ["order.*"] });
    host.exec("begin immediate");
    const fresh = await sender.publish("order.created", order, { transaction: host, id: "evt_2" });
    expect(fresh.deliveries).toHaveLength(2);
    const known = await sender.publish("order.created", order, { transaction: host, id: "evt_1" });
    expect(known).toMatchObject({ duplicate: true });
    const conflict = sender.publish("order.updated", sample("order.updated"), { transaction: host, id: "evt_1" });
    expect((await rejection(conflict)).code).toBe("event_id_conflict");
    // A refusal leaves the host's transaction as it was.
    expect(host.inTransaction).toBe(true);
    host.exec("commit");
    expect((await sender.publish("order.created", order, { id: "evt_2" })).duplicate).toBe(true);
    host.close();
  });

  test("leaves what is published beside it alone: that is stored whether or not it commits", async () => {
    const { sender, host, seen } = await scene();
    host.exec("begin immediate");
    await sender.publish("order.created", order, { transaction: host, id: "evt_in" });
    const beside = sender.publish("order.created", order, { id: "evt_beside" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    host.exec("rollback");
    await beside;
    await seen(1);
    expect((await sender.deliveries.list()).logs.map(({ eventId }) => eventId)).toEqual(["evt_beside"]);
    host.close();
  });

  test.each<[string, (host: InstanceType<typeof Database>) => unknown]>([
    ["that has not begun", (host) => host],
    ["that is no connection", () => ({ query: () => undefined })],
    ["that is null", () => null],
    ["of another database", () => new Database(":memory:").exec("begin")],
  ])("refuses a transaction %s", async (_, make) => {
    const { sender, host } = await scene();
    const transaction = make(host);
    expect(await rejection(sender.publish("order.created", order, { transaction }))).toMatchObject({
      code: "option_invalid",
      field: "transaction",
    });
    host.close();
  });
});

describe("publishing in a transaction on a store that has none", () => {
  test("is refused and stores nothing", async () => {
    const sender = makeSender();
    const error = await rejection(sender.publish("order.created", order, { transaction: {}, id: "evt_1" }));
    expect(error.code).toBe("transaction_unsupported");
    expect((await sender.publish("order.created", order, { id: "evt_1" })).duplicate).toBe(false);
  });
});
