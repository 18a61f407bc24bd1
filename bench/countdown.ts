/** Counts what is still to be done. */
export class Countdown {
  /** Resolves when nothing is left. */
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(private left: number) {
    this.done = new Promise((resolve) => (this.#resolve = resolve));
  }

  count(): void {
    this.left -= 1;
    if (this.left === 0) this.#resolve();
  }
}
