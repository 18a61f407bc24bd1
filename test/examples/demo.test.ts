import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { Tally } from "../../examples/demo/tally.js";
import { runExample } from "./run-example.js";

const LIMIT_MS = 30_000;

/** Makes a process unable to load SQLite: no better-sqlite3, and no `node:sqlite`. */
function withoutSqlite(): NodeJS.ProcessEnv {
  const module = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
  const hooks = module(`
    export async function resolve(specifier, context, next) {
      if (specifier === "better-sqlite3") throw new Error("Cannot find package 'better-sqlite3'");
      return next(specifier, context);
    }`);
  const preload = module(`
    import { register } from "node:module";
    register(${JSON.stringify(hooks)});
    process.getBuiltinModule = () => undefined;`);
  return { NODE_OPTIONS: `--import=${preload}` };
}

describe.concurrent("the demo", { timeout: LIMIT_MS + 10_000 }, () => {
  test("ends by itself in time, with every count right and nothing left behind", async ({ expect }) => {
    const { code, stdout, stderr, tookMs } = await runExample("demo/main.ts");
    expect(stdout).toMatch(/All \d\d counts are right\./);
    expect(stdout).not.toContain("FAIL");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(LIMIT_MS);
    expect(stdout).not.toContain("\u001b");
    const [, folder = ""] = /SQLite, (.+)[\\/]webhooks\.db/.exec(stdout) ?? [];
    expect(folder).toContain("auraconnect-webhooks-demo-");
    expect(existsSync(folder)).toBe(false);
  });

  test("has colours where it is told to", async ({ expect }) => {
    const { code, stdout } = await runExample("demo/main.ts", { FORCE_COLOR: "1" });
    expect(stdout).toContain("\u001b[32mPASS\u001b[39m");
    expect(code).toBe(0);
  });

  test("says what to install where SQLite cannot be had", async ({ expect }) => {
    const { code, stdout, stderr } = await runExample("demo/main.ts", withoutSqlite());
    expect(stderr).toContain("npm install better-sqlite3");
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("its tally", () => {
  test("shows a wrong count with what was expected, and does not pass", () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const tally = new Tally();
    tally.equal("kill", "events lost", 0, 0);
    expect(tally.right).toBe(true);
    tally.equal("kill", "events handled", 49, 50);
    tally.summarize(10);
    const printed = print.mock.calls.flat().join("\n");
    print.mockRestore();
    expect(tally.right).toBe(false);
    expect(printed).toContain("events handled: expected 50, got 49");
    expect(printed).toContain("Wrong: 1 of 2 counts.");
  });
});
