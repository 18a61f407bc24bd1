import type { Clock } from "../ports/clock.js";
import type { Permits, RateWindow } from "../ports/rate-window.js";

/** Permits asked for at a time: few enough that what one worker holds is not missed by another. */
const BLOCK = 50;

/** How often an account whose window was full is asked about at least: others may give permits back at any time. */
const ASK_AGAIN_MS = 60_000;

/** How many requests an account may send in any 60 minutes; false is any number. */
export type RateLimitOf = (accountId: string) => number | false;

export interface RateGateContext {
  readonly window: RateWindow;
  readonly clock: Clock;
  readonly limitOf: RateLimitOf;
  /** Called when an account's window has become full, and not again before it had room. */
  readonly onDeferred: (accountId: string, retryInMs: number) => void;
  /** Called with how long it takes until an account that was refused may be asked about again. */
  readonly wake: (delayMs: number) => void;
  readonly fail: (error: unknown) => void;
}

interface Block extends Permits {
  left: number;
  readonly validUntilMs: number;
  readonly cancelEnd: () => void;
}

/**
 * Lets a request through only with a permit of its account. Permits are taken in blocks just before they are needed and
 * given back when their minute ends.
 */
export class RateGate {
  readonly #blocks = new Map<string, Block>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #deferredUntilMs = new Map<string, number>();
  /** Accounts that were told to be deferred. */
  readonly #told = new Set<string>();

  constructor(private readonly context: RateGateContext) {}

  /** Takes a permit if that needs no question to the store. */
  tryTake(accountId: string): boolean {
    return this.context.limitOf(accountId) === false || this.#spend(accountId);
  }

  /**
   * Takes a permit. False when the window is full: then nothing was spent, and {@link isDeferred} holds for a while.
   *
   * @throws {@link WebhookError} `store_unavailable`.
   */
  async take(accountId: string): Promise<boolean> {
    while (!this.isDeferred(accountId)) {
      if (this.tryTake(accountId)) return true;
      await this.#ask(accountId);
    }
    return false;
  }

  /**
   * Takes one permit for a request that does not wait, such as a test. Answers 0, or in how many milliseconds there is
   * room again: then nothing was spent.
   *
   * @throws {@link WebhookError} `store_unavailable`.
   */
  async takeOne(accountId: string): Promise<number> {
    const limit = this.context.limitOf(accountId);
    if (limit === false || this.#spend(accountId)) return 0;
    return (await this.context.window.take({ accountId, limit, wanted: 1 })).retryInMs;
  }

  /** In how many milliseconds the account has room; 0 when it has. @throws {@link WebhookError} `store_unavailable`. */
  async retryInMs(accountId: string): Promise<number> {
    const limit = this.context.limitOf(accountId);
    if (limit === false) return 0;
    const { granted, minute, retryInMs } = await this.context.window.take({ accountId, limit, wanted: 1 });
    if (granted > 0) await this.context.window.giveBack({ accountId, minute, count: granted });
    return retryInMs;
  }

  /** Whether the account's window was full when last asked, and the time to ask again has not come. */
  isDeferred(accountId: string): boolean {
    const untilMs = this.#deferredUntilMs.get(accountId);
    if (untilMs === undefined) return false;
    if (this.context.clock.monotonicMs() < untilMs) return true;
    this.#deferredUntilMs.delete(accountId);
    return false;
  }

  /** Accounts whose deliveries need not be claimed. */
  deferredAccounts(): readonly string[] {
    return [...this.#deferredUntilMs.keys()].filter((accountId) => this.isDeferred(accountId));
  }

  /** Gives back every permit that is held. */
  async close(): Promise<void> {
    await Promise.all([...this.#blocks.keys()].map((accountId) => this.#giveBack(accountId)));
  }

  #spend(accountId: string): boolean {
    const block = this.#blocks.get(accountId);
    if (block === undefined || block.left === 0 || this.context.clock.monotonicMs() >= block.validUntilMs) return false;
    block.left -= 1;
    return true;
  }

  /** One question at a time per account: whoever comes meanwhile waits for its answer. */
  #ask(accountId: string): Promise<void> {
    let asking = this.#asking.get(accountId);
    if (asking === undefined) {
      asking = this.#takeBlock(accountId).finally(() => this.#asking.delete(accountId));
      this.#asking.set(accountId, asking);
    }
    return asking;
  }

  async #takeBlock(accountId: string): Promise<void> {
    const { window, clock, limitOf, onDeferred, wake } = this.context;
    await this.#giveBack(accountId);
    const limit = limitOf(accountId);
    if (limit === false) return;
    // Counted from before the store was asked, so that a permit is never used after its minute.
    const askedAtMs = clock.monotonicMs();
    const permits = await window.take({ accountId, limit, wanted: Math.min(BLOCK, limit) });
    if (permits.granted > 0) {
      this.#told.delete(accountId);
      this.#keep(accountId, permits, askedAtMs);
      return;
    }
    const delayMs = Math.min(permits.retryInMs, ASK_AGAIN_MS);
    this.#deferredUntilMs.set(accountId, askedAtMs + delayMs);
    wake(delayMs);
    if (this.#told.has(accountId)) return;
    this.#told.add(accountId);
    onDeferred(accountId, permits.retryInMs);
  }

  #keep(accountId: string, permits: Permits, askedAtMs: number): void {
    const { clock } = this.context;
    const validUntilMs = askedAtMs + permits.validForMs;
    const cancelEnd = clock.schedule(Math.max(0, validUntilMs - clock.monotonicMs()), () => {
      void this.#giveBack(accountId);
    });
    this.#blocks.set(accountId, { ...permits, left: permits.granted, validUntilMs, cancelEnd });
  }

  async #giveBack(accountId: string): Promise<void> {
    const block = this.#blocks.get(accountId);
    this.#blocks.delete(accountId);
    block?.cancelEnd();
    if (block === undefined || block.left === 0) return;
    try {
      await this.context.window.giveBack({ accountId, minute: block.minute, count: block.left });
    } catch (error) {
      // Then they stay counted for an hour, which sends less than allowed and never more.
      this.context.fail(error);
    }
  }
}
