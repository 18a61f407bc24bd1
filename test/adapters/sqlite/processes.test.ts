import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { ACCOUNT, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { databaseFile } from "./database-file.js";

const FIXTURE = fileURLToPath(new URL("../../support/processes.fixture.ts", import.meta.url));
const EVENTS_EACH = 100;
const OWNERS = ["one", "two", "three"];

test("processes that share a file lose nothing and do nothing twice", async () => {
  const path = databaseFile();
  const store = sqliteStore({ path });
  await store.open({ logger: silentLogger });
  await store.webhooks.insert(webhookRecord("a"), 100);
  await store.webhooks.insert(webhookRecord("b"), 100);

  const published = OWNERS.flatMap((owner) =>
    Array.from({ length: EVENTS_EACH }, (_, index) => [`${owner}-${index}-a`, `${owner}-${index}-b`]).flat(),
  );
  const settled = await Promise.all(OWNERS.map((owner) => runProcess(path, owner, published.length)));

  expect(settled.flat().sort()).toEqual(published.sort());
  const { deliveries } = await store.log.list({ accountId: ACCOUNT, limit: 10_000 });
  expect(deliveries.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(published.map(() => "success 1"));
  await store.close();
});

test("processes that open a new file at the same moment all find it ready", async () => {
  const path = databaseFile();
  const stores = Array.from({ length: 8 }, () => sqliteStore({ path }));
  await Promise.all(stores.map((store) => store.open({ logger: silentLogger })));
  await Promise.all(stores.map((store, index) => store.webhooks.insert(webhookRecord(`webhook-${index}`), 100)));
  const [snapshot] = (await stores[0]?.webhooks.read([{ accountId: ACCOUNT, version: null }])) ?? [];
  expect(snapshot?.webhooks).toHaveLength(stores.length);
  await Promise.all(stores.map((store) => store.close()));
});

/** Runs the fixture in a process of its own; answers the ids of the deliveries that it settled. */
async function runProcess(path: string, owner: string, all: number): Promise<string[]> {
  const argv = ["--import", "tsx", FIXTURE, "sqlite", path, owner, String(EVENTS_EACH), String(all)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 50_000 });
  return JSON.parse(stdout) as string[];
}
