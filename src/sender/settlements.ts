import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryQueue, Settlement, SettleResult } from "../ports/delivery-queue.js";

/** Settlements written at a time. */
const MAX_BATCH = 500;

/** Waits after the store failed, doubling, in milliseconds. */
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 5_000;

interface Entry {
  readonly settlement: Settlement;
  readonly settled: (result: SettleResult) => void;
}

/**
 * Writes what came of attempts, many at a time: what finishes while one batch is written goes with the next. A store
 * that is away is asked again until it answers, so nothing that was sent stays unrecorded.
 */
export class Settlements {
  #entries: Entry[] = [];
  #inBatch = 0;
  #closed = false;
  #writing: Promise<void> | null = null;
  #restMs = FIRST_REST_MS;
  #cancelRest: () => void = () => undefined;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Outcomes that are not written yet. */
  get unsettled(): number {
    return this.#entries.length + this.#inBatch;
  }

  /** Takes outcomes again after {@link close}. */
  open(): void {
    this.#closed = false;
  }

  /**
   * Gives up what is unwritten and takes nothing more: the store may be closed. Whoever takes the deliveries over makes
   * their attempts again.
   */
  close(): void {
    this.#closed = true;
    this.#entries = [];
    this.#cancelRest();
  }

  /** @param settled Called once the store has decided; of what it refuses for good it hears `stale`, for nothing is decided. */
  add(settlement: Settlement, settled: (result: SettleResult) => void): void {
    if (this.#closed) return;
    this.#entries.push({ settlement, settled });
    this.#writing ??= this.#write();
  }

  /** Resolves when nothing is left to write. With the store away that lasts until it is back, or until {@link close}. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #write(): Promise<void> {
    // Everything that finishes in this turn of the event loop goes into the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#entries.length > 0) {
      const batch = this.#entries.splice(0, MAX_BATCH);
      this.#inBatch = batch.length;
      await this.#settle(batch);
      this.#inBatch = 0;
    }
    this.#writing = null;
  }

  /** A batch that the store refuses is split, so that one it cannot take hurts only itself. */
  async #settle(batch: readonly Entry[]): Promise<void> {
    try {
      const results = await this.queue.settle(batch.map(({ settlement }) => settlement));
      this.#restMs = FIRST_REST_MS;
      // Counted out first: whoever hears of the last one may start what the bound has kept back.
      this.#inBatch -= batch.length;
      batch.forEach(({ settled }, index) => {
        settled(results[index] ?? "stale");
      });
    } catch (error) {
      if (isAway(error)) {
        this.fail(error);
        if (this.#closed) return;
        this.#entries.unshift(...batch);
        this.#inBatch -= batch.length;
        await this.#rest();
      } else if (batch.length > 1) {
        const middle = batch.length >> 1;
        await this.#settle(batch.slice(0, middle));
        await this.#settle(batch.slice(middle));
      } else {
        this.fail(error);
        this.#inBatch -= batch.length;
        batch[0]?.settled("stale");
      }
    }
  }

  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.clock.schedule(this.#restMs, resolve);
      this.#cancelRest = () => {
        cancel();
        resolve();
      };
    });
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
  }
}

/** Whether asking again can help. */
export function isAway(error: unknown): boolean {
  return WebhookError.is(error) && error.code === "store_unavailable";
}
