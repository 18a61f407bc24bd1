import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.js";
import { freePort } from "./free-port.js";
import { redisAnswers } from "./redis-answers.js";

/** A Redis server of the tests' own, with an append-only file in a temporary folder. */
export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash does. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port, with what it had written. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Whether a private server can be started. */
export function hasRedisServer(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Starts a private server, with further settings such as `--cluster-enabled yes`. */
export async function startPrivateRedis(settings: readonly string[] = []): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  let server: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (server === null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
    server = null;
  };
  const url = `redis://127.0.0.1:${port}`;
  const start = async (): Promise<void> => {
    server = spawn("redis-server", [...args, ...settings], { stdio: "ignore" });
    await eventually("Redis answers", () => redisAnswers(url));
  };
  await start();
  return {
    url,
    port,
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
