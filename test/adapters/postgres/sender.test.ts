import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { startPrivatePostgres } from "../../services/private-postgres.js";
import { eventually } from "../../services/eventually.js";
import { rejection } from "../../support/rejection.js";
import { endpoint, heard, makeSender, sample, SECRET_KEYS, startSender } from "../../support/sender-scene.js";
import { testPool, testSchema } from "./database.js";

const order = sample("order.created");

describe.skipIf(inject("postgresUrl") === null)("a sender on PostgreSQL", () => {
  test("publishes in the host's transaction: nothing before the commit, all of it right after", async () => {
    const pool = testPool();
    const { url, requests, seen } = await endpoint();
    const sender = await startSender({ store: postgresStore({ pool, schema: testSchema() }), secretKeys: SECRET_KEYS });
    await sender.webhooks.create({ url, events: ["*"] });
    const host = await pool.connect();
    await host.query("begin");
    const events = ["evt_1", "evt_2"].map((id) => ({ type: "order.created", object: order, id }) as const);
    const published = await sender.publishMany(events, { transaction: host });
    expect(published.map(({ deliveries }) => deliveries.length)).toEqual([1, 1]);
    await host.query("select pg_sleep(0.05)");
    expect(requests).toHaveLength(0);
    await host.query("commit");
    await seen(2);
    expect(requests.map(({ body }) => body).sort()).toEqual(published.map(({ event }) => JSON.stringify(event)).sort());

    await host.query("begin");
    await sender.publish("order.created", order, { transaction: host, id: "evt_3" });
    const conflict = sender.publish("order.updated", sample("order.updated"), { transaction: host, id: "evt_1" });
    expect((await rejection(conflict)).code).toBe("event_id_conflict");
    await host.query("rollback");
    host.release();
    const again = await sender.publish("order.created", order, { id: "evt_3" });
    expect(again.duplicate).toBe(false);
    await seen(3);
  });

  test("delivers what another process published, behind a pooler that lends no connection", async () => {
    const schema = testSchema();
    const real = testPool();
    const pooler = () => ({ query: (text: string, values?: unknown[]) => real.query(text, values) });
    const { url, seen } = await endpoint();
    const worker = await startSender({ store: postgresStore({ pool: pooler(), schema }), secretKeys: SECRET_KEYS });
    await worker.webhooks.create({ url, events: ["*"] });
    const publisher = makeSender({ store: postgresStore({ pool: pooler(), schema }), secretKeys: SECRET_KEYS });
    await publisher.publish("order.created", order);
    await seen(1);
  });

  test("loses nothing that it accepted when the server crashes, and goes on by itself", async () => {
    const server = await startPrivatePostgres();
    onTestFinished(() => server.stop());
    const pool = new pg.Pool({ connectionString: server.url });
    // `end` does not wait for the sockets, and the server's last word on them is an error that nobody else listens for.
    pool.on("error", () => undefined);
    onTestFinished(() => pool.end());
    const { url, requests } = await endpoint();
    const sender = await startSender({ store: postgresStore({ pool }), secretKeys: SECRET_KEYS, rateLimit: false });
    const succeeded = heard(sender, "delivery.succeeded");
    await sender.webhooks.create({ url, events: ["*"] });

    const accepted: string[] = [];
    const publisher = { isPublishing: true };
    const publishing = (async () => {
      for (let number = 1; publisher.isPublishing; number += 1) {
        const id = `evt_${number}`;
        await sender.publish("order.created", order, { id }).then(
          () => accepted.push(id),
          (error: unknown) => {
            expect(error).toMatchObject({ code: "store_unavailable" });
          },
        );
      }
    })();
    await eventually("some are delivered", () => Promise.resolve(succeeded.length > 20));
    await server.restartImmediately();
    const before = succeeded.length;
    await eventually("more are delivered", () => Promise.resolve(succeeded.length > before + 20));
    publisher.isPublishing = false;
    await publishing;
    const arrived = (): Set<unknown> => new Set(requests.map(({ headers }) => headers["x-auraconnect-event-id"]));
    await eventually("all that was accepted has arrived", () => {
      const ids = arrived();
      return Promise.resolve(accepted.every((id) => ids.has(id)));
    });
  }, 120_000);
});
