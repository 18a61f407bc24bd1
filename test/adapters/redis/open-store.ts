import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { redisStore, type RedisStoreOptions } from "@auraconnect/webhooks/redis";
import { silentLogger } from "../../../src/ports/logger.js";
import type { SenderStore } from "../../../src/ports/sender-store.js";
import { Scene } from "../../../src/testing/store-conformance/scene.js";
import { startPrivateRedis, type PrivateRedis } from "../../services/private-redis.js";
import { freshPrefix } from "./own-prefix.js";

/** What a host may have set on its client. */
export interface HostSettings {
  readonly keyPrefix?: string;
  readonly stringNumbers?: boolean;
  readonly enableReadyCheck?: boolean;
}

/** A client of the host's, which ends with the test. */
export function hostClient(url: string, options: HostSettings = {}): Redis {
  const client = new Redis(url, options);
  client.on("error", () => undefined);
  onTestFinished(() => {
    client.disconnect();
  });
  return client;
}

/** A server of the present test's own. */
export async function privateRedis(settings: readonly string[] = []): Promise<PrivateRedis> {
  const server = await startPrivateRedis(settings);
  onTestFinished(() => server.stop());
  return server;
}

/** A store that works by the server's clock, closed with the test. */
export async function openStore(options: RedisStoreOptions): Promise<SenderStore> {
  const store = redisStore({ prefix: freshPrefix(), ...options });
  await store.open({ logger: silentLogger });
  onTestFinished(() => store.close());
  return store;
}

/** The same with the webhook `a` and the owner `worker`. */
export async function openScene(options: RedisStoreOptions): Promise<Scene> {
  return Scene.begin({ store: await openStore(options), now: Date.now, advance: () => undefined }, ["a"], "worker");
}
