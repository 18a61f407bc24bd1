/**
 * How many requests each account has sent of late, over all workers.
 *
 * The store counts them by the minutes of its own clock. The minute under way and the 60 before it are counted whole, so
 * an account never sends more than its limit in any 60 minutes, and capacity comes back at most a minute late.
 */
export interface RateWindow {
  /**
   * Takes up to `wanted` permits, as many as the window still has. Callers at the same time never get more together than
   * the limit allows. A permit is for the minute in which it was taken: one that is not used in it is void.
   *
   * Rejects with `store_unavailable` when the store does not answer; what a lost answer had granted stays counted.
   */
  take(request: PermitRequest): Promise<Permits>;

  /** Gives back permits that were not used, so that others can take them. */
  giveBack(permits: { readonly accountId: string; readonly minute: number; readonly count: number }): Promise<void>;
}

export interface PermitRequest {
  readonly accountId: string;
  /** Requests in any 60 minutes. */
  readonly limit: number;
  /** 1 or more. */
  readonly wanted: number;
}

export interface Permits {
  /** 0 when the window is full. */
  readonly granted: number;
  /** The minute they are for, counted from the Unix epoch. */
  readonly minute: number;
  /** Milliseconds until that minute is over. */
  readonly validForMs: number;
  /** Milliseconds until the window has room again; 0 when permits were granted. May be early, never more than a minute late. */
  readonly retryInMs: number;
}
