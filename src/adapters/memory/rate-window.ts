/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { PermitRequest, Permits, RateWindow } from "../../ports/rate-window.js";

const MINUTE_MS = 60_000;

/** Minutes that are counted besides the one under way. */
const FULL_MINUTES = 60;

/** The windows of all accounts in memory. */
export class MemoryRateWindow implements RateWindow {
  /** Permits by minute, then by account, so that a minute is forgotten as a whole. Never holds a zero. */
  readonly #minutes = new Map<number, Map<string, number>>();

  constructor(private readonly now: () => number) {}

  async take({ accountId, limit, wanted }: PermitRequest): Promise<Permits> {
    const now = this.now();
    const minute = Math.floor(now / MINUTE_MS);
    this.#forget(minute);
    const { used, oldest } = this.#used(accountId, minute);
    const granted = Math.max(0, Math.min(wanted, limit - used));
    if (granted > 0) this.#add(accountId, minute, granted);
    const roomAt = ((oldest ?? minute) + FULL_MINUTES + 1) * MINUTE_MS;
    return { granted, minute, validForMs: (minute + 1) * MINUTE_MS - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ accountId, minute, count }: Parameters<RateWindow["giveBack"]>[0]): Promise<void> {
    this.#add(accountId, minute, -count);
  }

  /**
   * What the account has taken, and the oldest minute in which it did. A minute ahead of a clock that was set back counts
   * too, but for one that is so far ahead that it would count for longer than any.
   */
  #used(accountId: string, now: number): { readonly used: number; readonly oldest: number | undefined } {
    let used = 0;
    let oldest: number | undefined;
    for (const [minute, counts] of this.#minutes) {
      const count = counts.get(accountId);
      if (count === undefined || minute > now + FULL_MINUTES) continue;
      used += count;
      oldest = Math.min(oldest ?? minute, minute);
    }
    return { used, oldest };
  }

  #add(accountId: string, minute: number, count: number): void {
    const counts = this.#minutes.get(minute) ?? new Map<string, number>();
    const sum = (counts.get(accountId) ?? 0) + count;
    if (sum > 0) counts.set(accountId, sum);
    else counts.delete(accountId);
    if (counts.size > 0) this.#minutes.set(minute, counts);
    else this.#minutes.delete(minute);
  }

  #forget(now: number): void {
    for (const minute of this.#minutes.keys()) {
      if (minute < now - FULL_MINUTES) this.#minutes.delete(minute);
    }
  }
}
