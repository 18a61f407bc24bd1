import type { SenderStore, StoreContext } from "../ports/sender-store.js";

/** One sender's use of a store: opened when it is first needed, once, however many ask; closed once. */
export class StoreUse {
  #opened: Promise<void> | null = null;

  constructor(
    private readonly store: SenderStore,
    private readonly context: StoreContext,
  ) {}

  /** Resolves when the store is ready. A failure is told to everybody who waits, and the next caller tries again. */
  open(): Promise<void> {
    this.#opened ??= this.store.open(this.context).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  /** Ends the use, if it was begun. Opening again is allowed. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    const isOpen = await opened.then(
      () => true,
      () => false,
    );
    if (isOpen) await this.store.close();
  }
}
