import { setTimeout } from "node:timers/promises";
import { startPrivatePostgres } from "../services/private-postgres.js";
import { startPrivateRedis } from "../services/private-redis.js";
import { cuttableProxy } from "./cuttable-proxy.js";
import type { SharedStore } from "./shared-store.js";

/** A private server that can fail, reached by a way that can be cut. */
export interface FallibleServer {
  readonly shared: SharedStore;
  /** Ends it as a crash does and starts it again, on the data that it had promised to keep. */
  readonly crash: () => Promise<void>;
  /** Cuts everybody off for so many milliseconds. */
  readonly cutOff: (ms: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A server of PostgreSQL, which is crashed by an immediate shutdown. */
export async function falliblePostgres(): Promise<FallibleServer> {
  const { url, restartImmediately, stop } = await startPrivatePostgres();
  const { shared, ...way } = await behindProxy(url, (through) => ({
    kind: "postgres",
    url: through,
    schema: "webhooks",
  }));
  return { shared, crash: restartImmediately, ...way, stop: () => ended(way.close, stop) };
}

/** A server of Redis, which is killed. It syncs each write, so that a crash may lose nothing of what it answered. */
export async function fallibleRedis(): Promise<FallibleServer> {
  const { url, kill, start, stop } = await startPrivateRedis(["--appendfsync", "always"]);
  const { shared, ...way } = await behindProxy(url, (through) => ({ kind: "redis", url: through, prefix: "webhooks" }));
  const crash = async (): Promise<void> => {
    await kill();
    await start();
  };
  return { shared, crash, ...way, stop: () => ended(way.close, stop) };
}

async function behindProxy(url: string, share: (through: string) => SharedStore) {
  const proxy = await cuttableProxy(Number(new URL(url).port));
  const through = new URL(url);
  through.port = String(proxy.port);
  return {
    shared: share(through.href),
    cutOff: async (ms: number): Promise<void> => {
      proxy.cut();
      await setTimeout(ms);
      proxy.mend();
    },
    close: proxy.close,
  };
}

async function ended(closeWay: () => void, stop: () => Promise<void>): Promise<void> {
  closeWay();
  await stop();
}
