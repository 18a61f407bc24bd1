import { PGlite } from "@electric-sql/pglite";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { postgresIdempotency, postgresStore, type PostgresQueryable } from "@auraconnect/webhooks/postgres";
import { handClock, idempotencyCases, storeCases } from "@auraconnect/webhooks/testing";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { makePool, postgresUrl, testSchema } from "./database.js";

/** Runs every case, each in a schema of its own. */
function keepsEveryPromise(pool: () => PostgresQueryable, schemaOf: () => string): void {
  test.each(storeCases)("postgresStore: $name", async (promise) => {
    const { now, advance } = handClock();
    const schema = schemaOf();
    const shared = pool();
    const opened = async (): Promise<SenderStore> => {
      const store = postgresStore({ pool: shared, schema });
      await store.open({ logger: silentLogger, now });
      onTestFinished(() => store.close());
      return store;
    };
    await promise.run({ store: await opened(), now, advance, another: opened });
  });

  test.each(idempotencyCases)("postgresIdempotency: $name", async (promise) => {
    const { now, advance } = handClock();
    const location = { pool: pool(), schema: schemaOf(), now };
    const another = () => Promise.resolve(postgresIdempotency(location));
    await promise.run({ store: postgresIdempotency(location), now, advance, another });
  });
}

describe.skipIf(postgresUrl === null)("on a server", () => {
  const pool = makePool({ max: 8 });
  afterAll(() => pool.end());

  keepsEveryPromise(
    () => pool,
    () => testSchema("conformance"),
  );
});

describe("on PGlite", () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  }, 60_000);
  afterAll(() => database.close());

  keepsEveryPromise(
    () => database,
    () => `conformance_${randomBytes(6).toString("hex")}`,
  );
});
