/**
 * Requests per second of each host with a receiver, and of the same app that reads the body and answers the same. Each is
 * alone in its process; events of about 600 bytes, each of its own id, both signatures, 50 connections.
 *
 *     npm run bench:receiver
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { signedRequest } from "@auraconnect/webhooks/testing";
import { median } from "./median.js";

const PROCESS = fileURLToPath(new URL("receiver-host-process.ts", import.meta.url));
const HOSTS = ["node", "express", "fastify", "hono"];
const ROUNDS = 3;
const WARM_UP = 3_000;
const REQUESTS = 15_000;
const CONNECTIONS = 50;
const secret = "your-webhook-secret";

async function pace(host: string, mode: string): Promise<number> {
  const child = fork(PROCESS, [host, mode], { execArgv: process.execArgv });
  const [port] = (await once(child, "message")) as [number];
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  const requests = Array.from({ length: WARM_UP + REQUESTS }, () => signedRequest({ type: "order.created", secret }));
  const send = async (from: number, to: number): Promise<void> => {
    let next = from;
    const worker = async (): Promise<void> => {
      for (let request = requests[next]; next < to && request !== undefined; request = requests[next]) {
        next += 1;
        const { statusCode, body } = await pool.request({ path: "/", ...request });
        await body.dump();
        if (statusCode !== 200) throw new Error(`${host} (${mode}) answered ${statusCode}.`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  };
  await send(0, WARM_UP);
  const startedAt = performance.now();
  await send(WARM_UP, WARM_UP + REQUESTS);
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  child.disconnect();
  await once(child, "exit");
  return REQUESTS / seconds;
}

console.log("\nrequests per second".padEnd(20), "nothing".padStart(10), "receiver".padStart(10), "ratio".padStart(7));
for (const host of HOSTS) {
  const nothing: number[] = [];
  const receiver: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    nothing.push(await pace(host, "nothing"));
    receiver.push(await pace(host, "receiver"));
  }
  const [bare, ours] = [median(nothing), median(receiver)];
  const columns = [
    Math.round(bare).toLocaleString("en").padStart(10),
    Math.round(ours).toLocaleString("en").padStart(10),
  ];
  console.log(host.padEnd(19), ...columns, (ours / bare).toFixed(2).padStart(7));
}
