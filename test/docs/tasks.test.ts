import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { createSender } from "@auraconnect/webhooks";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { signedRequest } from "@auraconnect/webhooks/testing";
import { endpoint, heard, sample, startSender } from "../support/sender-scene.js";
import { codeUnder, page, tableUnder } from "./page.js";
import { modulesOf, printedFiles } from "./printed-files.js";

const SECRET = "a-secret-of-16-bytes-or-more";
const KEY = randomBytes(32).toString("base64");
const HANDLED = "order.created ORD-2025-001";

/** What a newcomer wants to do, as the README's table words it, and what stands at the end of its first link. */
const TASKS = [
  "send an event",
  "receive it in Fastify",
  "move to Postgres",
  "publish in a transaction",
  "rotate a secret",
  "find out why an event is missing",
  "resend what failed last night",
  "run four workers",
];

test("the README leads to each task with one link", () => {
  const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const rows = new Map(tableUnder(readme, "## Read on").map(([task = "", links = ""]) => [task, links]));
  for (const task of TASKS) expect(rows.get(task), task).toMatch(/\]\(docs\/[\w-]+\.md/);
});

test("the quick start runs as it is printed", async () => {
  const [appPort, backendPort] = [await freePort(), await freePort()];
  const printed = modulesOf(page("quick-start.md"));
  expect(Object.keys(printed)).toEqual(["app", "webhooks", "backend", "register", "explain"]);
  const files = printedFiles(
    Object.fromEntries(
      Object.entries(printed).map(([name, code]) => [
        name,
        code
          .replaceAll("port: 4000", `port: ${appPort}`)
          .replaceAll("localhost:4000", `localhost:${appPort}`)
          .replaceAll("listen(3000)", `listen(${backendPort}, () => console.log("listening"))`),
      ]),
    ),
  );
  const env = { WEBHOOK_SECRET: SECRET, WEBHOOK_SECRET_KEY: KEY };

  const app = files.run("app", env);
  const register = files.run("register", env);
  expect(await register.ended()).toBe(0);
  const backend = files.run("backend", env);
  await backend.says("listening");
  const response = await fetch(`http://localhost:${backendPort}/orders`, { method: "POST" });
  const { event } = (await response.json()) as { readonly event: string };
  await app.says(HANDLED);
  backend.kill("SIGTERM");
  expect(await backend.ended()).toBe(0); // the outcome is recorded by now

  const explain = files.run("explain", env);
  expect(await explain.ended()).toBe(0);
  expect(explain.printed[0]).toBe(`${event} success 1 null`);
  expect(explain.printed[1]).toContain("delivered");
});

test("the receiver for Fastify runs as it is printed", async () => {
  const port = await freePort();
  const code = codeUnder(page("receiving.md"), "### Fastify", "ts").replace("port: 4000", `port: ${port}`);
  const receiver = printedFiles({ receiver: `${code}\nconsole.log("listening");` }).run("receiver", {
    WEBHOOK_SECRET: SECRET,
  });
  await receiver.says("listening");
  const request = signedRequest({ type: "order.created", secret: SECRET });
  const response = await fetch(`http://localhost:${port}/webhooks/auraconnect`, request);
  expect(response.status).toBe(200);
  await receiver.says("ORD-2025-001");
});

describe.skipIf(inject("postgresUrl") === null)("on PostgreSQL", () => {
  test("publishing in a transaction runs as it is printed", async () => {
    const DATABASE_URL = await freshDatabase();
    const transaction = [
      codeUnder(page("postgres.md"), "## Setting up", "ts"),
      'import { auraconnectEvents, sampleEvent } from "@auraconnect/webhooks";',
      'const order = sampleEvent(auraconnectEvents, "order.created").data.object;',
      'await sender.webhooks.create({ url: "https://webhooks.invalid/", events: ["*"] });',
      'await pool.query("create table orders (id int)");',
      codeUnder(page("postgres.md"), "## In your own transaction", "ts"),
      'console.log("orders", (await pool.query("select id from orders")).rows.length);',
      'console.log("deliveries", (await sender.deliveries.list()).logs.length);',
      "await sender.stop({ timeoutMs: 0 });",
      "await pool.end();",
    ].join("\n");
    const file = printedFiles({ transaction }).run("transaction", { DATABASE_URL, WEBHOOK_SECRET_KEY: KEY });
    expect(await file.ended()).toBe(0);
    expect(file.printed).toEqual(["orders 1", "deliveries 1"]);
  });

  test("moving the webhooks there runs as it is printed, and leaves four workers to deliver", async () => {
    const DATABASE_URL = await freshDatabase();
    const env = { DATABASE_URL, WEBHOOK_SECRET_KEY: KEY };
    const { url, requests } = await endpoint();
    const registered = [
      'import { createSender } from "@auraconnect/webhooks";',
      'import { sqliteStore } from "@auraconnect/webhooks/sqlite";',
      'const store = sqliteStore({ path: "webhooks.db" });',
      `const sender = createSender({ store, secretKeys: [{ id: "2026-11", key: ${JSON.stringify(KEY)} }],`,
      '  addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] } });',
      `await sender.webhooks.create({ url: ${JSON.stringify(url)}, events: ["*"] });`,
      "await sender.stop();",
    ].join("\n");
    const { worker = "" } = modulesOf(page("workers.md"));
    const files = printedFiles({
      registered,
      ...modulesOf(page("stores.md")),
      // Loopback is closed by default, and opened for the test's endpoint.
      worker: worker.replace(
        "store: postgresStore({ pool }),",
        'store: postgresStore({ pool }), addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },',
      ),
    });
    expect(await files.run("registered", env).ended()).toBe(0);
    expect(await files.run("move", env).ended()).toBe(0);
    expect(await files.run("move", env).ended()).toBe(0); // once more, as the page says

    const workers = [1, 2, 3, 4].map(() => files.run("worker", env));
    for (const running of workers) await running.says("delivers");
    const publisher = createSender({
      store: postgresStore({ connectionString: DATABASE_URL }),
      secretKeys: [{ id: "2026-11", key: KEY }],
    });
    const { deliveries } = await publisher.publish("order.created", sample("order.created"));
    expect(deliveries).toHaveLength(1);
    await expect.poll(() => requests.length, { timeout: 10_000 }).toBe(1);
    for (const running of workers) running.kill("SIGTERM");
    for (const running of workers) expect(await running.ended()).toBe(0);
    const { logs } = await publisher.deliveries.list();
    expect(logs).toMatchObject([{ status: "success", attempts: 1 }]);
    await publisher.stop();
  });
});

describe("the calls of sending.md", () => {
  type Call = (given: Readonly<Record<string, unknown>>) => Promise<readonly (readonly unknown[])[]>;

  /** What is printed under a heading, as a function that answers what it tells; `which` block, from 0 on. */
  function printedCall(heading: string, which = 0): Call {
    const text =
      page("sending.md")
        .split(/^(?=#{1,6} )/m)
        .find((part) => part.startsWith(`${heading}\n`)) ?? "";
    const code = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)][which]?.[1];
    if (code === undefined) throw new Error(`sending.md has no block ${which} under "${heading}".`);
    const { constructor: AsyncFunction } = (async () => Promise.resolve()) as unknown as {
      readonly constructor: new (...source: readonly string[]) => (...given: readonly unknown[]) => Promise<void>;
    };
    return async (given) => {
      const told: (readonly unknown[])[] = [];
      const console = { log: (...values: readonly unknown[]) => told.push(values) };
      await new AsyncFunction(...Object.keys(given), "console", code)(...Object.values(given), console);
      return told;
    };
  }

  test("say why an event did not arrive, and send again what failed last night", async () => {
    let status = 500;
    const { url } = await endpoint(() => status);
    const sender = await startSender({ retrySchedule: [] });
    const failed = heard(sender, "delivery.failed");
    const succeeded = heard(sender, "delivery.succeeded");
    const { id: webhookId } = await sender.webhooks.create({ accountId: "acct_42", url, events: ["*"] });
    const { event } = await sender.publish("order.created", sample("order.created"), { accountId: "acct_42" });
    await expect.poll(() => failed.length).toBe(1);

    const told = await printedCall("## Why an event did not arrive")({ sender, eventId: event.id });
    expect(told).toMatchObject([[webhookId, "failed", expect.stringContaining("500"), expect.any(String)]]);

    status = 200;
    await printedCall("## Sending again", 1)({ sender });
    await expect.poll(() => succeeded.length).toBe(1);
  });

  test("rotate a secret, so that no request is refused", async () => {
    const { url, requests } = await endpoint();
    const sender = await startSender();
    const succeeded = heard(sender, "delivery.succeeded");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    await printedCall("### Rotating a secret")({ sender, webhookId });
    await sender.publish("order.created", sample("order.created"));
    await expect.poll(() => succeeded.length).toBe(1);
    // Confirmed, and both still sign.
    expect(String(requests[0]?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    expect((await sender.webhooks.get({ webhookId })).secret).toBe("webhook_secret_***");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The URL of a database of the present test's own: what is printed uses the schema of its default. */
async function freshDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl") ?? "");
  const name = `docs_${randomUUID().replaceAll("-", "")}`;
  const administrate = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: inject("postgresUrl") ?? "" });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await administrate(`create database ${name}`);
  onTestFinished(() => administrate(`drop database ${name} with (force)`));
  url.pathname = `/${name}`;
  return url.href;
}
