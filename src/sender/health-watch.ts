import type { Clock } from "../ports/clock.js";
import type { EndpointHealth, EndpointRecord } from "../ports/endpoint-health.js";

/** How often a failing webhook is looked at, in milliseconds. */
const LOOK_EVERY_MS = 60_000;

/** Webhooks remembered, so that each is looked at now and then only. */
const MAX_REMEMBERED = 10_000;

/** When a webhook whose endpoint keeps failing is disabled: both must hold, with no success in between. */
export interface DisableAfter {
  /** Milliseconds for which every attempt has failed. */
  readonly failingForMs: number;
  /** Attempts that have failed in that time, at least. */
  readonly failures: number;
}

export interface HealthWatchContext {
  readonly health: EndpointHealth;
  readonly clock: Clock;
  readonly disableAfter: DisableAfter | false;
  readonly disable: (
    webhook: { readonly accountId: string; readonly webhookId: string },
    reason: string,
  ) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

/** Disables webhooks whose endpoints have failed for days, so that nobody goes on sending to what is gone. */
export class HealthWatch {
  readonly #lookedAtMs = new Map<string, number>();

  constructor(private readonly context: HealthWatchContext) {}

  /** Says that an attempt failed. The store is asked about a webhook once a minute at most. */
  failed(webhook: { readonly accountId: string; readonly webhookId: string }): void {
    const { disableAfter, clock } = this.context;
    if (disableAfter === false) return;
    const nowMs = clock.monotonicMs();
    const lookedAtMs = this.#lookedAtMs.get(webhook.webhookId) ?? -Infinity;
    if (nowMs - lookedAtMs < LOOK_EVERY_MS) return;
    if (this.#lookedAtMs.size >= MAX_REMEMBERED) this.#lookedAtMs.clear();
    this.#lookedAtMs.set(webhook.webhookId, nowMs);
    void this.#look(webhook, disableAfter);
  }

  async #look(
    webhook: { readonly accountId: string; readonly webhookId: string },
    disableAfter: DisableAfter,
  ): Promise<void> {
    try {
      const [record] = await this.context.health.read([webhook.webhookId]);
      if (record !== undefined && isGone(record, disableAfter)) await this.context.disable(webhook, describe(record));
    } catch (error) {
      this.context.fail(error);
    }
  }
}

function isGone({ failures, failingForMs }: EndpointRecord, disableAfter: DisableAfter): boolean {
  return failures >= disableAfter.failures && failingForMs >= disableAfter.failingForMs;
}

function describe({ failures, failingForMs }: EndpointRecord): string {
  const hours = Math.floor(failingForMs / 3_600_000);
  const time = hours >= 48 ? `${Math.floor(hours / 24)} days` : `${hours} hours`;
  return `All of the last ${failures} attempts failed, over ${time}.`;
}
