/** Whether endpoints answer as they should. Settling an attempt counts it here, in the same step. */
export interface EndpointHealth {
  /**
   * What each webhook's endpoint has done since it succeeded last, or since the webhook became active last. Rejects with
   * `store_unavailable` when the store does not answer.
   */
  read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]>;
}

/** Failures in a row. A webhook without any has no record. */
export interface EndpointRecord {
  readonly webhookId: string;
  /** Attempts that failed since the last that succeeded. */
  readonly failures: number;
  /** Milliseconds since the first of them was settled. */
  readonly failingForMs: number;
}
