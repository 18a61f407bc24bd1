import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { postgresUrl, testSchema } from "./postgres/database.js";
import { ownPrefix } from "./redis/own-prefix.js";
import { databaseFile } from "./sqlite/database-file.js";

const FIXTURE = fileURLToPath(new URL("fifty-copies.fixture.ts", import.meta.url));
const COPIES = 50;

/** A store that several processes can share. The module `open-idempotency.ts` in its folder opens the one named by
 * `where`. */
interface SharedStore {
  readonly name: string;
  readonly folder: string;
  /** Whether there is what it needs. */
  readonly isThere: boolean;
  readonly where: () => string;
}

const redisUrl = inject("redisUrl");

const STORES: readonly SharedStore[] = [
  { name: "SQLite", folder: "sqlite", isThere: true, where: databaseFile },
  {
    name: "PostgreSQL",
    folder: "postgres",
    isThere: postgresUrl !== null,
    where: () => JSON.stringify({ connectionString: postgresUrl, schema: testSchema("copies") }),
  },
  {
    name: "Redis",
    folder: "redis",
    isThere: redisUrl !== null,
    where: () => JSON.stringify({ url: redisUrl, prefix: ownPrefix(redisUrl ?? "") }),
  },
];

interface Answer {
  readonly runs: number;
  readonly statuses: readonly number[];
}

describe.each(STORES)("50 copies of one event over two processes on $name", ({ folder, isThere, where }) => {
  test.skipIf(!isThere)("run its handler once", { timeout: 30_000 }, async () => {
    const place = where();
    const opener = new URL(`${folder}/open-idempotency.ts`, import.meta.url).href;
    const processes = await Promise.all([0, 1].map(() => startProcess(opener, place)));
    const answers = await Promise.all(processes.map(({ go }) => go()));
    expect(answers.reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
    const statuses = answers.flatMap((answer) => answer.statuses);
    expect(statuses).toHaveLength(COPIES);
    // Handled, or a duplicate of what was; or put off while it is handled: nothing failed.
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(statuses).toContain(200);
  });
});

/** Starts a process; `go` has it receive its share at once, and answers what it says. */
async function startProcess(opener: string, where: string) {
  const argv = ["--import", "tsx", FIXTURE, opener, where, String(COPIES / 2)];
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  onTestFinished(() => void child.kill());
  await vi.waitFor(() => {
    expect(lines).toContain("ready");
  }, 14_000);
  const go = async (): Promise<Answer> => {
    child.stdin.write("go\n");
    await once(child, "close");
    return JSON.parse(lines.at(-1) ?? "") as Answer;
  };
  return { go };
}
