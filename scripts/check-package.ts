/**
 * What `npm publish` would send, tried as its users would: the tarball holds what it must and nothing else, source maps lead
 * to sources that are in it, its entries resolve under every module system, and each door loads both as ESM and as CommonJS
 * and shares one error class.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../src/protocol/version.js";

/** Seventeen doors, each for two module systems, with types and the sources that their maps point to. */
const MAX_TARBALL_BYTES = 1_100_000;

/** Beside what `exports` names, which publint looks for. */
const REQUIRED = ["README.md", "LICENSE", "CHANGELOG.md", "src/doors/index.ts", "schemas/order.created.json"];

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "package");

interface PackedFile {
  readonly path: string;
}

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

function fail(message: string): never {
  console.error(`✗ ${message}`);
  process.exit(1);
}

function run(command: string, args: readonly string[], cwd = root): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) fail(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
if (manifest.version !== VERSION) {
  fail(`package.json says ${manifest.version} and src/protocol/version.ts says ${VERSION}; make them the same.`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const [packed] = JSON.parse(
  run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, "--loglevel=error"]),
) as {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly PackedFile[];
}[];
if (packed === undefined) fail("npm pack made nothing.");

const allowed = /^(dist\/|src\/|schemas\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/;
const strangers = packed.files.filter(({ path }) => !allowed.test(path));
if (strangers.length > 0)
  fail(`The tarball holds what it should not: ${strangers.map(({ path }) => path).join(", ")}.`);
const missing = REQUIRED.filter((path) => !packed.files.some((file) => file.path === path));
if (missing.length > 0) fail(`The tarball lacks ${missing.join(", ")}.`);
if (packed.size > MAX_TARBALL_BYTES)
  fail(`The tarball has ${packed.size} bytes; at most ${MAX_TARBALL_BYTES} are allowed.`);
console.log(`✓ ${packed.files.length} files, ${(packed.size / 1_024).toFixed(0)} KB packed`);

const tarball = join(folder, packed.filename);
run("npx", ["publint", "--strict", tarball]);
console.log("✓ publint");
run("npx", ["attw", tarball, "--exclude-entrypoints", "schemas"]);
console.log("✓ types resolve under node10, node16 and bundler");

const installed = join(folder, "node_modules", "@auraconnect", "webhooks");
mkdirSync(installed, { recursive: true });
run("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed]);

// A stack trace in production leads to a line of `src`. What is inlined of others is named, and not in the tarball.
const dist = join(installed, "dist");
const isLost = (source: string): boolean =>
  isAbsolute(source) || !(source.startsWith("../node_modules/") || existsSync(join(dist, source)));
const chunks = readdirSync(dist).filter((name) => /\.c?js$/.test(name));
for (const chunk of chunks) {
  if (!existsSync(join(dist, `${chunk}.map`))) fail(`dist/${chunk} has no source map.`);
  const { sources } = JSON.parse(readFileSync(join(dist, `${chunk}.map`), "utf8")) as {
    readonly sources: readonly string[];
  };
  const lost = sources.filter(isLost);
  if (lost.length > 0) fail(`The map of dist/${chunk} leads to what is not in the tarball: ${lost.join(", ")}.`);
}
console.log(`✓ the source maps of ${chunks.length} files lead to what is in the tarball`);

const doors = Object.keys(manifest.exports)
  .filter((door) => !door.includes(".json"))
  .map((door) => door.replace(/^\./, "@auraconnect/webhooks"));

const load = `
  const doors = ${JSON.stringify(doors)};
  const classes = new Set();
  const look = (door, names) => {
    if (Object.keys(names).length === 0) throw new Error(door + " exports nothing");
    if (names.WebhookError) classes.add(names.WebhookError);
  };`;
const shared = `if (classes.size !== 1) throw new Error(classes.size + " copies of WebhookError");`;
run(
  "node",
  ["--input-type=module", "-e", `${load} for (const door of doors) look(door, await import(door)); ${shared}`],
  folder,
);
run(
  "node",
  ["--input-type=commonjs", "-e", `${load} for (const door of doors) look(door, require(door)); ${shared}`],
  folder,
);
console.log(`✓ ${doors.length} doors load as ESM and as CommonJS`);
