import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { ACCOUNT, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { postgresUrl, testPool, testSchema } from "./database.js";
import { openStore } from "./open-store.js";

const FIXTURE = fileURLToPath(new URL("../../support/processes.fixture.ts", import.meta.url));
const EVENTS_EACH = 100;
const OWNERS = ["one", "two", "three"];

test.skipIf(inject("postgresUrl") === null)(
  "processes that share a schema lose nothing and do nothing twice",
  async () => {
    const schema = testSchema();
    const pool = testPool();
    const store = await openStore({ pool, schema });
    await store.webhooks.insert(webhookRecord("a"), 100);
    await store.webhooks.insert(webhookRecord("b"), 100);

    const published = OWNERS.flatMap((owner) =>
      Array.from({ length: EVENTS_EACH }, (_, index) => [`${owner}-${index}-a`, `${owner}-${index}-b`]).flat(),
    );
    const settled = await Promise.all(OWNERS.map((owner) => runProcess(schema, owner, published.length)));

    expect(settled.flat().sort()).toEqual(published.sort());
    const { deliveries } = await store.log.list({ accountId: ACCOUNT, limit: 10_000 });
    expect(deliveries.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(published.map(() => "success 1"));
    // Nothing is left of what was under way, and a head at the most is early.
    for (const table of ["webhook_due", "webhook_leases"]) {
      expect((await pool.query(`select from ${schema}.${table}`)).rowCount, table).toBe(0);
    }
  },
  60_000,
);

/** Runs the fixture in a process of its own; answers the ids of the deliveries that it settled. */
async function runProcess(schema: string, owner: string, all: number): Promise<string[]> {
  const argv = ["--import", "tsx", FIXTURE, "postgres", schema, owner, String(EVENTS_EACH), String(all)];
  const env = { ...process.env, DATABASE_URL: postgresUrl ?? "" };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 55_000, env });
  return JSON.parse(stdout) as string[];
}
