import type { Clock } from "../ports/clock.js";
import type { DeliveryQueue, Lease } from "../ports/delivery-queue.js";
import { randomText } from "./ids.js";

/** A life is renewed this many times before it would end. */
const RENEWALS_PER_LIFE = 5;

export interface WorkerLifeOptions {
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Called when the store judged this worker dead: what it holds is no longer its own. A new life begins right after. */
  readonly onLost: () => void;
  /** Called when attempts may be started again after a while in which they might not. */
  readonly onRevived: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Keeps a worker's claim on what it holds. The life counts from **before** each renewal was sent, on the monotonic
 * clock: however late the answer, this worker stops starting attempts before any other may take its deliveries over.
 */
export class WorkerLife {
  #owner = "";
  #token = 0;
  #endsAtMs = -Infinity;
  /** Since when every renewal came in time; others are judged only after a full life of that. */
  #steadySinceMs = -Infinity;
  #cancelRenewal: () => void = () => undefined;
  #ended = true;
  /** Counts what {@link begin} began: an answer that comes after the next one is of a time that is over. */
  #began = 0;

  constructor(private readonly options: WorkerLifeOptions) {}

  /** Under which deliveries are taken from now on; each call is a lease of its own. */
  nextLease(): Lease {
    this.#token += 1;
    return { owner: this.#owner, token: this.#token };
  }

  /** Whether a delivery that is held may still be started. */
  get alive(): boolean {
    return !this.#ended && this.options.clock.monotonicMs() < this.#endsAtMs;
  }

  /** Whether a lease is of the present life. What an earlier one held is anybody's. */
  owns({ owner }: Lease): boolean {
    return owner === this.#owner;
  }

  /** @throws {@link WebhookError} `store_unavailable`. */
  async begin(): Promise<void> {
    this.#ended = false;
    this.#began += 1;
    await this.#join();
  }

  /** Gives back everything that is held and stops renewing. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#endsAtMs = -Infinity;
    this.#cancelRenewal();
    await this.options.queue.release(this.#owner);
  }

  async #join(): Promise<void> {
    const { queue, clock, leaseMs } = this.options;
    const askedAtMs = clock.monotonicMs();
    const owner = `worker_${randomText(16)}`;
    this.#owner = owner;
    await queue.join({ owner, leaseMs });
    if (this.#ended || this.#owner !== owner) {
      // Ended before there was a life to release.
      await queue.release(owner);
      return;
    }
    this.#endsAtMs = askedAtMs + leaseMs;
    this.#steadySinceMs = -Infinity;
    this.#scheduleRenewal();
  }

  #scheduleRenewal(): void {
    this.#cancelRenewal = this.options.clock.schedule(this.options.leaseMs / RENEWALS_PER_LIFE, () => {
      void this.#renew();
    });
  }

  async #renew(): Promise<void> {
    const { queue, clock, leaseMs, fail } = this.options;
    const askedAtMs = clock.monotonicMs();
    const wasAlive = this.alive;
    const began = this.#began;
    try {
      // While this worker or the store was away the others may have been too: they get a full life to show themselves.
      const judgeOthers = wasAlive && askedAtMs - this.#steadySinceMs >= leaseMs;
      const renewed = await queue.renew({ owner: this.#owner, leaseMs, judgeOthers });
      if (this.#ended || began !== this.#began) return;
      if (!renewed) {
        this.#endsAtMs = -Infinity;
        this.options.onLost();
        await this.#join();
        this.options.onRevived();
        return;
      }
      this.#endsAtMs = askedAtMs + leaseMs;
      if (!wasAlive) {
        this.#steadySinceMs = askedAtMs;
        this.options.onRevived();
      }
    } catch (error) {
      fail(error);
      if (began !== this.#began) return;
      this.#steadySinceMs = askedAtMs;
    }
    if (!this.#ended) this.#scheduleRenewal();
  }
}
