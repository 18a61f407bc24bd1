import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { median } from "./median.js";
import type { Servers } from "./servers.js";

const GIGABYTE = 2 ** 30;
const SYNCS = 200;

/** Packages whose version decides what was measured. */
const PACKAGES = ["undici", "better-sqlite3", "bullmq", "pg-boss", "graphile-worker"];

/** What something was measured on, in a sentence or two. */
export async function describeMachine({ postgresUrl, redisUrl }: Servers): Promise<string> {
  const processors = cpus();
  const parts = [
    `${processors.length} × ${processors[0]?.model.trim() ?? "unknown processor"}`,
    `${(totalmem() / GIGABYTE).toFixed(0)} GB`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    ...(postgresUrl === null ? [] : [await describePostgres(postgresUrl)]),
    ...(redisUrl === null ? [] : [await describeRedis(redisUrl)]),
    `files in ${tmpdir()}, where a sync to disk takes ${syncMs().toFixed(2)} ms`,
  ];
  return `${parts.join(", ")}. ${PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(", ")}.`;
}

async function describePostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; fsync: string; commits: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commits`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error("PostgreSQL did not tell its settings.");
    return `PostgreSQL ${row.version.split(" ")[0] ?? ""} (fsync ${row.fsync}, synchronous_commit ${row.commits})`;
  } finally {
    await client.end();
  }
}

async function describeRedis(url: string): Promise<string> {
  const client = new Redis(url);
  try {
    const version = /redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "";
    const [, appendonly = ""] = await client.config("GET", "appendonly");
    const [, appendfsync = ""] = await client.config("GET", "appendfsync");
    return `Redis ${version} (appendonly ${appendonly}, appendfsync ${appendfsync})`;
  } finally {
    client.disconnect();
  }
}

function versionOf(name: string): string {
  const url = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly version: string }).version;
}

/** What it takes to have a small write on disk; median of many. */
function syncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
  const file = openSync(join(folder, "sync"), "w");
  try {
    return median(
      Array.from({ length: SYNCS }, () => {
        const startedAt = performance.now();
        writeSync(file, "x".repeat(4_096));
        fsyncSync(file);
        return performance.now() - startedAt;
      }),
    );
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
