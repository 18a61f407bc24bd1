import type { ContenderEntry } from "./contenders/index.js";
import type { Servers } from "./servers.js";

/** How much is measured: what the targets are about, about a minute of it, or only whether it works. */
export type Scale = "full" | "quick" | "smoke";

/** What a part is to do. */
export interface PartOrder {
  readonly servers: Servers;
  /** Names of contenders that can take part. */
  readonly contenders: readonly string[];
  readonly scale: Scale;
  /** How often each contender does the job, in turns, where a part has rounds. */
  readonly rounds: number;
  /** Told each measurement as it is made. */
  readonly say: (line: string) => void;
}

/** One question that the bench answers. */
export interface Part {
  readonly title: string;
  readonly takesPart: (contender: ContenderEntry) => boolean;
  /** What is done, in whole sentences. */
  readonly describe: (order: PartOrder) => string;
  readonly run: (order: PartOrder) => Promise<PartResult>;
}

export interface PartResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
}

/** Whether one of our targets is met. */
export interface Verdict {
  /** Null where nothing could be measured, which is a fault; a target that is missed on some machine is none. */
  readonly holds: boolean | null;
  readonly says: string;
}

/** "What at most so much": the measurement of a target, and whether it is met. */
export function atMost(what: string, measured: number, bound: number, unit: string): Verdict {
  return { holds: measured <= bound, says: `${what}: ${round(measured)} ${unit}, at most ${bound} ${unit}` };
}

/** Like {@link atMost}, from the other side. */
export function atLeast(what: string, measured: number, bound: number, unit: string): Verdict {
  return { holds: measured >= bound, says: `${what}: ${round(measured)} ${unit}, at least ${bound} ${unit}` };
}

/** With as many digits as say something. */
export function round(measured: number): string {
  return measured.toFixed(measured >= 100 ? 0 : measured >= 10 ? 1 : 2);
}
