import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { defineConfig } from "tsup";

/** One entry per door of `exports` in package.json. */
const doors = [
  "index",
  "signature",
  "sender",
  "receiver",
  "management",
  "client",
  "memory",
  "sqlite",
  "postgres",
  "redis",
  "otel",
  "express",
  "fastify",
  "fetch",
  "node",
  "lambda",
  "testing",
];

/** Maps of CommonJS name, beside their sources, the file that tsup made it of, by its path on the machine that built it. */
async function forgetMachine(): Promise<void> {
  for (const name of (await readdir("dist")).filter((file) => file.endsWith(".cjs.map"))) {
    const map = JSON.parse(await readFile(`dist/${name}`, "utf8")) as { sources: string[] };
    map.sources = map.sources.map((source) => (isAbsolute(source) ? basename(source) : source));
    await writeFile(`dist/${name}`, JSON.stringify(map));
  }
}

export default defineConfig({
  entry: Object.fromEntries(doors.map((door) => [door, `src/doors/${door}.ts`])),
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  sourcemap: true,
  // Both formats' maps point into `src`, which is in the package once.
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
  clean: true,
  // Without it two CommonJS doors would hold two copies of every class they share.
  splitting: true,
  // `node:sqlite` exists only under its prefix.
  removeNodeProtocol: false,
  onSuccess: forgetMachine,
});
