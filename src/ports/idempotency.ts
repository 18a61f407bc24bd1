/**
 * Remembers which events a receiver has handled, so that one that is sent again is not handled again.
 *
 * Time belongs to the store: callers speak in durations. Every method rejects with `store_unavailable` when the store
 * does not answer, and may then be called again.
 */
export interface IdempotencyStore {
  /**
   * Takes `key` for handling. Of any number of callers at the same time one gets `claimed`, the others `in_flight`;
   * after `complete`, everybody gets `done` until `retentionMs` have gone by. A claim that is neither completed nor
   * released lapses after `leaseMs` and can be taken again.
   */
  claim(request: IdempotencyClaim): Promise<IdempotencyClaimResult>;

  /** Marks the key as handled for `retentionMs`. Does nothing when the claim lapsed and another holds the key. */
  complete(request: { readonly key: string; readonly token: string; readonly retentionMs: number }): Promise<void>;

  /** Gives the key back, so that the next caller gets it. Does nothing when the claim lapsed and another holds the key. */
  release(request: { readonly key: string; readonly token: string }): Promise<void>;
}

/** A wish to handle one event. */
export interface IdempotencyClaim {
  /** The event id: any string of 1 to 128 characters, `constructor` and `__proto__` included. */
  readonly key: string;
  /** Milliseconds after which a claim whose holder died may be taken by another. */
  readonly leaseMs: number;
}

/** Who holds the key. `token` names this claim and is never given twice. */
export type IdempotencyClaimResult =
  | { readonly kind: "claimed"; readonly token: string }
  | { readonly kind: "in_flight"; readonly retryAfterMs: number }
  | { readonly kind: "done" };
