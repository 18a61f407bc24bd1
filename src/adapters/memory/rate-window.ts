/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { PermitRequest, Permits, RateWindow, UnusedPermits, WindowShape } from "../../ports/rate-window.js";

/** All windows in memory. */
export class MemoryRateWindow implements RateWindow {
  /** Windows of one shape each; there are as many as hosts and accounts have chosen. */
  readonly #shapes = new Map<string, Slots>();

  constructor(private readonly now: () => number) {}

  async take({ key, slotMs, slots, limit, wanted }: PermitRequest): Promise<Permits> {
    const now = this.now();
    const slot = Math.floor(now / slotMs);
    const counted = this.#countedIn({ slotMs, slots });
    counted.forget(slot);
    const { used, oldest } = counted.used(key, slot);
    const granted = Math.max(0, Math.min(wanted, limit - used));
    if (granted > 0) counted.add(key, slot, granted);
    const roomAt = ((oldest ?? slot) + slots + 1) * slotMs;
    return { granted, slot, validForMs: (slot + 1) * slotMs - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ key, slot, count, ...shape }: UnusedPermits): Promise<void> {
    this.#countedIn(shape).add(key, slot, -count);
  }

  #countedIn({ slotMs, slots }: Omit<WindowShape, "key">): Slots {
    const shape = `${slotMs} ${slots}`;
    let counted = this.#shapes.get(shape);
    if (counted === undefined) this.#shapes.set(shape, (counted = new Slots(slots)));
    return counted;
  }
}

/** Permits by slot, then by key, so that a slot is forgotten as a whole. */
class Slots {
  /** Never holds a zero. */
  readonly #slots = new Map<number, Map<string, number>>();

  constructor(private readonly fullSlots: number) {}

  /**
   * What a key has taken, and the oldest slot in which it did. A slot ahead of a clock that was set back counts too, but for
   * one that is so far ahead that it would count for longer than any.
   */
  used(key: string, now: number): { readonly used: number; readonly oldest: number | undefined } {
    let used = 0;
    let oldest: number | undefined;
    for (const [slot, counts] of this.#slots) {
      const count = counts.get(key);
      if (count === undefined || slot > now + this.fullSlots) continue;
      used += count;
      oldest = Math.min(oldest ?? slot, slot);
    }
    return { used, oldest };
  }

  add(key: string, slot: number, count: number): void {
    const counts = this.#slots.get(slot) ?? new Map<string, number>();
    const sum = (counts.get(key) ?? 0) + count;
    if (sum > 0) counts.set(key, sum);
    else counts.delete(key);
    if (counts.size > 0) this.#slots.set(slot, counts);
    else this.#slots.delete(slot);
  }

  forget(now: number): void {
    for (const slot of this.#slots.keys()) {
      if (slot < now - this.fullSlots) this.#slots.delete(slot);
    }
  }
}
