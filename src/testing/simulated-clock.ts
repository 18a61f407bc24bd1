import type { Clock } from "../ports/clock.js";

/** A clock that stands still until it is moved. */
export interface SimulatedClock extends Clock {
  /**
   * Moves time forward and runs what falls due on the way, each at its own instant, giving promises and sockets a turn
   * after each. Work that waits for a real socket goes on in real time.
   */
  advance(ms: number): Promise<void>;

  /**
   * Moves time forward at once, as for a machine that slept: what fell due on the way runs afterwards, late and once.
   * Days of a worker that looks around every moment take no time so.
   */
  jump(ms: number): Promise<void>;
}

interface Timer {
  readonly dueAtMs: number;
  readonly run: () => void;
}

/** @param startMs Where time begins, in milliseconds since the Unix epoch. Defaults to the start of 2026, UTC. */
export function simulatedClock(startMs: number = Date.UTC(2026, 0, 1)): SimulatedClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();

  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ dueAtMs }) => dueAtMs <= untilMs).sort((a, b) => a.dueAtMs - b.dueAtMs)[0];

  /** Runs what is due until then; each sees its own instant, or the present one if it is late. */
  const runUntil = async (untilMs: number): Promise<void> => {
    await settle();
    for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
      nowMs = Math.max(nowMs, timer.dueAtMs);
      timers.delete(timer);
      timer.run();
      await settle();
    }
    nowMs = untilMs;
  };

  return {
    now: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    schedule(delayMs, run) {
      const timer: Timer = { dueAtMs: nowMs + Math.max(0, delayMs), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => runUntil(nowMs + ms),
    async jump(ms) {
      await settle();
      nowMs += ms;
      await runUntil(nowMs);
    },
  };
}

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
