/** Where this package gets time from. A test hands in one that it moves itself. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump when the machine's clock is set. */
  now(): number;

  /** Milliseconds that never run backwards, from an arbitrary start. For measuring and for leases. */
  monotonicMs(): number;

  /**
   * Calls `run` once, `delayMs` from now and never synchronously. Keeps the process alive until then.
   *
   * @returns A function that calls it off; calling that late or twice does nothing.
   */
  schedule(delayMs: number, run: () => void): () => void;
}
