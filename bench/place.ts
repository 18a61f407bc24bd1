import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import type { Servers } from "./servers.js";

/** Where the processes of one job keep what they share; plain JSON, so that it can be handed to a process. */
export interface Place {
  /** Of nobody else: a schema, a prefix. Letters, digits and underscores. */
  readonly name: string;
  /** Empty, of nobody else. */
  readonly folder: string;
  readonly postgresUrl: string | null;
  readonly redisUrl: string | null;
}

/** Makes a place, and takes everything away that was kept there. */
export async function inPlace<Result>(servers: Servers, use: (place: Place) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
  const name = `bench_${randomBytes(6).toString("hex")}`;
  const { postgresUrl, redisUrl } = servers;
  try {
    return await use({ name, folder, postgresUrl, redisUrl });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (postgresUrl !== null) await dropSchema(postgresUrl, name);
    if (redisUrl !== null) await removeKeys(redisUrl, name);
  }
}

async function dropSchema(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`drop schema if exists ${pg.escapeIdentifier(name)} cascade`);
  } finally {
    await client.end();
  }
}

async function removeKeys(url: string, name: string): Promise<void> {
  const client = new Redis(url);
  try {
    let cursor = "0";
    do {
      const [next, keys] = await client.scan(cursor, "MATCH", `*${name}*`, "COUNT", 1_000);
      if (keys.length > 0) await client.unlink(...keys);
      cursor = next;
    } while (cursor !== "0");
  } finally {
    client.disconnect();
  }
}
