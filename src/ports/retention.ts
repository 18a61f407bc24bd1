/** Forgets what is old. */
export interface Retention {
  /**
   * Removes up to `limit` events that were stored more than `ageMs` ago, with their deliveries and attempts, oldest
   * first, and answers how many; fewer than `limit` means that none is left. An event with a delivery that may still be
   * sent stays. One call costs what it removes, not what is kept. Rejects with `store_unavailable`.
   */
  purge(request: { readonly ageMs: number; readonly limit: number }): Promise<number>;

  /**
   * Removes up to `limit` events of an account, whatever their age and state, with their deliveries and attempts, and the
   * account's notes; answers how many events, and fewer than `limit` means that none is left. What is told of a removed
   * delivery by whoever held it is `stale`. The version of the account's webhooks stays, for whoever knows it still.
   */
  erase(request: { readonly accountId: string; readonly limit: number }): Promise<number>;
}
