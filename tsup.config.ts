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
});
