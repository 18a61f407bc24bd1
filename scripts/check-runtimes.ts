/**
 * The packed tarball where users run it: each supported Node, Jest (CommonJS) and vitest; and its types under several
 * versions of TypeScript and each way to resolve modules. Longer than the check: it installs what it needs into
 * `.tmp/runtimes`, some 500 MB. Run it with `npm run check:runtimes`, after `npm run build`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "runtimes");

const NODES = ["20", "22", "24"];
const TYPESCRIPTS = ["5.4", "5.9", "6", "7"];
/** Beside `module`, which follows from it. */
const RESOLUTIONS = [
  { moduleResolution: "node16", module: "node16" },
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "esnext" },
];

let failures = 0;

/** Runs a command and tells how it went; the output is shown where it went wrong. */
function step(name: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status === 0) {
    console.log(`✓ ${name}`);
    return;
  }
  failures += 1;
  console.error(`✗ ${name}\n${stdout}${stderr}${error?.message ?? ""}`);
}

const doors = Object.keys(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly exports: object }).exports,
)
  .filter((door) => !door.includes(".json"))
  .map((door) => door.replace(/^\./, "@auraconnect/webhooks"));

/** What a user does on both sides of the package, in the words of the module system. */
const USE = `
  const secret = "your-webhook-secret";
  const seen = [];
  const receiver = createReceiver({ secret, inbox: memoryInbox() }).on("order.created", (event) => {
    seen.push(event.data.object.order_number);
  });
  const { method, headers, body } = signedRequest({ type: "order.created", secret });
  const use = async () => {
    await receiver.start();
    const reply = await receiver.receive({ method, header: headers, body });
    if (reply.status !== 200) throw new Error("answered " + reply.status);
    for (let turn = 0; seen.length === 0 && turn < 100; turn += 1) await new Promise((resume) => setTimeout(resume, 10));
    await receiver.stop();
    if (seen[0] !== "ORD-2025-001") throw new Error("handled " + seen);
    const error = await receiver.verify({ header: {}, body }).catch((refused) => refused);
    if (!WebhookError.is(error) || !(error instanceof WebhookError)) throw new Error("refused with " + error);
  };`;
const REQUIRED = `
  const { createReceiver, WebhookError } = require("@auraconnect/webhooks");
  const { memoryInbox } = require("@auraconnect/webhooks/memory");
  const { signedRequest } = require("@auraconnect/webhooks/testing");`;
const IMPORTED = `
  import { createReceiver, WebhookError } from "@auraconnect/webhooks";
  import { memoryInbox } from "@auraconnect/webhooks/memory";
  import { signedRequest } from "@auraconnect/webhooks/testing";`;

const TYPED = `
  import { createReceiver, createSender, WebhookError, type EventContext } from "@auraconnect/webhooks";
  import { expressReceiver } from "@auraconnect/webhooks/express";
  import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
  import { fetchReceiver } from "@auraconnect/webhooks/fetch";
  import { lambdaReceiver } from "@auraconnect/webhooks/lambda";
  import { memoryInbox, memoryStore } from "@auraconnect/webhooks/memory";
  import { nodeReceiver } from "@auraconnect/webhooks/node";
  import { sign } from "@auraconnect/webhooks/signature";
  import { sqliteInbox } from "@auraconnect/webhooks/sqlite";
  import { fakeSender } from "@auraconnect/webhooks/testing";

  const receiver = createReceiver({ secret: "x", inbox: sqliteInbox({ path: "x" }) })
    .on("order.created", (event, context: EventContext) => {
      const number: string = event.data.object.order_number;
      // @ts-expect-error a number is no string, so this is typed and not any
      const wrong: number = event.data.object.order_number;
      return [number, wrong, context.webhookId];
    })
    .on("payment.*", (event) => event.type === "payment.refunded" && event.data.object.refund_amount.toFixed(2));
  // @ts-expect-error there is no such type
  receiver.on("order.cancelled", () => undefined);
  export const all = [expressReceiver, fastifyReceiver, fetchReceiver, lambdaReceiver, nodeReceiver].map((host) => host(receiver));
  export const others = [createSender({ store: memoryStore() }), memoryInbox(), sign("a", "b"), fakeSender({ to: receiver, secret: "x" }), WebhookError];`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "types"), { recursive: true });
// Built before: what a build says would come out beside the tarball's name.
const packing = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
const tarball = spawnSync("npm", packing, { cwd: root, encoding: "utf8" });
const dependencies = {
  "@auraconnect/webhooks": `file:${tarball.stdout.trim()}`,
  "@types/node": "^20",
  jest: "^30",
  vitest: "^4",
  ...Object.fromEntries(NODES.map((version) => [`node-${version}`, `npm:node@${version}`])),
  ...Object.fromEntries(TYPESCRIPTS.map((version) => [`typescript-${version}`, `npm:typescript@${version}`])),
};
const files = {
  "package.json": JSON.stringify({ private: true, dependencies }),
  "load.mjs": `for (const door of ${JSON.stringify(doors)}) await import(door);`,
  "load.cjs": `for (const door of ${JSON.stringify(doors)}) require(door);`,
  "use.mjs": `${IMPORTED}${USE} await use();`,
  "use.cjs": `${REQUIRED}${USE} use().catch((error) => { console.error(error); process.exit(1); });`,
  "jest.test.js": `${REQUIRED}${USE} test("works in Jest", use);`,
  "vitest.test.mjs": `import { test } from "vitest"; ${IMPORTED}${USE} test("works in vitest", use);`,
  // Without one of its own it would take the repository's.
  "vitest.config.mjs": `export default { test: { include: ["vitest.test.mjs"] } };`,
  "jest.config.json": JSON.stringify({ testMatch: ["**/jest.test.js"], testEnvironment: "node" }),
  "types/esm.mts": TYPED,
  "types/cjs.cts": TYPED,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
step("installed", "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--install-links"]);

for (const version of NODES) {
  const node = join(folder, "node_modules", `node-${version}`, "bin", "node");
  for (const file of ["load.mjs", "load.cjs", "use.mjs", "use.cjs"]) step(`Node ${version}: ${file}`, node, [file]);
}
step("Jest, as CommonJS", "npx", ["jest", "--config", "jest.config.json"]);
step("vitest", "npx", ["vitest", "run"]);

for (const version of TYPESCRIPTS) {
  for (const resolution of RESOLUTIONS) {
    const compilerOptions = {
      ...resolution,
      target: "es2022",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
    };
    const config = `tsconfig-${version}-${resolution.moduleResolution}.json`;
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, include: ["types"] }));
    const compiler = join(folder, "node_modules", `typescript-${version}`, "bin", "tsc");
    step(`TypeScript ${version}: ${resolution.moduleResolution}`, process.execPath, [compiler, "--project", config]);
  }
}
if (failures > 0) process.exitCode = 1;
