import { isBusy, storeError } from "./failure.js";

/** How long a call waits for other connections before it gives up, in milliseconds. */
export const PATIENCE_MS = 10_000;

/** Milliseconds before the first further try. */
export const FIRST_PAUSE_MS = 2;

const LONGEST_PAUSE_MS = 250;

/** The pause after a pause that was not long enough. */
export function longer(pauseMs: number): number {
  return Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
}

/** Half of a pause to all of it, so that processes that met once do not meet again. */
export function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random() / 2);
}

/** Runs `run` until no lock is in its way, for 10 s; the event loop goes on between the tries. */
export async function retryWhileBusy<Result>(run: () => Result): Promise<Result> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw storeError(error);
      await new Promise((resume) => setTimeout(resume, jittered(pauseMs)));
    }
  }
}
