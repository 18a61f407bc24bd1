/**
 * Whether a sender's memory stays what it is, at a steady rate of deliveries over real sockets.
 *
 *     npm run bench:memory -- --minutes 60 --per-second 100
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Child } from "./child.js";
import { Deadline } from "./deadline.js";
import { median } from "./median.js";
import type { MemorySample, SteadyPlan } from "./steady-process.js";

const SAMPLES = 30;
/** Caches fill and code is compiled in the first third. */
const WARM_UP = SAMPLES / 3;
/** What the heap may have grown by from the second third to the last: what one measurement differs from the next. */
const MAX_GROWTH_MEGABYTES = 1;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, "per-second": { type: "string", default: "100" } },
});
const perSecond = Number(values["per-second"]);
const seconds = Number(values.minutes) * 60;
const folder = mkdtempSync(join(tmpdir(), "webhooks-bench-"));
const deadline = new Deadline(seconds * 1_000 + 120_000);
const endpoint = new Child<{ readonly kind: "listening"; readonly port: number }, never>("endpoint.ts", []);
try {
  const { port } = await endpoint.told("listening", deadline);
  const plan: SteadyPlan = {
    ...{ url: `http://127.0.0.1:${port}/`, path: join(folder, "webhooks.db"), samples: SAMPLES },
    ...{ deliveriesPerSample: Math.ceil((seconds * perSecond) / SAMPLES), perSecond },
  };
  const sender = new Child<MemorySample, never>("steady-process.ts", [JSON.stringify(plan)], undefined, [
    "--expose-gc",
  ]);
  const heaps: number[] = [];
  try {
    while (heaps.length < SAMPLES) {
      const { deliveries, heapMegabytes, residentMegabytes } = await sender.told("sample", deadline);
      heaps.push(heapMegabytes);
      console.log(
        `${deliveries.toLocaleString("en").padStart(12)} deliveries  heap ${heapMegabytes.toFixed(2)} MB  ` +
          `resident ${residentMegabytes.toFixed(0)} MB`,
      );
    }
  } finally {
    await sender.ended();
  }
  const [before, after] = [heaps.slice(WARM_UP, 2 * WARM_UP), heaps.slice(2 * WARM_UP)].map(median);
  const growth = (after ?? 0) - (before ?? 0);
  const isFlat = growth <= MAX_GROWTH_MEGABYTES;
  console.log(`\n${isFlat ? "✓" : "✗"} The heap grew by ${growth.toFixed(2)} MB, at most ${MAX_GROWTH_MEGABYTES} MB.`);
  process.exitCode = isFlat ? 0 : 1;
} finally {
  await endpoint.kill();
  rmSync(folder, { recursive: true, force: true });
}
