import type { SenderStore } from "../../ports/sender-store.js";

/** A promise of the storage port, as a value: any test runner can run it against any store. */
export interface StoreCase {
  readonly name: string;
  /** Rejects where the store breaks the promise. */
  run(context: StoreCaseContext): Promise<void>;
}

/** What one case gets. Nothing of it is shared with another case. */
export interface StoreCaseContext {
  /** An empty store, open, and working by `now`. The case may close it and open it again. */
  readonly store: SenderStore;
  /** The time by which the store works: it stands still but for `advance`. A whole number of milliseconds. */
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /**
   * Opens another handle on the same data, with the same time, as another process would. Left out where the store has
   * only one; then both callers of a case use that.
   */
  readonly another?: (() => Promise<SenderStore>) | undefined;
}
