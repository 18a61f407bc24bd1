/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { EndpointHealth, EndpointRecord } from "../../ports/endpoint-health.js";

/** Failures in a row. */
interface Streak {
  failures: number;
  readonly since: number;
}

/** What endpoints have done of late, in memory. A webhook without failures takes no room. */
export class MemoryEndpointHealth implements EndpointHealth {
  readonly #streaks = new Map<string, Streak>();

  constructor(private readonly now: () => number) {}

  async read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]> {
    return webhookIds.flatMap((webhookId) => {
      const streak = this.#streaks.get(webhookId);
      if (streak === undefined) return [];
      return [{ webhookId, failures: streak.failures, failingForMs: Math.max(0, this.now() - streak.since) }];
    });
  }

  failed(webhookId: string): void {
    const streak = this.#streaks.get(webhookId);
    if (streak === undefined) this.#streaks.set(webhookId, { failures: 1, since: this.now() });
    else streak.failures += 1;
  }

  /** Begins anew: an attempt succeeded, or the webhook became active or was removed. */
  reset(webhookId: string): void {
    this.#streaks.delete(webhookId);
  }
}
