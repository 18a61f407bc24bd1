import { existsSync } from "node:fs";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { runExample, type ExampleRun } from "./run-example.js";

const postgresUrl = inject("postgresUrl");

function expectAllRight({ code, stdout, stderr }: ExampleRun): void {
  expect(stderr).toBe("");
  expect(stdout).toMatch(/All \d\d counts are right\./);
  expect(stdout).not.toContain("FAIL");
  expect(code).toBe(0);
}

/** Schemas that runs have made, of whatever name. */
async function schemasLike(pattern: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: postgresUrl ?? "" });
  await client.connect();
  const { rows } = await client.query<{ nspname: string }>("select nspname from pg_namespace where nspname like $1", [
    pattern,
  ]);
  await client.end();
  return rows.map(({ nspname }) => nspname);
}

describe("the restaurant's backend and its kitchen display", { timeout: 100_000 }, () => {
  test("work together on SQLite, and leave nothing behind", async () => {
    const run = await runExample("restaurant/main.ts", { DATABASE_URL: undefined });
    expectAllRight(run);
    const [, file = ""] = /SQLite, (.+)$/m.exec(run.stdout) ?? [];
    expect(file).toContain("auraconnect-restaurant-");
    expect(existsSync(file)).toBe(false);
  });

  test.skipIf(postgresUrl === null)("work together on PostgreSQL, and leave nothing behind", async () => {
    const run = await runExample("restaurant/main.ts", { DATABASE_URL: postgresUrl ?? "" });
    expectAllRight(run);
    const [, schema = ""] = /PostgreSQL, schema (\w+)$/m.exec(run.stdout) ?? [];
    expect(schema).toMatch(/^restaurant_\d+$/);
    expect(await schemasLike(`${schema}%`)).toEqual([]);
  });
});
