import { onTestFinished } from "vitest";
import { postgresStore, type PostgresStoreOptions } from "@auraconnect/webhooks/postgres";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { Scene } from "../../../src/testing/store-conformance/scene.js";

/** A store that works by the server's clock, closed with the test. */
export async function openStore(options: PostgresStoreOptions): Promise<SenderStore> {
  const store = postgresStore(options);
  await store.open({ logger: silentLogger });
  onTestFinished(() => store.close());
  return store;
}

/** The same with the webhook `a` and the owner `worker`. */
export async function openScene(options: PostgresStoreOptions): Promise<Scene> {
  return Scene.begin({ store: await openStore(options), now: Date.now, advance: () => undefined }, ["a"], "worker");
}
