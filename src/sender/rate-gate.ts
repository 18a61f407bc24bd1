import type { Clock } from "../ports/clock.js";
import type { Permits, RateWindow, WindowShape } from "../ports/rate-window.js";

/** How often a window that was full is asked about at least: others may give permits back at any time. */
const ASK_AGAIN_MS = 60_000;

/** How long a window that was full is remembered to be narrow. */
const NARROW_FOR_MS = 60_000;

/** How many requests an account may send in any 60 minutes; false is any number. */
export type RateLimitOf = (accountId: string) => number | false;

/** Whose requests a gate counts, and how many may go through. */
export interface RateGateRules<Subject> {
  readonly idOf: (subject: Subject) => string;
  /** Requests in any window; false is any number. */
  readonly limitOf: (subject: Subject) => number | false;
  readonly windowOf: (subject: Subject) => WindowShape;
  /** Permits asked for at a time: few enough that what one worker holds is not missed by another. */
  readonly blockOf: (limit: number) => number;
}

export interface RateGateContext<Subject> extends RateGateRules<Subject> {
  readonly window: RateWindow;
  readonly clock: Clock;
  /** Called when a window has become full, and not again before it had room. */
  readonly onDeferred?: (subject: Subject, retryInMs: number) => void;
  /** Called with how long it takes until a window that was full may be asked about again. */
  readonly wake: (delayMs: number) => void;
  readonly fail: (error: unknown) => void;
}

/** Permits that were taken together. */
interface Block extends Permits {
  readonly id: string;
  readonly window: WindowShape;
  left: number;
  readonly validUntilMs: number;
  readonly cancelEnd: () => void;
}

/** What lets one request through: one of a block, or of nothing where any number may go. */
export type Permit = Block | typeof UNLIMITED;

const UNLIMITED = Symbol("any number may go");

/** A window that was full when it was asked last. */
interface Narrow {
  readonly limit: number;
  readonly untilMs: number;
}

/**
 * Lets a request through only with a permit of its account, or of its webhook. Permits are taken in blocks just before
 * they are needed and given back when their slot ends.
 */
export class RateGate<Subject> {
  readonly #blocks = new Map<string, Block>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #narrow = new Map<string, Narrow>();
  /** Whose window was told to be full. */
  readonly #told = new Set<string>();

  constructor(private readonly context: RateGateContext<Subject>) {}

  /** Takes a permit if that needs no question to the store. */
  tryTake(subject: Subject): boolean {
    return this.#takeAtHand(subject) !== null;
  }

  /**
   * Takes a permit. Null when the window is full: then nothing was spent, and {@link isDeferred} holds for a while.
   *
   * @throws {@link WebhookError} `store_unavailable`.
   */
  async take(subject: Subject): Promise<Permit | null> {
    const id = this.context.idOf(subject);
    while (!this.isDeferred(id)) {
      const permit = this.#takeAtHand(subject);
      if (permit !== null) return permit;
      await this.#ask(id, subject);
    }
    return null;
  }

  /** Puts a permit back: its request is not made. */
  async putBack(permit: Permit): Promise<void> {
    if (permit === UNLIMITED) return;
    if (this.#blocks.get(permit.id) === permit) permit.left += 1;
    else await this.#returnUnused(permit, 1);
  }

  /**
   * Takes one permit for a request that does not wait, such as a test. Answers 0, or in how many milliseconds there is
   * room again: then nothing was spent.
   *
   * @throws {@link WebhookError} `store_unavailable`.
   */
  async takeOne(subject: Subject): Promise<number> {
    const limit = this.context.limitOf(subject);
    if (limit === false || this.#spend(this.context.idOf(subject)) !== null) return 0;
    return (await this.context.window.take({ ...this.context.windowOf(subject), limit, wanted: 1 })).retryInMs;
  }

  /** In how many milliseconds there is room; 0 when there is. @throws {@link WebhookError} `store_unavailable`. */
  async retryInMs(subject: Subject): Promise<number> {
    const limit = this.context.limitOf(subject);
    if (limit === false) return 0;
    const shape = this.context.windowOf(subject);
    const { granted, slot, retryInMs } = await this.context.window.take({ ...shape, limit, wanted: 1 });
    if (granted > 0) await this.context.window.giveBack({ ...shape, slot, count: granted });
    return retryInMs;
  }

  /** Whether the window was full when last asked, and the time to ask again has not come. */
  isDeferred(id: string): boolean {
    const narrow = this.#narrow.get(id);
    return narrow !== undefined && this.context.clock.monotonicMs() < narrow.untilMs;
  }

  /** Of how many requests there is room at most, where that is known to be few: of none while it is deferred. */
  rooms(): ReadonlyMap<string, number> {
    const rooms = new Map<string, number>();
    const now = this.context.clock.monotonicMs();
    for (const [id, { limit, untilMs }] of this.#narrow) {
      if (now < untilMs + NARROW_FOR_MS) rooms.set(id, now < untilMs ? 0 : limit);
      else this.#narrow.delete(id);
    }
    return rooms;
  }

  /** Gives back every permit that is held. */
  async close(): Promise<void> {
    await Promise.all([...this.#blocks.keys()].map((id) => this.#giveBack(id)));
  }

  #takeAtHand(subject: Subject): Permit | null {
    return this.context.limitOf(subject) === false ? UNLIMITED : this.#spend(this.context.idOf(subject));
  }

  #spend(id: string): Permit | null {
    const block = this.#blocks.get(id);
    if (block === undefined || block.left === 0 || this.context.clock.monotonicMs() >= block.validUntilMs) return null;
    block.left -= 1;
    return block;
  }

  /** One question at a time per window: whoever comes meanwhile waits for its answer. */
  #ask(id: string, subject: Subject): Promise<void> {
    let asking = this.#asking.get(id);
    if (asking === undefined) {
      asking = this.#takeBlock(id, subject).finally(() => this.#asking.delete(id));
      this.#asking.set(id, asking);
    }
    return asking;
  }

  async #takeBlock(id: string, subject: Subject): Promise<void> {
    const { window, clock, limitOf, windowOf, blockOf, onDeferred, wake } = this.context;
    await this.#giveBack(id);
    const limit = limitOf(subject);
    if (limit === false) return;
    const shape = windowOf(subject);
    // Counted from before the store was asked, so that a permit is never used after its slot.
    const askedAtMs = clock.monotonicMs();
    const permits = await window.take({ ...shape, limit, wanted: Math.min(blockOf(limit), limit) });
    if (permits.granted > 0) {
      this.#told.delete(id);
      this.#keep(id, shape, permits, askedAtMs);
      return;
    }
    const delayMs = Math.min(permits.retryInMs, ASK_AGAIN_MS);
    this.#narrow.set(id, { limit, untilMs: askedAtMs + delayMs });
    wake(delayMs);
    if (this.#told.has(id)) return;
    this.#told.add(id);
    onDeferred?.(subject, permits.retryInMs);
  }

  #keep(id: string, window: WindowShape, permits: Permits, askedAtMs: number): void {
    const { clock } = this.context;
    const validUntilMs = askedAtMs + permits.validForMs;
    const cancelEnd = clock.schedule(Math.max(0, validUntilMs - clock.monotonicMs()), () => {
      void this.#giveBack(id);
    });
    this.#blocks.set(id, { ...permits, id, window, left: permits.granted, validUntilMs, cancelEnd });
  }

  async #giveBack(id: string): Promise<void> {
    const block = this.#blocks.get(id);
    this.#blocks.delete(id);
    block?.cancelEnd();
    if (block !== undefined && block.left > 0) await this.#returnUnused(block, block.left);
  }

  async #returnUnused({ window, slot }: Block, count: number): Promise<void> {
    try {
      await this.context.window.giveBack({ ...window, slot, count });
    } catch (error) {
      // Then they stay counted until their slot leaves the window, which sends less than allowed and never more.
      this.context.fail(error);
    }
  }
}
