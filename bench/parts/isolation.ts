import { contenders } from "../contenders/index.js";
import { Deadline } from "../deadline.js";
import { delaysOf, delayText, type Delays } from "../delays.js";
import { nowMs } from "../now.js";
import { round, type Part, type PartOrder, type Scale, type Verdict } from "../part.js";
import { Recorder } from "../recorder.js";
import { withContender } from "../run-contender.js";
import { ISOLATION } from "../targets.js";
import { IN_FLIGHT } from "./rate.js";

const PER_SECOND = 40;
const SECONDS: Readonly<Record<Scale, number>> = { full: 15, quick: 4, smoke: 0.5 };
const HEALTHY = ["0", "1", "2", "3", "4", "5", "6", "7"].map((number) => `/hook-${number}`);
const SICK = ["/hang/8", "/fail/9"];
/** How long after the last publish the healthy ones' deliveries are waited for. */
const WAIT_MS: Readonly<Record<Scale, number>> = { full: 10_000, quick: 1_000, smoke: 60_000 };
/** Events of the first half second, in which connections are made. */
const WARM_UP = PER_SECOND / 2;
const JOB_MS: Readonly<Record<Scale, number>> = { full: 60_000, quick: 60_000, smoke: 150_000 };
const PART_MS = 480_000;

/** What endpoints that hang or fail cost the others. */
export const isolation: Part = {
  title: "Isolation",
  takesPart: ({ kind }) => kind !== "ceiling",
  describe: ({ scale }) =>
    `Ten webhooks, one of which never answers and one of which answers 500; ${PER_SECOND} events a second to each for ` +
    `${SECONDS[scale]} s, 100 requests in flight, at most 10 to one webhook where a contender can keep them apart, a ` +
    "time-out of 15 s. From the call of `publish` to the arrival at the healthy eight, beside the same without the two. " +
    `What had not arrived ${WAIT_MS[scale] / 1_000} s after the last publish is a bound (>).`,
  async run(order) {
    const deadline = new Deadline(PART_MS);
    const rows: string[][] = [];
    const verdicts: Verdict[] = [];
    for (const name of order.contenders) {
      const alone = await attempt(() => measure(order, name, HEALTHY, deadline.within(JOB_MS[order.scale])));
      const beside = await attempt(() =>
        measure(order, name, [...HEALTHY, ...SICK], deadline.within(JOB_MS[order.scale])),
      );
      const row = [name, ...cells(alone), ...cells(beside)];
      rows.push(row);
      order.say(row.map((cell, index) => cell.padEnd(index === 0 ? 16 : 12)).join(" "));
      if (contenders[name]?.kind === "ours") verdicts.push(verdictOf(name, alone, beside));
    }
    return {
      columns: ["contender", "p50 alone", "p99 alone", "p50 beside the two", "p99 beside the two"],
      rows,
      verdicts,
    };
  },
};

async function attempt(measureOnce: () => Promise<Delays>): Promise<Delays | string> {
  try {
    return await measureOnce();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function measure(
  { servers, scale }: PartOrder,
  name: string,
  paths: readonly string[],
  deadline: Deadline,
): Promise<Delays> {
  return Recorder.with(deadline, (recorder) => {
    const events = Math.round(PER_SECOND * SECONDS[scale]);
    const plan = {
      ...{ urls: paths.map(recorder.url), events, perSecond: PER_SECOND, inFlight: IN_FLIGHT },
      inFlightPerWebhook: IN_FLIGHT / 10,
    };
    return withContender(servers, name, plan, deadline, async (child) => {
      child.order("go");
      const { calledAtMs } = await child.told("published", deadline);
      await recorder.answered(events * HEALTHY.length, deadline.within(WAIT_MS[scale]));
      const untilMs = nowMs();
      const arrivals = await recorder.report();
      // Ending by itself it would wait for the requests that hang.
      await child.kill();
      const from = Math.min(WARM_UP, events / 4);
      return delaysOf({ calledAtMs, arrivals, paths: HEALTHY, from, untilMs });
    });
  });
}

function cells(delays: Delays | string): readonly string[] {
  return typeof delays === "string" ? [delays, ""] : [delayText(delays.p50), delayText(delays.p99)];
}

function verdictOf(name: string, alone: Delays | string, beside: Delays | string): Verdict {
  if (typeof alone === "string") return { holds: null, says: `${name}: ${alone}` };
  if (typeof beside === "string") return { holds: null, says: `${name}: ${beside}` };
  const { p99, timesAlone, orMsMore } = ISOLATION;
  const bound = Math.max(alone.p99.ms * timesAlone, alone.p99.ms + orMsMore);
  const measured = beside.p99.ms;
  return {
    holds: measured <= p99 && measured <= bound && !beside.p99.isAtLeast,
    says:
      `${name}, p99 of the healthy: ${round(measured)} ms, at most ${p99} ms, and ${round(bound)} ms ` +
      `(${timesAlone} times, or ${orMsMore} ms more than, the ${round(alone.p99.ms)} ms without the two)`,
  };
}
