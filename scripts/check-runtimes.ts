/**
 * The packed tarball where users run it: the lowest Node and later ones, Jest (CommonJS) and vitest, the client in Cloudflare's
 * workerd; and its types under several versions of TypeScript and each way to resolve modules. Then the repository on later Nodes:
 * the demo, the example and the quick tests. Longer than the check: it installs what it needs into `.tmp/runtimes`, some 500 MB. Run it with `npm run check:runtimes`, after `npm run build`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "runtimes");

/** The lowest that `engines` allows, and what is maintained beside it. */
const NODES = ["20.19.0", "22", "24"];
/** Those that bring a SQLite of their own: better-sqlite3 is compiled for the Node that installed it. */
const NODES_WITH_SQLITE = NODES.filter((version) => Number.parseInt(version) >= 22);
const QUICK_TESTS = ["test/protocol", "test/domain", "test/hosts"];
const TYPESCRIPTS = ["5.4", "5.9", "6", "7"];
/** Beside `module`, which follows from it. */
const RESOLUTIONS = [
  { moduleResolution: "node16", module: "node16" },
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "esnext" },
];

let failures = 0;

/** Runs a command and tells how it went; the output is shown where it went wrong. */
function step(name: string, command: string, args: readonly string[], cwd = folder): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
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
  import { createClient, type Client } from "@auraconnect/webhooks/client";
  import { expressManagement, expressReceiver } from "@auraconnect/webhooks/express";
  import { fastifyManagement, fastifyReceiver } from "@auraconnect/webhooks/fastify";
  import { fetchManagement, fetchReceiver } from "@auraconnect/webhooks/fetch";
  import { lambdaReceiver } from "@auraconnect/webhooks/lambda";
  import { createManagementApi } from "@auraconnect/webhooks/management";
  import { memoryInbox, memoryStore } from "@auraconnect/webhooks/memory";
  import { nodeManagement, nodeReceiver } from "@auraconnect/webhooks/node";
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
  export const others = [memoryInbox(), sign("a", "b"), fakeSender({ to: receiver, secret: "x" }), WebhookError];

  const sender = createSender({ store: memoryStore() });
  const api = createManagementApi({ sender, authenticate: (token) => (token === "" ? null : { accountId: token }) });
  export const managed = [expressManagement(api), fastifyManagement(api), fetchManagement(api), nodeManagement(api)];
  const client: Client = createClient({ baseUrl: "https://api.example.com/hooks", accessToken: async () => "x" });
  export async function manage(): Promise<string> {
    const { id, etag } = await client.webhooks.create({ url: "https://example.com/", events: ["order.*"] });
    await client.webhooks.update({ webhook_id: id, active: false }, { ifMatch: etag });
    // @ts-expect-error a subscription is a list
    await client.webhooks.update({ webhook_id: id, events: "order.*" });
    for await (const row of client.webhooks.logs({ webhook_id: id, status: "failed" })) {
      const code: number | null = row.response_code;
      // @ts-expect-error it may be null, so this is typed and not any
      const wrong: string = row.response_code;
      return [code, wrong].join();
    }
    const { webhooks } = await client.events.explain({ event_id: "evt" });
    return webhooks[0]?.reason ?? "";
  }`;

/** The client in workerd, calling an API that is served by Node. */
const IN_WORKERD = `
  import { createServer } from "node:http";
  import { readFileSync } from "node:fs";
  import { Miniflare } from "miniflare";
  import { createManagementApi } from "@auraconnect/webhooks/management";
  import { memoryStore } from "@auraconnect/webhooks/memory";
  import { nodeManagement } from "@auraconnect/webhooks/node";
  import { createSender } from "@auraconnect/webhooks/sender";
  const sender = createSender({ store: memoryStore() });
  const api = createManagementApi({ sender, authenticate: () => ({ accountId: "default" }) });
  const server = createServer(nodeManagement(api));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = "http://127.0.0.1:" + server.address().port + "/api/v1/webhooks";
  const runtime = new Miniflare({ modules: true, script: readFileSync("worker.js", "utf8"), bindings: { baseUrl } });
  const told = await (await runtime.dispatchFetch("http://worker/")).text();
  await runtime.dispose();
  await sender.stop();
  server.close();
  if (told !== "1 webhook_not_found") throw new Error("The worker answered " + told);`;
const WORKER = `
  import { createClient } from "@auraconnect/webhooks/client";
  export default {
    async fetch(_request, { baseUrl }) {
      const client = createClient({ baseUrl, accessToken: "x" });
      const { id, etag } = await client.webhooks.create({ url: "https://example.com/", events: ["order.*"] });
      await client.webhooks.update({ webhook_id: id, description: "of a worker" }, { ifMatch: etag });
      let count = 0;
      for await (const { description } of client.webhooks.list()) if (description === "of a worker") count += 1;
      await client.webhooks.delete({ webhook_id: id });
      const code = await client.webhooks.get({ webhook_id: id }).catch((error) => error.code);
      return new Response(count + " " + code);
    },
  };`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "types"), { recursive: true });
// What scripts of the package print would stand among what this prints; it is built already.
const packing = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
const tarball = spawnSync("npm", packing, { cwd: root, encoding: "utf8" });
const dependencies = {
  "@auraconnect/webhooks": `file:${tarball.stdout.trim()}`,
  // The one door that cannot be opened without its peer.
  "@opentelemetry/api": "^1.9.0",
  "@types/node": "^20",
  jest: "^30",
  miniflare: "^4",
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
  "workerd.mjs": IN_WORKERD,
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
const worker = { contents: WORKER, resolveDir: folder };
await build({ stdin: worker, bundle: true, format: "esm", platform: "browser", outfile: join(folder, "worker.js") });
step("workerd: the client", process.execPath, ["workerd.mjs"]);

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
for (const version of NODES_WITH_SQLITE) {
  const node = join(folder, "node_modules", `node-${version}`, "bin", "node");
  for (const example of ["demo", "restaurant"]) {
    step(`Node ${version}: examples/${example}`, node, ["--import", "tsx", `examples/${example}/main.ts`], root);
  }
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  step(`Node ${version}: ${QUICK_TESTS.join(", ")}`, node, [vitest, "run", "--typecheck=false", ...QUICK_TESTS], root);
}
if (failures > 0) process.exitCode = 1;
