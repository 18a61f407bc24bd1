/**
 * One contender doing its part of one job, alone in its process, so that CPU and memory are its own. Tells its parent
 * what it measured by messages.
 */
import { writeSync } from "node:fs";
import { contenders } from "./contenders/index.js";
import type { Job, Publish } from "./job.js";
import { nowMs } from "./now.js";
import { publishAll } from "./publish-all.js";

/** What it tells, in this order. */
export type ContenderTells =
  /** It delivers from now on, and publishes when it is told to go. */
  | { readonly kind: "ready" }
  /** When each publish was called, by event number; only at a pace. */
  | { readonly kind: "published"; readonly calledAtMs: readonly number[] }
  /** Everything is recorded. */
  | ({ readonly kind: "measured" } & Measured);

/** What it is told. */
export type ContenderOrder = "go" | "end";

/** What a process measured of itself while it did a job. */
export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const [name = "", given = ""] = process.argv.slice(2);
const job = JSON.parse(given) as Job;
const entry = contenders[name];
if (entry === undefined) throw new Error(`There is no contender ${name}.`);
const [go, end] = [ordered("go"), ordered("end")];
process.once("disconnect", () => process.exit());

const prepared = await (await entry.load()).prepare(job);
tell({ kind: "ready" });
await go;
await Promise.race([measure(), end]);
await end;
await prepared.close();
process.exit();

function ordered(order: ContenderOrder): Promise<void> {
  return new Promise((resolve) => {
    process.on("message", (heard) => {
      if (heard === order) resolve();
    });
  });
}

async function measure(): Promise<void> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await prepared.run(publish);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const peakMegabytes = process.resourceUsage().maxRSS / 1_024;
  tell({ kind: "measured", seconds, cpuSeconds: (user + system) / 1_000_000, peakMegabytes });
}

async function publish(publishOne: Publish): Promise<void> {
  if (!job.publishes) return;
  const calledAtMs: number[] = [];
  const { perSecond, saysAccepted } = job;
  await publishAll(job, perSecond === null && !saysAccepted ? publishOne : noted);
  tell({ kind: "published", calledAtMs });

  async function noted(number: number): Promise<void> {
    if (perSecond !== null) calledAtMs[number] = nowMs();
    await publishOne(number);
    if (saysAccepted) writeSync(1, `${number}\n`);
  }
}

function tell(message: ContenderTells): void {
  process.send?.(message);
}
