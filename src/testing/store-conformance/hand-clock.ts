/** The time that cases work by; see `StoreCaseContext`. */
export interface HandClock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}

/** A time that stands still until it is moved. Each case is given its own. */
export function handClock(startAt = 1_750_000_000_000): HandClock {
  let time = startAt;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}
