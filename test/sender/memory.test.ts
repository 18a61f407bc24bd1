import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { MemorySample, SteadyPlan } from "../../bench/steady-process.js";
import { databaseFile } from "../support/sender-scene.js";
import type { Orders, Report } from "./fixtures/retrying-process.js";

const RETRYING = fileURLToPath(new URL("fixtures/retrying-process.ts", import.meta.url));
const STEADY = fileURLToPath(new URL("../../bench/steady-process.ts", import.meta.url));

/** The sender's defaults. */
const CONCURRENCY = 128;
const CONCURRENCY_PER_WEBHOOK = 8;

/** An endpoint that fails the first request of each delivery, and how many connections it ever had at a time. */
async function failingFirst() {
  const requests = new Map<string, number>();
  const sockets = { open: 0, most: 0 };
  const server = createServer((request, response) => {
    const { headers } = request;
    const delivery = `${String(headers["x-auraconnect-webhook-id"])} ${String(headers["x-auraconnect-event-id"])}`;
    const number = (requests.get(delivery) ?? 0) + 1;
    requests.set(delivery, number);
    request.resume().once("end", () => response.writeHead(number === 1 ? 500 : 200).end());
  });
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket) => {
    sockets.open += 1;
    sockets.most = Math.max(sockets.most, sockets.open);
    socket.once("close", () => (sockets.open -= 1));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, sockets };
}

test("10,000 retries that are due at the same instant take no more sockets than the limit, little memory, and nothing comes twice", async () => {
  const { url, requests, sockets } = await failingFirst();
  const orders: Orders = { path: databaseFile(), url, webhooks: 20, events: 500 };
  const child = spawn(process.execPath, ["--import", "tsx", RETRYING, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const report = JSON.parse(await text(child.stdout)) as Report;
  expect(report.succeeded).toBe(10_000);
  expect(requests.size).toBe(10_000);
  expect([...requests.values()].every((count) => count === 2)).toBe(true);
  expect(sockets.most).toBeLessThanOrEqual(CONCURRENCY);
  expect(sockets.most).toBeGreaterThan(CONCURRENCY_PER_WEBHOOK);
  expect(report.peakMegabytes).toBeLessThan(300);
}, 120_000);

test("at a steady rate a sender's heap stays what it is", async () => {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const plan: SteadyPlan = { url, path: databaseFile(), samples: 12, deliveriesPerSample: 1_500, perSecond: null };
  const child = fork(STEADY, [JSON.stringify(plan)], { execArgv: ["--import", "tsx", "--expose-gc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const heaps: number[] = [];
  child.on("message", ({ heapMegabytes }: MemorySample) => heaps.push(heapMegabytes));
  await once(child, "exit");
  expect(heaps).toHaveLength(12);
  // Caches fill in the first half. Were a kilobyte of each delivery kept, the second would grow by 9 MB.
  const least = (part: readonly number[]): number => Math.min(...part);
  expect(least(heaps.slice(9)) - least(heaps.slice(6, 9))).toBeLessThan(1);
}, 120_000);
