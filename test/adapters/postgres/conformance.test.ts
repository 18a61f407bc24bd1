import { PGlite } from "@electric-sql/pglite";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import {
  postgresIdempotency,
  postgresInbox,
  postgresStore,
  type PostgresQueryable,
} from "@auraconnect/webhooks/postgres";
import { handClock, idempotencyCases, inboxCases, storeCases } from "@auraconnect/webhooks/testing";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { makePool, postgresUrl, testSchema } from "./database.js";

/** Takes a connection for a transaction of the host's, and gives it back. */
type Borrow = <Result>(use: (client: PostgresQueryable) => Promise<Result>) => Promise<Result>;

/** Runs every case, each in a schema of its own. */
function keepsEveryPromise(pool: () => PostgresQueryable, schemaOf: () => string, borrow: Borrow): void {
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

  test.each(inboxCases)("postgresInbox: $name", async (promise) => {
    const { now, advance } = handClock();
    const location = { pool: pool(), schema: schemaOf(), now };
    const another = () => Promise.resolve(postgresInbox(location));
    const transact = (work: (transaction: unknown) => void | Promise<void>) =>
      borrow(async (client) => {
        await client.query("begin");
        try {
          await work(client);
          await client.query("commit");
        } catch (error) {
          await client.query("rollback");
          throw error;
        }
      });
    await promise.run({ inbox: postgresInbox(location), now, advance, another, transact });
  });
}

describe.skipIf(postgresUrl === null)("on a server", () => {
  const pool = makePool({ max: 8 });
  afterAll(() => pool.end());

  keepsEveryPromise(
    () => pool,
    () => testSchema("conformance"),
    async (use) => {
      const client = await pool.connect();
      try {
        return await use(client);
      } finally {
        client.release();
      }
    },
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
    // It has one connection; the statements of others would be in its transaction, so the case runs none beside it.
    (use) => use(database),
  );
});
