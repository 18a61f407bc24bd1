/** What starting and stopping a sender consists of. */
export interface LifecycleSteps {
  /** Begins to deliver. */
  begin(): Promise<void>;
  /** Ends delivering. Called only after `begin` succeeded. */
  end(timeoutMs: number): Promise<void>;
  /** Lets go of connections. Called at every stop: what was only published through has them open too. */
  close(): Promise<void>;
}

/** Starting and stopping one after the other, whoever calls what at the same time. */
export class Lifecycle {
  #started = false;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly steps: LifecycleSteps) {}

  start(): Promise<void> {
    return this.#then(async () => {
      if (this.#started) return;
      await this.steps.begin();
      this.#started = true;
    });
  }

  stop(timeoutMs: number): Promise<void> {
    return this.#then(async () => {
      if (this.#started) await this.steps.end(timeoutMs);
      this.#started = false;
      await this.steps.close();
    });
  }

  /** A step that failed does not keep the next from being tried. */
  #then(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(step, step);
    return this.#last;
  }
}
