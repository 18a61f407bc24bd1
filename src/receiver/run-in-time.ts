import type { Clock } from "../ports/clock.js";

/** How long handlers have, and how. */
export interface TimeAllowed {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Milliseconds after the signal in which work may still end well. */
  readonly graceMs: number;
  /** What the signal aborts with. */
  readonly overdue: () => Error;
  readonly controller: AbortController;
}

/**
 * Waits for work. When its time is over its signal aborts; when the grace after that is over too, this rejects, and the
 * work is left to end by itself.
 */
export async function runInTime(work: (signal: AbortSignal) => Promise<void>, allowed: TimeAllowed): Promise<void> {
  const { clock, timeoutMs, graceMs, overdue, controller } = allowed;
  let callOff = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    callOff = clock.schedule(timeoutMs, () => {
      controller.abort(overdue());
      callOff = clock.schedule(graceMs, () => {
        reject(controller.signal.reason as Error);
      });
    });
  });
  try {
    await Promise.race([work(controller.signal), givenUp]);
  } finally {
    callOff();
  }
}
