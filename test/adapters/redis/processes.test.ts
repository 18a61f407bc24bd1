import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { ACCOUNT, webhookRecord } from "../../../src/testing/store-conformance/scene.js";
import { hostClient, openStore } from "./open-store.js";
import { ownPrefix } from "./own-prefix.js";

const FIXTURE = fileURLToPath(new URL("processes.fixture.ts", import.meta.url));
const EVENTS_EACH = 100;
const OWNERS = ["one", "two", "three"];
const TIMEOUT_MS = 60_000;

const redisUrl = inject("redisUrl") ?? "";

test.skipIf(redisUrl === "")(
  "processes that share a server lose nothing and do nothing twice",
  async () => {
    const prefix = ownPrefix(redisUrl);
    const store = await openStore({ client: hostClient(redisUrl), prefix });
    await store.webhooks.insert(webhookRecord("a"), 100);
    await store.webhooks.insert(webhookRecord("b"), 100);

    const published = OWNERS.flatMap((owner) =>
      Array.from({ length: EVENTS_EACH }, (_, index) => [`${owner}-${index}-a`, `${owner}-${index}-b`]).flat(),
    );
    const settled = await Promise.all(OWNERS.map((owner) => runProcess(prefix, owner, published.length)));

    expect(settled.flat().sort()).toEqual(published.sort());
    const { deliveries } = await store.log.list({ accountId: ACCOUNT, limit: 10_000 });
    expect(deliveries.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(published.map(() => "success 1"));
  },
  TIMEOUT_MS,
);

/** Runs the fixture in a process of its own; answers the ids of the deliveries that it settled. */
async function runProcess(prefix: string, owner: string, all: number): Promise<string[]> {
  const argv = ["--import", "tsx", FIXTURE, redisUrl, prefix, owner, String(EVENTS_EACH), String(all)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: TIMEOUT_MS - 1_000 });
  return JSON.parse(stdout) as string[];
}
