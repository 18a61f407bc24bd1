import type { Clock } from "../ports/clock.js";

/** How long work has, and how it ends. */
export interface TimeAllowed {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** What the signal aborts with when the time is over. */
  readonly overdue: () => Error;
  /** Milliseconds after the signal in which work may still end well. Defaults to none. */
  readonly graceMs?: number;
  /** Whose signal it is; others may abort it too. Defaults to one of its own. */
  readonly controller?: AbortController;
}

/**
 * Waits for work. When its time is over its signal aborts; when the grace after that is over too, this rejects, and the
 * work is left to end by itself.
 */
export async function runInTime<Result>(
  work: (signal: AbortSignal) => Result | Promise<Result>,
  { clock, timeoutMs, overdue, graceMs = 0, controller = new AbortController() }: TimeAllowed,
): Promise<Result> {
  const { signal } = controller;
  let callOff = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    callOff = clock.schedule(timeoutMs, () => {
      const error = overdue();
      // Before the abort, so that work that ends by it does not decide the answer.
      if (graceMs === 0) reject(error);
      controller.abort(error);
      if (graceMs === 0) return;
      callOff = clock.schedule(graceMs, () => {
        reject(signal.reason as Error);
      });
    });
  });
  try {
    return await Promise.race([work(signal), givenUp]);
  } finally {
    callOff();
  }
}
