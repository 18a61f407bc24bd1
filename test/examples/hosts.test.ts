import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { LambdaHttpEvent, LambdaHttpResult } from "@auraconnect/webhooks/lambda";
import { databaseFile } from "../adapters/sqlite/database-file.js";
import { page } from "../docs/page.js";
import { listen } from "../hosts/http-client.js";
import { SECRET, startSender } from "../support/sender-scene.js";
import { sampleEvent, auraconnectEvents } from "@auraconnect/webhooks";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const PATH = "/webhooks/auraconnect";
const HANDLED = "order.created ORD-2025-001";

/** Publishes an event with our own sender, and waits until it was delivered. */
async function publish(url: string): Promise<number> {
  const sender = await startSender();
  await sender.webhooks.create({ url, events: ["order.*"], secret: SECRET });
  const delivered = new Promise<number>((resolve) => {
    sender.on("delivery.succeeded", ({ delivery }) => {
      resolve(delivery.attempts);
    });
  });
  await sender.publish("order.created", sampleEvent(auraconnectEvents, "order.created").data.object);
  return delivered;
}

/** Starts an example as its user does; what it prints is in `printed`. */
async function start(host: string) {
  const inbox = databaseFile();
  const child = spawn(process.execPath, ["--import", "tsx", join(EXAMPLES, host, "server.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WEBHOOK_SECRET: SECRET, PORT: "0", INBOX: inbox },
  });
  const printed: string[] = [];
  createInterface(child.stdout).on("line", (line) => printed.push(line));
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  const port = await vi.waitFor(() => {
    const line = printed.find((text) => text.startsWith("listening on "));
    expect(line).toBeDefined();
    return line?.split(" ").at(-1) ?? "";
  }, 14_000);
  return { printed, url: `http://127.0.0.1:${port}` };
}

describe("the example app", () => {
  test.each(["express", "fastify", "hono", "node"])(
    "for %s handles what our sender sends",
    { timeout: 30_000 },
    async (host) => {
      const { printed, url } = await start(host);
      expect(await publish(`${url}${PATH}`)).toBe(1);
      await vi.waitFor(() => {
        expect(printed).toContain(HANDLED);
      }, 5_000);
      if (host === "node") return;
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`${url}/orders`, { method: "POST", headers, body: '{"id":1}' });
      expect(await response.json()).toEqual({ parsed: { id: 1 } });
    },
  );

  test("for Next.js is a route handler that handles what our sender sends", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    vi.stubEnv("WEBHOOK_SECRET", SECRET);
    const { POST } = await import("../../examples/next/app/webhooks/auraconnect/route.js");
    const server = serve({ fetch: POST, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    onTestFinished(() => void server.close());
    expect(await publish(`http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`)).toBe(1);
    expect(log).toHaveBeenCalledWith("order.created", "ORD-2025-001");
    log.mockRestore();
  });

  test("for Lambda is a handler that handles what our sender sends", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    vi.stubEnv("WEBHOOK_SECRET", SECRET);
    const { handler } = await import("../../examples/lambda/handler.js");
    const { port, close } = await listen(functionUrl(handler));
    onTestFinished(close);
    expect(await publish(`http://127.0.0.1:${port}${PATH}`)).toBe(1);
    expect(log).toHaveBeenCalledWith("order.created", "ORD-2025-001");
    log.mockRestore();
  });

  test.each([
    ["express/server.ts", "receiving.md"],
    ["fastify/server.ts", "receiving.md"],
    ["hono/server.ts", "receiving.md"],
    ["next/app/webhooks/auraconnect/route.ts", "receiving.md"],
    ["lambda/handler.ts", "receiving.md"],
    ["node/server.ts", "inbox.md"],
  ])("in %s mounts the receiver as %s shows it", (file, name) => {
    const mounts = readFileSync(join(EXAMPLES, file), "utf8")
      .split("\n")
      .filter((line) => /\b(express|fastify|fetch|lambda|node)Receiver\b/.test(line))
      .map((line) => line.replace(/\.listen\(.*/, "").trim());
    expect(mounts.length).toBeGreaterThan(1);
    for (const line of mounts) expect(page(name)).toContain(line);
  });
});

/** Calls a Lambda handler as a function URL does. */
function functionUrl(handler: (event: LambdaHttpEvent) => Promise<LambdaHttpResult>): RequestListener {
  return (request, response) => {
    void request.toArray().then(async (chunks) => {
      const { statusCode, headers, body } = await handler({
        headers: request.headers as Record<string, string>,
        requestContext: { http: { method: request.method } },
        body: Buffer.concat(chunks as Buffer[]).toString("base64"),
        isBase64Encoded: true,
      });
      response.writeHead(statusCode, headers).end(body);
    });
  };
}
