import { describe, expect, inject, onTestFinished, test } from "vitest";
import { databaseFile } from "../support/sender-scene.js";
import { ordeal, type OrdealPlan, type OrdealResult } from "./ordeal.js";
import { falliblePostgres, fallibleRedis, type FallibleServer } from "./server.js";
import type { SharedStore } from "./shared-store.js";
import { suspension } from "./suspension.js";

/** Real processes and servers, which are started, killed and started again. */
const TIMEOUT_MS = 120_000;

/** What a store is cut off for. Longer than a life, so that every worker has to give its own up. */
const CUT_MS = 3_000;

async function survive(plan: OrdealPlan): Promise<OrdealResult> {
  const result = await ordeal(plan);
  expect(result).toMatchObject({ lost: 0, pending: 0 });
  expect(result.duplicates).toBeLessThanOrEqual(result.duplicatesAllowed);
  return result;
}

async function started(start: () => Promise<FallibleServer>): Promise<FallibleServer> {
  const server = await start();
  onTestFinished(() => server.stop());
  return server;
}

describe("workers that are killed over and over", () => {
  test(
    "sqlite: lose nothing, and repeat no more than they had unrecorded",
    async () => {
      const { duplicates } = await survive({ shared: { kind: "sqlite", path: databaseFile() }, kills: 3, outages: [] });
      // None at all would mean that nobody was killed in the middle of a request.
      expect(duplicates).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  test.skipIf(inject("postgresUrl") === null)(
    "postgres: nor while the server crashes and is cut off",
    async () => {
      const { shared, crash, cutOff } = await started(falliblePostgres);
      await survive({ shared, kills: 3, outages: [crash, () => cutOff(CUT_MS)] });
    },
    TIMEOUT_MS,
  );

  test.skipIf(!inject("hasRedisServer"))(
    "redis: nor while the server crashes and is cut off",
    async () => {
      const { shared, crash, cutOff } = await started(fallibleRedis);
      await survive({ shared, kills: 3, outages: [crash, () => cutOff(CUT_MS)] });
    },
    TIMEOUT_MS,
  );
});

describe("a worker that is suspended past its life", () => {
  test.each<{ name: string; share: () => SharedStore | Promise<SharedStore> }>([
    { name: "sqlite", share: () => ({ kind: "sqlite", path: databaseFile() }) },
    ...(inject("postgresUrl") === null
      ? []
      : [{ name: "postgres", share: async () => (await started(falliblePostgres)).shared }]),
    ...(inject("hasRedisServer") ? [{ name: "redis", share: async () => (await started(fallibleRedis)).shared }] : []),
  ])(
    "changes nothing that its successor wrote ($name)",
    async ({ share }) => {
      const { taken, afterwards, attempts } = await suspension(await share());
      expect(afterwards).toEqual(taken);
      // What the suspended one had in flight was tried twice, and both attempts are on record.
      expect(attempts.filter((count) => count === 2).length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
