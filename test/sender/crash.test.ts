import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { verify } from "@auraconnect/webhooks/signature";
import type { Answer } from "../support/endpoint.js";
import { databaseFile, endpoint, makeSender, SECRET } from "../support/sender-scene.js";
import { until } from "../support/until.js";
import type { Orders } from "./fixtures/publishing-process.js";

const FIXTURE = fileURLToPath(new URL("fixtures/publishing-process.ts", import.meta.url));

/** Attempts that the killed process may have had in flight. */
const IN_FLIGHT = 4;

/** Outcomes that it may have had unwritten, with those. */
const UNSETTLED = IN_FLIGHT * 8 + IN_FLIGHT;

/** Runs the process and says which events it was told are accepted. */
function publishingProcess(orders: Orders) {
  const child = spawn(process.execPath, ["--import", "tsx", FIXTURE, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const exited = once(child, "exit");
  return {
    lines,
    async kill() {
      child.kill("SIGKILL");
      await exited;
      return lines.filter((line) => line.startsWith("evt_"));
    },
  };
}

describe("a process that is killed", () => {
  test.each<[string, Omit<Orders, "path">, Answer, (seen: number, lines: readonly string[]) => boolean, number]>([
    [
      "when it has published and sent nothing",
      { count: 30, starts: false, settles: true },
      200,
      (_, lines) => lines.includes("done"),
      0,
    ],
    [
      "during its first POSTs, with more waiting in its memory",
      { count: 30, starts: true, settles: true },
      "hang",
      (seen, lines) => seen >= IN_FLIGHT && lines.includes("done"),
      IN_FLIGHT,
    ],
    [
      "after answers that it has not recorded",
      { count: 60, starts: true, settles: false },
      200,
      (seen, lines) => seen >= 2 * IN_FLIGHT && lines.includes("done"),
      UNSETTLED,
    ],
    [
      "while it publishes and delivers",
      { count: 100_000, starts: true, settles: true },
      200,
      (seen, lines) => seen >= 30 && lines.length >= 40,
      UNSETTLED,
    ],
  ])("%s loses no event that was accepted", async (_, orders, answer, isTimeToKill, mostDuplicates) => {
    const path = databaseFile();
    let killed = false;
    const { url, requests } = await endpoint(() => (killed ? 200 : answer));
    const survivor = makeSender({ store: sqliteStore({ path }), plaintextSecrets: true, leaseMs: 1_000 });
    await survivor.webhooks.create({ url, events: ["*"], secret: SECRET });
    const child = publishingProcess({ ...orders, path });
    await until("it is time to kill", () => isTimeToKill(requests.length, child.lines));
    const accepted = await child.kill();
    killed = true;
    expect(accepted.length).toBeGreaterThanOrEqual(Math.min(orders.count, 30));

    await survivor.start();
    const pending = async () => (await survivor.deliveries.list({ status: "pending", limit: 1 })).logs.length;
    await until("all is delivered", async () => (await pending()) === 0);
    const arrived = new Map<string, number>();
    for (const { body, headers } of requests) {
      expect(verify(body, headers["x-auraconnect-signature"], SECRET)).toBe(true);
      const { id } = JSON.parse(body) as { id: string };
      arrived.set(id, (arrived.get(id) ?? 0) + 1);
    }
    expect(accepted.filter((id) => !arrived.has(id))).toEqual([]);
    const duplicates = [...arrived.values()].reduce((sum, count) => sum + count - 1, 0);
    expect(duplicates).toBeLessThanOrEqual(mostDuplicates);
    // Of an event whose acceptance nobody heard, at most the one that was being published.
    expect(arrived.size - accepted.length).toBeLessThanOrEqual(1);
  });
});
