import { contenders } from "../contenders/index.js";
import { Deadline } from "../deadline.js";
import { delaysOf, delayText, type Delays } from "../delays.js";
import { nowMs } from "../now.js";
import { atMost, type Part, type PartOrder, type Scale, type Verdict } from "../part.js";
import { inPlace } from "../place.js";
import { Recorder } from "../recorder.js";
import { jobOf, startContender, withContender, type JobPlan } from "../run-contender.js";
import { TARGETS, type LatencyTarget } from "../targets.js";
import { IN_FLIGHT } from "./rate.js";

const PER_SECOND = 50;
const SECONDS: Readonly<Record<Scale, number>> = { full: 11, quick: 3, smoke: 0.4 };
/** Connections are made in the first second, or what of it there is. */
const WARM_UP_SHARE: Readonly<Record<Scale, number>> = { full: 1 / 11, quick: 1 / 3, smoke: 0.25 };
/** How long after the last publish arrivals are waited for. */
const WAIT_MS: Readonly<Record<Scale, number>> = { full: 3_000, quick: 3_000, smoke: 60_000 };
const JOB_MS: Readonly<Record<Scale, number>> = { full: 45_000, quick: 45_000, smoke: 150_000 };
const PART_MS = 420_000;
const PATH = "/hook";

/** How soon an event is at its endpoint when nothing else is to be done. */
export const latency: Part = {
  title: "Latency",
  takesPart: ({ onlyIsolates }) => onlyIsolates !== true,
  describe: ({ scale }) =>
    `${PER_SECOND} events of 600 bytes a second to one webhook for ${SECONDS[scale]} s: from the call of \`publish\` to ` +
    "the arrival of the request at the endpoint, in another process, by the monotonic clock that all processes share. In " +
    "one process that publishes and delivers, and with one that only publishes and one that only delivers.",
  async run(order) {
    const deadline = new Deadline(PART_MS);
    const rows: string[][] = [];
    const verdicts: Verdict[] = [];
    for (const name of order.contenders) {
      const alone = await attempt(() => inOneProcess(order, name, deadline.within(JOB_MS[order.scale])));
      const isShared = contenders[name]?.isShared === true;
      const across = isShared
        ? await attempt(() => acrossTwo(order, name, deadline.within(JOB_MS[order.scale])))
        : null;
      const row = [name, ...cells(alone), ...cells(across)];
      rows.push(row);
      order.say(row.map((cell, index) => cell.padEnd(index === 0 ? 16 : 12)).join(" "));
      const { latency: target, latencyAcross } = TARGETS[name] ?? { latency: null, latencyAcross: null };
      verdicts.push(...verdictsOf(`${name}, one process`, alone, target));
      verdicts.push(...verdictsOf(`${name}, two processes`, across, latencyAcross));
    }
    return { columns: ["contender", "p50", "p99", "p50 across two", "p99 across two"], rows, verdicts };
  },
};

async function attempt(measure: () => Promise<Delays>): Promise<Delays | string> {
  try {
    return await measure();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function planOf(recorder: Recorder, scale: Scale): JobPlan {
  const events = Math.round(PER_SECOND * SECONDS[scale]);
  return { urls: [recorder.url(PATH)], events, inFlight: IN_FLIGHT, perSecond: PER_SECOND };
}

function inOneProcess({ servers, scale }: PartOrder, name: string, deadline: Deadline): Promise<Delays> {
  return Recorder.with(deadline, (recorder) => {
    const plan = planOf(recorder, scale);
    return withContender(servers, name, plan, deadline, async (child) => {
      child.order("go");
      const { calledAtMs } = await child.told("published", deadline);
      return observe(recorder, calledAtMs, scale, deadline);
    });
  });
}

function acrossTwo({ servers, scale }: PartOrder, name: string, deadline: Deadline): Promise<Delays> {
  return Recorder.with(deadline, (recorder) =>
    inPlace(servers, async (place) => {
      const plan = planOf(recorder, scale);
      const deliverer = await startContender(name, jobOf({ ...plan, publishes: false }, place), deadline);
      try {
        deliverer.order("go");
        const publisher = await startContender(name, jobOf({ ...plan, delivers: false }, place), deadline);
        try {
          publisher.order("go");
          const { calledAtMs } = await publisher.told("published", deadline);
          return await observe(recorder, calledAtMs, scale, deadline);
        } finally {
          await publisher.kill();
        }
      } finally {
        await deliverer.kill();
      }
    }),
  );
}

async function observe(
  recorder: Recorder,
  calledAtMs: readonly number[],
  scale: Scale,
  deadline: Deadline,
): Promise<Delays> {
  await recorder.answered(calledAtMs.length, deadline.within(WAIT_MS[scale]));
  const untilMs = nowMs();
  const arrivals = await recorder.report();
  const from = Math.floor(calledAtMs.length * WARM_UP_SHARE[scale]);
  return delaysOf({ calledAtMs, arrivals, paths: [PATH], from, untilMs });
}

function cells(delays: Delays | string | null): readonly string[] {
  if (delays === null) return ["", ""];
  return typeof delays === "string" ? [delays, ""] : [delayText(delays.p50), delayText(delays.p99)];
}

function verdictsOf(what: string, delays: Delays | string | null, target: LatencyTarget | null): readonly Verdict[] {
  if (target === null || delays === null) return [];
  if (typeof delays === "string") return [{ holds: null, says: `${what}: ${delays}` }];
  return [
    atMost(`${what}, p50`, delays.p50.ms, target.p50, "ms"),
    atMost(`${what}, p99`, delays.p99.ms, target.p99, "ms"),
  ];
}
