/** What took longer than it may. */
export class DeadlinePassed extends Error {
  override readonly name: string = "DeadlinePassed";
}

/** An instant after which nothing is waited for any more. */
export class Deadline {
  readonly #endsAt: number;

  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
  }

  get leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** One that passes in `ms`, and not after this one. */
  within(ms: number): Deadline {
    return new Deadline(Math.min(ms, this.leftMs));
  }

  /** @throws {@link DeadlinePassed} when it passes before `awaited` is settled. */
  async race<Result>(awaited: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new DeadlinePassed("It did not end in time."));
      }, this.leftMs);
    });
    try {
      return await Promise.race([awaited, passed]);
    } finally {
      clearTimeout(timer);
    }
  }
}
