/**
 * The ordeal of workers on one store, for as long as you like: real processes killed over and over, the server crashed and
 * cut off in between.
 *
 *     npm run soak -- --store postgres --kills 100
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ordeal } from "./ordeal.js";
import { falliblePostgres, fallibleRedis, type FallibleServer } from "./server.js";

const CUT_MS = 3_000;

/** A file cannot be cut off; its workers are only killed. */
function sqliteFile(): Promise<Pick<FallibleServer, "shared" | "stop"> & Partial<FallibleServer>> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-soak-"));
  return Promise.resolve({
    shared: { kind: "sqlite", path: join(folder, "webhooks.db") },
    stop: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
}

const STORES = { sqlite: sqliteFile, postgres: falliblePostgres, redis: fallibleRedis };

const { values } = parseArgs({
  options: {
    store: { type: "string", multiple: true, default: Object.keys(STORES) },
    kills: { type: "string", default: "30" },
  },
});

for (const name of values.store) {
  if (!Object.hasOwn(STORES, name))
    throw new Error(`--store is one of ${Object.keys(STORES).join(", ")}, not ${name}.`);
  const kills = Number(values.kills);
  const { shared, crash, cutOff, stop } = await STORES[name as keyof typeof STORES]();
  const outages =
    crash === undefined || cutOff === undefined
      ? []
      : Array.from({ length: Math.floor(kills / 3) }, (_, index) => (index % 2 === 0 ? crash : () => cutOff(CUT_MS)));
  try {
    const result = await ordeal({ shared, kills, outages });
    const held = result.lost === 0 && result.pending === 0 && result.duplicates <= result.duplicatesAllowed;
    console.log(held ? "✓" : "✗", name, { kills, outages: outages.length, ...result });
    if (!held) process.exitCode = 1;
  } finally {
    await stop();
  }
}
