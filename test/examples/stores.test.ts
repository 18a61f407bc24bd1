import { randomBytes } from "node:crypto";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { postgresUrl, testSchema } from "../adapters/postgres/database.js";
import { ownPrefix } from "../adapters/redis/own-prefix.js";
import { databaseFile } from "../adapters/sqlite/database-file.js";
import { startEndpoint } from "../support/endpoint.js";
import { runExample } from "./run-example.js";

const redisUrl = inject("redisUrl");

/** Runs an example as its user does; it has to deliver its order and to end by itself. */
async function expectDelivery(store: string, env: NodeJS.ProcessEnv): Promise<void> {
  const endpoint = await startEndpoint();
  onTestFinished(() => endpoint.close());
  const settings = { WEBHOOK_URL: endpoint.url, SECRET_KEY: randomBytes(32).toString("base64") };
  const { code, stdout, stderr } = await runExample(`stores/${store}.ts`, { ...settings, ...env });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "order.created was answered 200\n", stderr: "" });
  expect(endpoint.requests).toHaveLength(1);
}

describe("the example of a sender", () => {
  test("in memory delivers and ends", () => expectDelivery("memory", {}));

  test("on SQLite delivers and ends", () => expectDelivery("sqlite", { DATABASE_PATH: databaseFile() }));

  test.skipIf(postgresUrl === null)("on PostgreSQL delivers and ends", () =>
    expectDelivery("postgres", { DATABASE_URL: postgresUrl ?? "", DATABASE_SCHEMA: testSchema("example") }),
  );

  test.skipIf(redisUrl === null)("on Redis delivers and ends", () =>
    expectDelivery("redis", { REDIS_URL: redisUrl ?? "", REDIS_PREFIX: ownPrefix(redisUrl ?? "") }),
  );
});
