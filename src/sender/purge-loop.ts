import type { Clock } from "../ports/clock.js";
import type { Retention } from "../ports/retention.js";

/** How often old events are looked for, in milliseconds. */
const PURGE_EVERY_MS = 60_000;

/** Events removed at a time: a batch that no delivery has to wait for. */
const BATCH = 500;

/** The pause after a full batch, in milliseconds. */
const PAUSE_MS = 50;

export interface PurgeLoopContext {
  readonly retention: Retention;
  readonly clock: Clock;
  /** Milliseconds for which events are kept; false keeps them for ever. */
  readonly ageMs: number | false;
  readonly fail: (error: unknown) => void;
}

/** Removes events that are older than they are kept, a little at a time. */
export class PurgeLoop {
  #running = false;
  #purging: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(private readonly context: PurgeLoopContext) {}

  start(): void {
    const { ageMs } = this.context;
    if (ageMs === false) return;
    this.#running = true;
    this.#schedule(ageMs, PURGE_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel();
    await this.#purging;
  }

  #schedule(ageMs: number, delayMs: number): void {
    this.#cancel = this.context.clock.schedule(delayMs, () => {
      this.#purging = this.#purge(ageMs);
    });
  }

  async #purge(ageMs: number): Promise<void> {
    let removed = 0;
    try {
      removed = await this.context.retention.purge({ ageMs, limit: BATCH });
    } catch (error) {
      this.context.fail(error);
    }
    if (this.#running) this.#schedule(ageMs, removed === BATCH ? PAUSE_MS : PURGE_EVERY_MS);
  }
}
