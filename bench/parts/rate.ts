import { Child } from "../child.js";
import type { Measured } from "../contender-process.js";
import { contenders } from "../contenders/index.js";
import { Deadline } from "../deadline.js";
import { median } from "../median.js";
import { atLeast, atMost, type PartOrder, type PartResult, type Verdict } from "../part.js";
import { withContender, type JobPlan } from "../run-contender.js";
import { MAX_CPU } from "../targets.js";

/** One job that every contender does as fast as it can, in rounds. */
export interface RatePlan {
  readonly webhooks: number;
  readonly events: number;
  /** The least of the ceiling's rate that a store of ours is to reach. */
  readonly targetOf: (name: string) => number | undefined;
}

interface Rate {
  /** Deliveries a second. */
  readonly perSecond: number;
  /** CPU seconds for a thousand deliveries. */
  readonly cpu: number;
  readonly peakMegabytes: number;
}

const CALLERS = 256;
export const IN_FLIGHT = 100;
const JOB_MS = 120_000;
const PART_MS = 360_000;

interface EndpointTells {
  readonly kind: "listening";
  readonly port: number;
}

/** Has every contender do the same job in turns, each time in a process and a place of its own. */
export async function measureRates(order: PartOrder, plan: RatePlan): Promise<PartResult> {
  const deadline = new Deadline(PART_MS);
  const endpoint = new Child<EndpointTells, never>("endpoint.ts", []);
  try {
    const { port } = await endpoint.told("listening", deadline);
    const url = `http://127.0.0.1:${port}/`;
    const job: JobPlan = {
      ...{ urls: Array.from({ length: plan.webhooks }, () => url), events: plan.events },
      ...{ callers: CALLERS, inFlight: IN_FLIGHT },
    };
    const rates = new Map<string, (Rate | string)[]>(order.contenders.map((name) => [name, []]));
    for (let turn = 1; turn <= order.rounds; turn += 1) {
      for (const [name, results] of rates) {
        const rate = await measureOnce(order, name, job, deadline.within(JOB_MS));
        results.push(rate);
        order.say(`round ${turn}  ${name.padEnd(16)} ${typeof rate === "string" ? rate : says(rate)}`);
      }
    }
    return resultOf(rates, plan);
  } finally {
    await endpoint.kill();
  }
}

async function measureOnce(order: PartOrder, name: string, job: JobPlan, deadline: Deadline): Promise<Rate | string> {
  try {
    const measured = await withContender(order.servers, name, job, deadline, async (child) => {
      child.order("go");
      return child.told("measured", deadline);
    });
    return rateOf(measured, job.events * job.urls.length);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function rateOf({ seconds, cpuSeconds, peakMegabytes }: Measured, deliveries: number): Rate {
  return { perSecond: deliveries / seconds, cpu: (cpuSeconds / deliveries) * 1_000, peakMegabytes };
}

function says({ perSecond, cpu, peakMegabytes }: Rate): string {
  return `${perSecond.toFixed(0).padStart(7)}/s  ${cpu.toFixed(3)} CPU s per 1000  ${peakMegabytes.toFixed(0).padStart(4)} MB`;
}

function resultOf(rates: ReadonlyMap<string, readonly (Rate | string)[]>, plan: RatePlan): PartResult {
  const medians = new Map([...rates].map(([name, results]) => [name, medianOf(results)]));
  const ceiling = medians.get("ceiling") ?? null;
  const rows: string[][] = [];
  const verdicts: Verdict[] = [];
  for (const [name, rate] of medians) {
    if (rate === null) {
      rows.push([name, "did not end", "", "", ""]);
      if (contenders[name]?.kind === "ours") verdicts.push({ holds: null, says: `${name}: did not end` });
      continue;
    }
    const ratio = ceiling === null ? Number.NaN : rate.perSecond / ceiling.perSecond;
    const share = ceiling === null ? "" : ratio.toFixed(2);
    rows.push([name, rate.perSecond.toFixed(0), share, rate.cpu.toFixed(3), rate.peakMegabytes.toFixed(0)]);
    const target = plan.targetOf(name);
    if (ceiling === null || target === undefined) continue;
    verdicts.push(atLeast(`${name}, deliveries`, ratio, target, "of the ceiling"));
    verdicts.push(atMost(`${name}, CPU`, rate.cpu / ceiling.cpu, MAX_CPU, "of the ceiling's"));
  }
  const columns = ["contender", "deliveries/s", "of the ceiling", "CPU s per 1000", "peak MB"];
  return { columns, rows, verdicts };
}

/** The median of each figure; null when no round ended. */
function medianOf(results: readonly (Rate | string)[]): Rate | null {
  const ended = results.filter((result) => typeof result !== "string");
  if (ended.length === 0) return null;
  return {
    perSecond: median(ended.map(({ perSecond }) => perSecond)),
    cpu: median(ended.map(({ cpu }) => cpu)),
    peakMegabytes: median(ended.map(({ peakMegabytes }) => peakMegabytes)),
  };
}
