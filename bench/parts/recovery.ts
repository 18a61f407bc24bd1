import { contenders, type TakeOver } from "../contenders/index.js";
import { Deadline } from "../deadline.js";
import { nowMs } from "../now.js";
import { round, type Part, type PartOrder, type Scale, type Verdict } from "../part.js";
import { inPlace, type Place } from "../place.js";
import { Recorder } from "../recorder.js";
import { jobOf, startContender, type JobPlan } from "../run-contender.js";
import { TAKE_OVER_WITHIN_MS } from "../targets.js";
import { IN_FLIGHT } from "./rate.js";

const EVENTS = 20_000;
const CALLERS = 64;
/** The process is killed while requests after this many are being answered. */
const KILL_AFTER: Readonly<Record<Scale, number>> = { full: 2_000, quick: 1_000, smoke: 50 };
/** Requests that are under way for certain when it is. */
const UNDER_WAY = 10;
/** What takes longer is left out. */
const LONGEST_MS: Readonly<Record<Scale, number>> = { full: Infinity, quick: 20_000, smoke: 20_000 };
/** Beside what is waited for: starting, publishing and killing. */
const JOB_MS: Readonly<Record<Scale, number>> = { full: 45_000, quick: 45_000, smoke: 150_000 };
/** The least that is waited for, whatever a contender names. */
const LEAST_WAIT_MS: Readonly<Record<Scale, number>> = { full: 0, quick: 0, smoke: 60_000 };
const PART_MS = 420_000;
const DEFAULT_LIFE_MS = 15_000;
const PATH = "/hook";

/** What came of killing a process in the middle of its work. */
interface Recovered {
  /** Events of which its publishers were told that they are accepted. */
  readonly accepted: number;
  /** Of those, how many had not been answered 200 in the end. */
  readonly missing: number;
  /** Requests beyond the first that were answered 200 for the same event. */
  readonly duplicates: number;
  /** From the kill to the last first answer. */
  readonly seconds: number;
}

/** What becomes of the work of a process that is killed. */
export const recovery: Part = {
  title: "Recovery",
  takesPart: ({ takeOvers }) => takeOvers.length > 0,
  describe: ({ scale }) =>
    `${CALLERS} callers publish to one webhook; after ${KILL_AFTER[scale].toLocaleString("en")} requests the endpoint ` +
    `holds its answers back, and when ${UNDER_WAY} requests wait for one the process is killed (kill -9) and another ` +
    "started. A request that was held counts as not delivered. Seconds are from the kill until everything that " +
    "publishers were told is accepted has been answered 200; duplicates are events answered 200 again.",
  async run(order) {
    const deadline = new Deadline(PART_MS);
    const rows: string[][] = [];
    const verdicts: Verdict[] = [];
    for (const name of order.contenders) {
      for (const takeOver of contenders[name]?.takeOvers ?? []) {
        if (takeOver.waitMs > LONGEST_MS[order.scale]) continue;
        const recovered = await attempt(order, name, takeOver, deadline.within(JOB_MS[order.scale] + takeOver.waitMs));
        const row = rowOf(name, takeOver, recovered);
        rows.push(row);
        order.say(row.map((cell, index) => cell.padEnd([16, 52, 9, 24, 11, 8][index] ?? 0)).join(" "));
        if (contenders[name]?.kind === "ours") verdicts.push(verdictOf(name, takeOver, recovered));
      }
    }
    return { columns: ["contender", "set to", "accepted", "not delivered", "duplicates", "seconds"], rows, verdicts };
  },
};

async function attempt(
  { servers, scale }: PartOrder,
  name: string,
  takeOver: TakeOver,
  deadline: Deadline,
): Promise<Recovered | string> {
  try {
    return await Recorder.with(deadline, (recorder) =>
      inPlace(servers, (place) => recover(recorder, place, name, takeOver, scale, deadline)),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function recover(
  recorder: Recorder,
  place: Place,
  name: string,
  takeOver: TakeOver,
  scale: Scale,
  deadline: Deadline,
): Promise<Recovered> {
  const plan: JobPlan = {
    ...{ urls: [recorder.url(PATH)], events: EVENTS, callers: CALLERS, inFlight: IN_FLIGHT },
    takeOverMs: takeOver.afterMs,
  };
  recorder.hold(KILL_AFTER[scale], UNDER_WAY);
  const accepted = new Set<number>();
  const accept = (line: string): void => {
    accepted.add(Number(line));
  };
  const victim = await startContender(name, jobOf({ ...plan, saysAccepted: true }, place), deadline, accept);
  try {
    victim.order("go");
    await recorder.holding(deadline);
  } finally {
    await victim.kill();
  }
  const killedAtMs = nowMs();
  recorder.release();
  const successor = await startContender(name, jobOf({ ...plan, publishes: false }, place), deadline);
  try {
    successor.order("go");
    await answeredAll(recorder, accepted, deadline.within(Math.max(takeOver.waitMs, LEAST_WAIT_MS[scale])));
  } finally {
    await successor.kill();
  }
  return judge(recorder, accepted, killedAtMs);
}

/** Resolves when all that was accepted was answered 200, or `within` has passed. */
async function answeredAll(recorder: Recorder, accepted: ReadonlySet<number>, within: Deadline): Promise<void> {
  let count = accepted.size;
  while (within.leftMs > 0) {
    await recorder.answered(count, within);
    const answered = (await recorder.report()).filter((arrival) => arrival.answered > 0);
    if (answered.filter(({ event }) => accepted.has(event)).length === accepted.size) return;
    // An event may have arrived without its publisher having been told that it is accepted.
    count = answered.length + 1;
  }
}

async function judge(recorder: Recorder, accepted: ReadonlySet<number>, killedAtMs: number): Promise<Recovered> {
  const arrivals = (await recorder.report()).filter(({ event, answered }) => answered > 0 && accepted.has(event));
  const endedAtMs = arrivals.reduce((last, { answeredFirstAtMs }) => Math.max(last, answeredFirstAtMs), killedAtMs);
  return {
    accepted: accepted.size,
    missing: accepted.size - arrivals.length,
    duplicates: arrivals.reduce((sum, { answered }) => sum + answered - 1, 0),
    seconds: (endedAtMs - killedAtMs) / 1_000,
  };
}

function rowOf(name: string, { says, waitMs, documented }: TakeOver, recovered: Recovered | string): string[] {
  if (typeof recovered === "string") return [name, says, recovered, "", "", ""];
  const { accepted, missing, duplicates, seconds } = recovered;
  const later = documented === undefined ? "" : `; documented: ${documented}`;
  return [
    ...[name, says, String(accepted)],
    ...(missing === 0 ? ["0"] : [`${missing} so far${later}`]),
    String(duplicates),
    missing === 0 ? seconds.toFixed(1) : `> ${waitMs / 1_000}`,
  ];
}

function verdictOf(name: string, { says, afterMs }: TakeOver, recovered: Recovered | string): Verdict {
  if (typeof recovered === "string") return { holds: null, says: `${name}, ${says}: ${recovered}` };
  const { missing, duplicates, seconds } = recovered;
  const bound = ((afterMs ?? DEFAULT_LIFE_MS) + TAKE_OVER_WITHIN_MS) / 1_000;
  return {
    holds: missing === 0 && seconds <= bound,
    says:
      `${name}, ${says}: ${missing} not delivered, at most 0; ${duplicates} duplicates; ` +
      `all delivered after ${round(seconds)} s, at most ${bound} s`,
  };
}
