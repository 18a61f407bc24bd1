import { percentile } from "./percentile.js";
import type { Arrival } from "./recording-endpoint.js";

/** Milliseconds from the call of `publish` to the arrival, of many deliveries. */
export interface Delays {
  readonly p50: Delay;
  readonly p99: Delay;
}

/** A measurement, or a bound below it where a delivery had not arrived when the endpoint was last looked at. */
export interface Delay {
  readonly ms: number;
  readonly isAtLeast: boolean;
}

/** What is compared: when publishing was called by event number, what arrived, and until when arrivals were waited for. */
export interface Delivered {
  readonly calledAtMs: readonly number[];
  readonly arrivals: readonly Arrival[];
  readonly paths: readonly string[];
  /** Events before this number warm everything up. */
  readonly from: number;
  readonly untilMs: number;
}

export function delaysOf({ calledAtMs, arrivals, paths, from, untilMs }: Delivered): Delays {
  const arrived = new Map(arrivals.map(({ path, event, atMs }) => [`${path} ${event}`, atMs]));
  const all: number[] = [];
  let missingFromMs = Infinity;
  for (let event = from; event < calledAtMs.length; event += 1) {
    for (const path of paths) {
      const atMs = arrived.get(`${path} ${event}`);
      const delayMs = (atMs ?? untilMs) - (calledAtMs[event] ?? untilMs);
      if (atMs === undefined) missingFromMs = Math.min(missingFromMs, delayMs);
      all.push(delayMs);
    }
  }
  const at = (share: number): Delay => {
    const ms = percentile(all, share);
    return { ms, isAtLeast: ms >= missingFromMs };
  };
  return { p50: at(0.5), p99: at(0.99) };
}

/** For a table: `1.23` ms, or `> 12.3 s`. */
export function delayText({ ms, isAtLeast }: Delay): string {
  const text = ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(ms >= 100 ? 0 : 2)} ms`;
  return isAtLeast ? `> ${text}` : text;
}
