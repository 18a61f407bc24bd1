import type pg from "pg";
import { describe, expect, inject, test } from "vitest";
import * as LOG_SQL from "../../../src/adapters/postgres/delivery-log-sql.js";
import * as QUEUE_SQL from "../../../src/adapters/postgres/delivery-queue-sql.js";
import * as HEALTH_SQL from "../../../src/adapters/postgres/endpoint-health-sql.js";
import * as IDEMPOTENCY_SQL from "../../../src/adapters/postgres/idempotency-sql.js";
import * as INBOX_SQL from "../../../src/adapters/postgres/inbox-sql.js";
import * as RATE_SQL from "../../../src/adapters/postgres/rate-window-sql.js";
import * as RETENTION_SQL from "../../../src/adapters/postgres/retention-sql.js";
import * as REGISTRY_SQL from "../../../src/adapters/postgres/webhook-registry-sql.js";
import { inSchema } from "../../../src/adapters/postgres/schema-name.js";
import { postgresIdempotency, postgresInbox } from "@auraconnect/webhooks/postgres";
import type { Scene } from "../../../src/testing/store-conformance/scene.js";
import { testPool, testSchema } from "./database.js";
import { openScene } from "./open-store.js";

/** Each statement with what its comment counts on. */
const STATEMENTS: readonly (readonly [name: string, sql: string, indexes: readonly string[]])[] = [
  ["ENQUEUE", QUEUE_SQL.ENQUEUE, ["webhook_accounts_pkey", "webhook_events_by_id"]],
  ["GET_KNOWN_EVENTS", QUEUE_SQL.GET_KNOWN_EVENTS, ["webhook_events_by_id", "webhook_deliveries_by_event"]],
  ["FOLD_NOTES", QUEUE_SQL.FOLD_NOTES, ["webhook_lane_notes_pkey", "webhook_lanes_pkey"]],
  ["CLAIM_DUE", QUEUE_SQL.CLAIM_DUE, ["webhook_lanes_by_head", "webhook_due_pkey", "webhook_events_pkey"]],
  ["SETTLE", QUEUE_SQL.SETTLE, ["webhook_deliveries_pkey", "webhook_failures_pkey"]],
  ["RECORD_LATE", QUEUE_SQL.RECORD_LATE, ["webhook_deliveries_pkey", "webhook_attempts_pkey"]],
  ["RELEASE", QUEUE_SQL.RELEASE, ["webhook_deliveries_pkey"]],
  ["CANCEL_DUE", QUEUE_SQL.CANCEL_DUE, ["webhook_due_pkey", "webhook_deliveries_pkey"]],
  ["LIST_BY_WEBHOOK", LOG_SQL.LIST_BY_WEBHOOK, ["webhook_deliveries_by_webhook", "webhook_attempts_pkey"]],
  ["LIST_BY_ACCOUNT", LOG_SQL.LIST_BY_ACCOUNT, ["webhook_deliveries_by_account", "webhook_events_pkey"]],
  ["LIST_BY_EVENT", LOG_SQL.LIST_BY_EVENT, ["webhook_events_by_id", "webhook_deliveries_by_event"]],
  ["LIST_ATTEMPTS", LOG_SQL.LIST_ATTEMPTS, ["webhook_attempts_pkey", "webhook_deliveries_pkey"]],
  ["READ_ACCOUNTS", REGISTRY_SQL.READ_ACCOUNTS, ["webhook_accounts_pkey", "webhooks_by_account"]],
  ["REPLACE_WEBHOOK", REGISTRY_SQL.REPLACE_WEBHOOK, ["webhook_accounts_pkey", "webhook_lanes_pkey"]],
  ["READ_FAILURES", HEALTH_SQL.READ_FAILURES, ["webhook_failures_pkey"]],
  ["GIVE_BACK_PERMITS", RATE_SQL.GIVE_BACK_PERMITS, ["webhook_rate_windows_pkey"]],
  ["PURGE_EVENTS", RETENTION_SQL.PURGE_EVENTS, ["webhook_events_pkey", "webhook_deliveries_by_event"]],
  ["CLAIM_KEY", IDEMPOTENCY_SQL.CLAIM_KEY, ["webhook_idempotency_pkey"]],
  ["PURGE_KEYS", IDEMPOTENCY_SQL.PURGE_KEYS, ["webhook_idempotency_by_expiry"]],
  ["PUT_EVENT", INBOX_SQL.PUT_EVENT, ["webhook_inbox_by_id"]],
  ["CLAIM_EVENTS", INBOX_SQL.CLAIM_EVENTS, ["webhook_inbox_due", "webhook_inbox_pkey"]],
  ["RENEW_EVENTS", INBOX_SQL.RENEW_EVENTS, ["webhook_inbox_by_id"]],
  ["COMPLETE_EVENT", INBOX_SQL.COMPLETE_EVENT, ["webhook_inbox_by_id"]],
  ["RETRY_EVENT", INBOX_SQL.RETRY_EVENT, ["webhook_inbox_by_id"]],
  ["BURY_EVENT", INBOX_SQL.BURY_EVENT, ["webhook_inbox_by_id"]],
  ["RETURN_EVENT", INBOX_SQL.RETURN_EVENT, ["webhook_inbox_by_id"]],
  ["REVIVE_EVENTS", INBOX_SQL.REVIVE_EVENTS, ["webhook_inbox_by_id"]],
  ["DISCARD_EVENTS", INBOX_SQL.DISCARD_EVENTS, ["webhook_inbox_by_id"]],
  ["PURGE_EVENTS", INBOX_SQL.PURGE_EVENTS, ["webhook_inbox_expiry"]],
];

/** Those are prepared: a plan that is made while the tables are empty has to serve when they are full. */
const PREPARED = ["ENQUEUE", "SETTLE", "CLAIM_KEY", "PUT_EVENT"];

/** Rows of the tables that publishing alone does not fill. */
const ROWS = [
  "insert into webhooks.webhooks (id, account_id, revision, active, record) select 'w-' || i, i, 1, true, '' from generate_series(0, 29999) i",
  "insert into webhooks.webhook_lanes select 'w-' || i, true, i, i from generate_series(0, 29999) i",
  "insert into webhooks.webhook_accounts select i, 1, 1 from generate_series(0, 29999) i",
  "insert into webhooks.webhook_failures select 'w-' || i, 1, 1 from generate_series(0, 29999) i",
  "insert into webhooks.webhook_rate_windows select i, '{}', '{}', 1 from generate_series(0, 29999) i",
  "insert into webhooks.webhook_attempts select i, '', 1, true, 2, 0, 200, 1, null, null from generate_series(0, 29999) i",
  "insert into webhooks.webhook_idempotency select i, '', true, i from generate_series(0, 29999) i",
  "insert into webhooks.webhook_inbox (id, type, state, due_at, received_at) select i, '', (array['pending', 'done', 'dead'])[i % 3 + 1], i, i from generate_series(0, 29999) i",
];

/** What may be read whole: a row for each process that delivers, and for each of its batches that is under way. */
const SMALL = /Seq Scan on webhook_(owners|leases)/g;

describe.skipIf(inject("postgresUrl") === null)("statements", () => {
  test.each([
    { which: "all", tables: "full and analysed", events: 4_000, names: STATEMENTS.map(([name]) => name) },
    { which: "those that are prepared", tables: "empty and of unknown size", events: 0, names: PREPARED },
  ])(
    "$which walk their indexes in tables that are $tables",
    async ({ events, names }) => {
      const pool = testPool({ options: "-c plan_cache_mode=force_generic_plan", max: 3 });
      const schema = testSchema();
      const scene = await openScene({ pool, schema });
      await postgresIdempotency({ pool, schema }).claim({ key: "evt", leaseMs: 1 });
      await postgresInbox({ pool, schema }).list();
      await fill(scene, pool, schema, events);
      const faults: string[] = [];
      for (const [name, sql, indexes] of STATEMENTS) {
        if (!names.includes(name)) continue;
        const plan = await planOf(pool, inSchema(sql, schema));
        for (const index of indexes) if (!plan.includes(index)) faults.push(`${name} does not use ${index}\n${plan}`);
        if (plan.replaceAll(SMALL, "").includes("Seq Scan on")) faults.push(`${name} reads a whole table\n${plan}`);
      }
      expect(faults).toEqual([]);
    },
    60_000,
  );
});

async function fill(scene: Scene, pool: pg.Pool, schema: string, events: number) {
  if (events === 0) return;
  for (let index = 0; index < events; index += 500) {
    const batch = Array.from({ length: 500 }, (_, place) => scene.event(`evt-${index + place}`, [`w-${place}`, "a"]));
    await scene.store.queue.enqueue(batch);
  }
  const { rows } = await pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = $1",
    [schema],
  );
  for (const insert of ROWS) await pool.query(inSchema(insert, schema));
  for (const { name } of rows) await pool.query(`analyze ${name}`);
}

/** The plan that serves for any values, as a prepared statement has it. */
async function planOf(pool: pg.Pool, sql: string): Promise<string> {
  const count = Math.max(0, ...Array.from(sql.matchAll(/\$(\d+)/g), ([, number]) => Number(number)));
  const values = count === 0 ? "" : `(${Array.from({ length: count }, () => "null").join(", ")})`;
  const client = await pool.connect();
  try {
    await client.query(`prepare planned as ${sql}`);
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain execute planned${values}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  } finally {
    await client.query("deallocate all");
    client.release();
  }
}
