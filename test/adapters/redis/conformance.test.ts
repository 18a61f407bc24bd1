import { afterAll, beforeAll, describe, inject, onTestFinished, test } from "vitest";
import { redisIdempotency, redisStore } from "@auraconnect/webhooks/redis";
import { handClock, idempotencyCases, storeCases } from "@auraconnect/webhooks/testing";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { clientKinds, clusterKinds, type ClientKind, type OpenClient } from "./clients.js";
import { freshPrefix, ownPrefix } from "./own-prefix.js";
import { startCluster, type TestCluster } from "./test-cluster.js";

const redisUrl = inject("redisUrl");
const hasRedisServer = inject("hasRedisServer");

/** Runs all cases with a client that lives as long as they do. */
function conformance({ name, open }: ClientKind, url: () => string, newPrefix: () => string): void {
  describe(`with ${name}`, () => {
    let host: OpenClient;
    beforeAll(async () => {
      host = await open(url());
    });
    afterAll(() => {
      host.end();
    });

    test.each(storeCases)("$name", async (promise) => {
      const { now, advance } = handClock();
      const prefix = newPrefix();
      const opened = async (): Promise<SenderStore> => {
        const store = redisStore({ client: host.client, prefix });
        await store.open({ logger: silentLogger, now });
        onTestFinished(() => store.close());
        return store;
      };
      await promise.run({ store: await opened(), now, advance, another: opened });
    });

    test.each(idempotencyCases)("idempotency: $name", async (promise) => {
      const { now, advance } = handClock();
      const prefix = newPrefix();
      const opened = () => redisIdempotency({ client: host.client, prefix, now });
      await promise.run({ store: opened(), now, advance, another: () => Promise.resolve(opened()) });
    });
  });
}

describe.skipIf(redisUrl === null)("on a server redisStore keeps every promise of the storage port", () => {
  for (const kind of clientKinds)
    conformance(
      kind,
      () => redisUrl ?? "",
      () => ownPrefix(redisUrl ?? ""),
    );
});

describe.skipIf(!hasRedisServer)("on a cluster redisStore keeps every promise of the storage port", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster(3);
  }, 60_000);
  afterAll(() => cluster.stop());

  for (const kind of clusterKinds) conformance(kind, () => cluster.url, freshPrefix);
});
