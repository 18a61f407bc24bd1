import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { ClaimedInboxEvent, InboxStore, InboxHold } from "../ports/inbox.js";

/** Milliseconds after which what a dead worker held is due again. */
const LEASE_MS = 15_000;

/** Milliseconds between two renewals: a lease outlives four that fail. */
const RENEW_MS = 3_000;

/** An event that this worker holds. */
export interface Held {
  readonly claimed: ClaimedInboxEvent;
  readonly hold: InboxHold;
  /** Ends its handlers. */
  readonly controller: AbortController;
  /** Whether another may have it by now. */
  readonly lost: boolean;
}

interface Lease extends Held {
  lost: boolean;
  endsAtMs: number;
}

/**
 * Keeps hold of the events that are being handled. A lease counts from **before** it was asked for, on the monotonic clock:
 * however late an answer comes, handlers are told to end before another worker may take their event over, unless the whole
 * process stood still.
 */
export class InboxLeases {
  readonly #held = new Set<Lease>();
  #renewing: Promise<void> | null = null;
  #cancelRenewal: (() => void) | null = null;

  constructor(
    private readonly inbox: InboxStore,
    private readonly clock: Clock,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** @throws {@link WebhookError} `store_unavailable`. */
  async claim(limit: number): Promise<{ readonly held: readonly Held[]; readonly nextDueInMs: number | null }> {
    // Of a machine that slept: what is held here would look free to this very claim.
    if ([...this.#held].some(({ lost, endsAtMs }) => !lost && endsAtMs <= this.clock.monotonicMs()))
      await this.#renew();
    const endsAtMs = this.clock.monotonicMs() + LEASE_MS;
    const { events, nextDueInMs } = await this.inbox.claim({ limit, leaseMs: LEASE_MS });
    const held = events.map((claimed): Lease => {
      const { id, token } = claimed;
      return { claimed, hold: { id, token }, controller: new AbortController(), lost: false, endsAtMs };
    });
    for (const lease of held) this.#held.add(lease);
    this.#schedule();
    return { held, nextDueInMs };
  }

  /** Says that an event was settled. */
  drop(held: Held): void {
    this.#held.delete(held as Lease);
    if (this.#held.size > 0) return;
    this.#cancelRenewal?.();
    this.#cancelRenewal = null;
  }

  #schedule(): void {
    if (this.#cancelRenewal !== null || this.#held.size === 0) return;
    this.#cancelRenewal = this.clock.schedule(RENEW_MS, () => {
      this.#cancelRenewal = null;
      // A store that does not answer leaves leases to end by the clock.
      if (this.#renewing !== null) this.#expire();
      void this.#renew();
      this.#schedule();
    });
  }

  #expire(): void {
    // One round earlier, for there will be no other before the end.
    const byMs = this.clock.monotonicMs() + RENEW_MS;
    for (const lease of this.#held) if (lease.endsAtMs <= byMs) lose(lease);
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#renewAll().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewAll(): Promise<void> {
    const leases = [...this.#held].filter(({ lost }) => !lost);
    const endsAtMs = this.clock.monotonicMs() + LEASE_MS;
    try {
      const kept = new Set(await this.inbox.renew({ holds: leases.map(({ hold }) => hold), leaseMs: LEASE_MS }));
      for (const lease of leases) {
        if (kept.has(lease.hold.token)) lease.endsAtMs = endsAtMs;
        else if (this.#held.has(lease)) lose(lease);
      }
    } catch (error) {
      this.fail(error);
      this.#expire();
    }
  }
}

function lose(lease: Lease): void {
  if (lease.lost) return;
  lease.lost = true;
  lease.controller.abort(
    new WebhookError("lease_lost", "Another worker may handle the event by now; roll your transaction back."),
  );
}
