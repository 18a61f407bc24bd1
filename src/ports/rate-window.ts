/**
 * How many requests were sent of late, over all workers: those of each account, and those of each webhook that has a rate
 * of its own.
 *
 * The store counts them in slots of its own clock. The slot under way and the `slots` before it are counted whole, so
 * never more than the limit is sent in any `slots` times `slotMs`, and capacity comes back at most one slot late.
 */
export interface RateWindow {
  /**
   * Takes up to `wanted` permits, as many as the window still has. Callers at the same time never get more together than
   * the limit allows. A permit is for the slot in which it was taken: one that is not used in it is void.
   *
   * Rejects with `store_unavailable` when the store does not answer; what a lost answer had granted stays counted.
   */
  take(request: PermitRequest): Promise<Permits>;

  /** Gives back permits that were not used, so that others can take them. */
  giveBack(permits: UnusedPermits): Promise<void>;
}

/** Whose window, and how it is cut. A key always comes with the same `slotMs` and `slots`. */
export interface WindowShape {
  /** Any text of 1 to 256 characters. */
  readonly key: string;
  /** Milliseconds of a slot, 100 or more; slots are counted from the Unix epoch. */
  readonly slotMs: number;
  /** Full slots of a window. */
  readonly slots: number;
}

export interface PermitRequest extends WindowShape {
  /** Requests in any window. */
  readonly limit: number;
  /** 1 or more. */
  readonly wanted: number;
}

export interface UnusedPermits extends WindowShape {
  readonly slot: number;
  readonly count: number;
}

export interface Permits {
  /** 0 when the window is full. */
  readonly granted: number;
  /** The slot they are for, counted from the Unix epoch. */
  readonly slot: number;
  /** Milliseconds until that slot is over. */
  readonly validForMs: number;
  /** Milliseconds until the window has room again; 0 when permits were granted. May be early, never more than a slot late. */
  readonly retryInMs: number;
}
