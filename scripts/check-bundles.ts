/**
 * What a consumer's bundle gets of this package, minified and compressed, and that nothing is in it that it does not use.
 * zod and the event catalogue (the schemas of the documented types, and what defines and judges schemas) are counted as
 * external.
 */
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Bundle {
  readonly name: string;
  /** What the consumer writes. */
  readonly code: string;
  readonly maxBytes: number;
}

const BUNDLES: readonly Bundle[] = [
  {
    name: "the signature functions",
    code: `export { sign, verify } from "./src/doors/signature.js";`,
    maxBytes: 1_024,
  },
  {
    name: "both schemes of signatures",
    code: `export * from "./src/doors/signature.js";`,
    maxBytes: 1_536,
  },
  {
    name: "the receiver with its Fetch host",
    code: `export { createReceiver } from "./src/doors/receiver.js"; export { fetchReceiver } from "./src/doors/fetch.js";`,
    // What it checks, and what it says of it: a fifth is sentences, another fifth the checks of options and patterns.
    maxBytes: 9.25 * 1_024,
  },
];

/** Of the source, what a receiver has no use for; and every dependency but those that are counted as external. */
const STRANGERS =
  /^(src\/(sender|testing|error-table|receiver\/(create-inbox|inbox-)|adapters\/(?!memory\/idempotency|system\/))|node_modules)\//;

/** Answers what is wrong with a bundle; nothing where it is as it should be. */
async function check({ name, code, maxBytes }: Bundle): Promise<readonly string[]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["zod"],
    plugins: [
      {
        name: "the catalogue is external",
        setup(bundler) {
          bundler.onResolve(
            { filter: /\/(auraconnect-events|event-catalog|payload|payload-schema)\.js$/ },
            ({ path, resolveDir }) => ({
              path: join(dirname(resolveDir), path),
              external: true,
            }),
          );
        },
      },
    ],
  });
  const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
  const strangers = Object.keys(metafile.inputs).filter((input) => STRANGERS.test(input));
  const problems = [
    ...(size > maxBytes ? [`${name} has ${size} bytes, minified and compressed; at most ${maxBytes} are allowed`] : []),
    ...(strangers.length > 0 ? [`${name} brings what it does not use: ${strangers.join(", ")}`] : []),
  ];
  if (problems.length === 0) console.log(`✓ ${name}: ${size} of ${maxBytes} bytes, minified and compressed`);
  return problems;
}

for (const problem of (await Promise.all(BUNDLES.map(check))).flat()) {
  console.error(`✗ ${problem}`);
  process.exitCode = 1;
}
