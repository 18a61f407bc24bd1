import type Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import * as LOG_SQL from "../../../src/adapters/sqlite/delivery-log-sql.js";
import * as QUEUE_SQL from "../../../src/adapters/sqlite/delivery-queue-sql.js";
import * as RATE_SQL from "../../../src/adapters/sqlite/rate-window-sql.js";
import * as RETENTION_SQL from "../../../src/adapters/sqlite/retention-sql.js";
import { ACCOUNT, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { databaseFile } from "./database-file.js";
import { hostConnection, openScene, openStore } from "./open-store.js";

describe("statements", () => {
  test.each([
    ["LIST_DUE_LANES", QUEUE_SQL.LIST_DUE_LANES, "INDEX webhook_lanes_by_head (head_at<?)"],
    ["LIST_NEXT_LANES", QUEUE_SQL.LIST_NEXT_LANES, "webhook_lanes_by_head"],
    ["LIST_DUE_DELIVERIES", QUEUE_SQL.LIST_DUE_DELIVERIES, "webhook_deliveries_due (webhook_id=? AND due_at<?)"],
    ["RELEASE_LEASE", QUEUE_SQL.RELEASE_LEASE, "webhook_deliveries_held (owner=? AND token=?)"],
    ["RELEASE_HELD", QUEUE_SQL.RELEASE_HELD, "webhook_deliveries_held (owner=?)"],
    ["CANCEL_DUE", QUEUE_SQL.CANCEL_DUE, "webhook_deliveries_due (webhook_id=?)"],
    ["LIST_BY_WEBHOOK", LOG_SQL.LIST_BY_WEBHOOK, "webhook_deliveries_by_webhook (webhook_id=? AND stored_at>?"],
    ["LIST_BY_ACCOUNT", LOG_SQL.LIST_BY_ACCOUNT, "webhook_deliveries_by_account (account_id=? AND stored_at>?"],
    ["LIST_OLD_EVENTS", RETENTION_SQL.LIST_OLD_EVENTS, "webhook_events_by_age (stored_at>? AND stored_at<?)"],
    ["DELETE_ATTEMPTS", RETENTION_SQL.DELETE_ATTEMPTS, "webhook_deliveries_by_event (event_seq=?)"],
    ["DELETE_DELIVERIES", RETENTION_SQL.DELETE_DELIVERIES, "webhook_deliveries_by_event (event_seq=?)"],
    ["GET_USED", RATE_SQL.GET_USED, "PRIMARY KEY (key=? AND slot>? AND slot<?)"],
    ["FORGET_SLOTS", RATE_SQL.FORGET_SLOTS, "webhook_rate_slots_by_end (counts_until<?)"],
  ])("%s walks the index it names, and neither scans a table nor sorts", async (_name, sql, index) => {
    const path = databaseFile();
    await openStore({ path });
    const plan = planOf(hostConnection(path), sql);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/SCAN (?!.*USING (COVERING )?INDEX)|TEMP B-TREE/);
  });

  test("a claim asks only for deliveries of lanes that it may take from", async () => {
    const path = databaseFile();
    const database = hostConnection(path);
    const asked: unknown[] = [];
    const watched = {
      exec: (sql: string) => database.exec(sql),
      prepare: (sql: string) => {
        const statement = database.prepare(sql);
        if (sql !== QUEUE_SQL.LIST_DUE_DELIVERIES) return statement;
        return {
          ...{ run: statement.run.bind(statement), get: statement.get.bind(statement) },
          all: (...parameters: unknown[]) => {
            asked.push(parameters[0]);
            return statement.all(...parameters);
          },
        };
      },
    };
    const scene = await openScene({ database: watched });
    await scene.register(webhookRecord("full"));
    await scene.store.queue.enqueue(Array.from({ length: 2_000 }, (_, index) => scene.event(`evt-${index}`, ["full"])));
    await scene.publish("evt", ["a"]);
    const { deliveries } = await scene.claim("worker", { capacity: new Map([["full", 0]]) });
    expect(deliveries.map(({ webhookId, accountId }) => [webhookId, accountId])).toEqual([["a", ACCOUNT]]);
    expect(asked).toEqual(["a"]);
  });
});

function planOf(database: Database.Database, sql: string): string {
  const parameters = sql.includes("@") ? [namedParameters(sql)] : Array.from(sql.matchAll(/\?/g), () => null);
  const rows = database.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...parameters);
  return rows.map(({ detail }) => detail).join("\n");
}

function namedParameters(sql: string): Record<string, null> {
  return Object.fromEntries(Array.from(sql.matchAll(/@(\w+)/g), ([, name = ""]) => [name, null]));
}
