import { describe, expect, inject, test } from "vitest";
import { contenders } from "../../bench/contenders/index.js";
import { openStores } from "../../bench/open-stores.js";
import type { PartResult } from "../../bench/part.js";
import { parts } from "../../bench/parts/index.js";
import { has } from "../../bench/servers.js";
import { benchStores } from "../../bench/stores.js";

/** Some twenty processes are started, which takes seconds on an idle machine and minutes on a crowded one. */
const TIMEOUT_MS = 400_000;

const servers = { postgresUrl: inject("postgresUrl"), redisUrl: inject("redisUrl") };

/** Does a part's job on a very small scale. */
function run(part: string, names: readonly string[]): Promise<PartResult> {
  const able = names.filter((name) => {
    const needs = contenders[name]?.needs ?? null;
    return needs === null || has(servers, needs);
  });
  return parts[part]!.run({ servers, contenders: able, scale: "smoke", rounds: 1, say: () => undefined });
}

/** Milliseconds or seconds, measured to the end. */
const DELAY = /^\d[\d.]* m?s$/;

describe("the bench", () => {
  test("knows how processes share each store that has a claim's pace measured", () => {
    expect(Object.keys(openStores).sort()).toEqual(Object.keys(benchStores).sort());
  });

  test(
    "has every contender deliver and record all it publishes",
    async () => {
      const { rows } = await run("throughput", Object.keys(contenders));
      expect(rows.length).toBeGreaterThanOrEqual(3);
      for (const [name, ...figures] of rows) expect(figures.map(Number), name).not.toContain(Number.NaN);
    },
    TIMEOUT_MS,
  );

  test(
    "sends an event to many webhooks",
    async () => {
      const { rows, verdicts } = await run("fan-out", ["ceiling", "sqlite"]);
      expect(rows.map(([name]) => name)).toEqual(["ceiling", "sqlite"]);
      expect(verdicts).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  test(
    "measures from the call to the arrival, in one process and across two",
    async () => {
      const { rows } = await run("latency", ["sqlite"]);
      expect(rows).toEqual([["sqlite", ...Array.from({ length: 4 }, () => expect.stringMatching(DELAY) as string)]]);
    },
    TIMEOUT_MS,
  );

  test(
    "measures the healthy beside the sick",
    async () => {
      const { rows, verdicts } = await run("isolation", ["memory"]);
      expect(rows).toEqual([["memory", ...Array.from({ length: 4 }, () => expect.stringMatching(DELAY) as string)]]);
      expect(verdicts).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    "kills a process in the middle of its requests, and loses nothing",
    async () => {
      const { rows } = await run("recovery", ["sqlite"]);
      const [name, says, accepted, missing] = rows[0] ?? [];
      expect([name, says, missing]).toEqual(["sqlite", "leaseMs: 2000", "0"]);
      expect(Number(accepted)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
