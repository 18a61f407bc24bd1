/**
 * The packed tarball with every dependency and every optional peer at the lowest version that it allows: each store keeps
 * all promises of the storage port on them, and telemetry works. The highest versions are those that the tests run with.
 * Installs what it needs into `.tmp/peers`. Run it with `npm run check:peers`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServers } from "../bench/servers.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "peers");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Runs every case that the package has, on the driver that is named, and prints how many there were. */
const CONFORMANCE = `
  import { createRequire } from "node:module";
  import { handClock, idempotencyCases, inboxCases, storeCases } from "@auraconnect/webhooks/testing";
  import { postgresIdempotency, postgresInbox, postgresStore } from "@auraconnect/webhooks/postgres";
  import { redisIdempotency, redisStore } from "@auraconnect/webhooks/redis";
  import { silentLogger } from "@auraconnect/webhooks/sender";
  import { sqliteIdempotency, sqliteInbox, sqliteStore } from "@auraconnect/webhooks/sqlite";

  const unique = () => "peers_" + Math.random().toString(36).slice(2, 12);
  const drivers = {
    async "better-sqlite3"() {
      const { default: Database } = await import("better-sqlite3");
      const place = () => ({ path: unique() + ".db" });
      const inbox = inTransaction((path) => new Database(path.path), (connection, sql) => connection.exec(sql));
      return { place, store: sqliteStore, idempotency: sqliteIdempotency, inbox: sqliteInbox, ...inbox };
    },
    async pg() {
      const { default: pg } = await import("pg");
      const pool = new pg.Pool({ connectionString: process.env.POSTGRES, max: 8 });
      const schemas = [];
      const place = () => ({ pool, schema: schemas[schemas.push(unique()) - 1] });
      const end = async () => {
        for (const schema of schemas) await pool.query("drop schema if exists " + schema + " cascade");
        await pool.end();
      };
      const inbox = inTransaction(() => pool.connect(), (client, sql) => client.query(sql), (client) => client.release());
      return { place, store: postgresStore, idempotency: postgresIdempotency, inbox: postgresInbox, ...inbox, end };
    },
    async ioredis() {
      const { default: Redis } = await import("ioredis");
      const client = new Redis(process.env.REDIS);
      const place = () => ({ client, prefix: unique() });
      return { place, store: redisStore, idempotency: redisIdempotency, end: () => client.disconnect() };
    },
    async redis() {
      const { createClient } = await import("redis");
      const client = createClient({ url: process.env.REDIS });
      await client.connect();
      const place = () => ({ client, prefix: unique() });
      return { place, store: redisStore, idempotency: redisIdempotency, end: () => client.quit() };
    },
  };

  function inTransaction(open, run, release = (connection) => connection.close()) {
    const transact = (place) => async (work) => {
      const connection = await open(place);
      try {
        await run(connection, "begin");
        await work(connection);
        await run(connection, "commit");
      } catch (error) {
        await run(connection, "rollback");
        throw error;
      } finally {
        release(connection);
      }
    };
    return { transact };
  }

  const name = process.argv[2];
  const { place, store, idempotency, inbox, transact, end } = await drivers[name]();
  let count = 0;
  async function runCase(promise, open) {
    const { now, advance } = handClock();
    const stores = [];
    const where = place();
    const opened = async () => {
      const made = await open(where, now);
      stores.push(made);
      return made;
    };
    const one = await opened();
    const inTransaction = transact === undefined ? {} : { transact: transact(where) };
    try {
      await promise.run({ store: one, inbox: one, now, advance, another: opened, ...inTransaction });
    } catch (error) {
      throw new Error(name + ": " + promise.name, { cause: error });
    } finally {
      for (const made of stores) await made.close?.();
    }
    count += 1;
  }
  try {
    for (const promise of storeCases) {
      await runCase(promise, async (where, now) => {
        const made = store(where);
        await made.open({ logger: silentLogger, now });
        return made;
      });
    }
    for (const promise of idempotencyCases) await runCase(promise, (where, now) => idempotency({ ...where, now }));
    if (inbox !== undefined) for (const promise of inboxCases) await runCase(promise, (where, now) => inbox({ ...where, now }));
  } finally {
    await end?.();
  }
  const { version } = createRequire(import.meta.url)(name + "/package.json");
  console.log("✓ " + name + " " + version + ": " + count + " cases");`;

/** A span of a publish, with the lowest API that there is. */
const TELEMETRY = `
  import { trace } from "@opentelemetry/api";
  import { auraconnectEvents, createSender, sampleEvent } from "@auraconnect/webhooks";
  import { memoryStore } from "@auraconnect/webhooks/memory";
  import { openTelemetry } from "@auraconnect/webhooks/otel";
  const names = [];
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan(name) {
        names.push(name);
        return trace.wrapSpanContext({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 });
      },
    }),
  });
  const sender = createSender({ store: memoryStore(), telemetry: openTelemetry() });
  await sender.publish("order.created", sampleEvent(auraconnectEvents, "order.created").data.object);
  await sender.stop();
  if (names.length === 0) throw new Error("There is no span.");
  console.log("✓ @opentelemetry/api: " + names.join(", "));`;

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** The lowest version that a range allows: of `>=8.11` and `^8.11.0` it is 8.11.0. */
function lowest([name, range]: readonly [string, string]): readonly [string, string] {
  const [, major, minor = "0", patch = "0"] = /^(?:>=|\^|~)(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(range) ?? [];
  if (major === undefined) throw new Error(`${name} has the range ${range}; give one that begins with >=, ^ or ~.`);
  return [name, `${major}.${minor}.${patch}`];
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: "inherit", env: { ...process.env, ...env } });
  if (status !== 0) {
    console.error(`✗ ${command} ${args.join(" ")}`);
    process.exitCode = 1;
  }
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const packing = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
const tarball = spawnSync("npm", packing, { cwd: root, encoding: "utf8" }).stdout.trim();
const versions = [...Object.entries(manifest.dependencies), ...Object.entries(manifest.peerDependencies)].map(lowest);
console.log(`  ${versions.map(([name, version]) => `${name} ${version}`).join(", ")}`);
const dependencies = { "@auraconnect/webhooks": `file:${tarball}`, ...Object.fromEntries(versions) };
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
writeFileSync(join(folder, "conformance.js"), CONFORMANCE);
writeFileSync(join(folder, "telemetry.js"), TELEMETRY);
run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--install-links"]);

const servers = await startServers(new Set(["postgres", "redis"]));
try {
  const env = { POSTGRES: servers.postgresUrl ?? "", REDIS: servers.redisUrl ?? "" };
  const names = ["better-sqlite3", ...(env.POSTGRES ? ["pg"] : []), ...(env.REDIS ? ["ioredis", "redis"] : [])];
  if (process.exitCode === undefined) {
    for (const name of names) run(process.execPath, ["conformance.js", name], env);
    run(process.execPath, ["telemetry.js"]);
  }
  if (names.length < 4) console.error("✗ Not all servers can be had here: PostgreSQL and redis-server are needed.");
  if (names.length < 4 && process.env["CI"]) process.exitCode = 1;
} finally {
  await servers.stop();
}
