import type { Clock } from "../ports/clock.js";
import type { ClaimResult, DeliveryQueue, Lease } from "../ports/delivery-queue.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import type { Lanes } from "./lanes.js";
import type { RateGate } from "./rate-gate.js";
import type { RegistryCache } from "./registry-cache.js";
import type { WorkerLife } from "./worker-life.js";

/** How often the store is asked for due work that nobody told of, in milliseconds. */
const POLL_MS = 250;

/** How much is held ahead of need, as a multiple of what may be in flight. */
const AHEAD = 2;

export interface ClaimLoopContext {
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly life: WorkerLife;
  readonly lanes: Lanes;
  readonly gate: RateGate<string>;
  readonly throttles: RateGate<WebhookRecord>;
  readonly cache: RegistryCache;
  readonly concurrency: number;
  readonly concurrencyPerWebhook: number;
  /** Called after deliveries were put into the lanes. */
  readonly onClaimed: () => void;
  readonly fail: (error: unknown) => void;
}

/** Fetches due deliveries into the lanes: when something is due, when told, when a lane runs dry, and now and then. */
export class ClaimLoop {
  /** Leases whose answer was lost: what they hold is ours and idle until it is given back. */
  readonly #lost = new Set<Lease>();
  #running = false;
  #moreDue = false;
  #claiming: Promise<void> | null = null;
  #again = false;
  #wakeAtMs = Infinity;
  #cancelWake: () => void = () => undefined;

  constructor(private readonly context: ClaimLoopContext) {}

  start(): void {
    this.#running = true;
    this.wake(0);
  }

  /** Claims nothing more. Resolves when the claim that is under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelWake();
    this.#wakeAtMs = Infinity;
    await this.#claiming;
  }

  /** Says that something will be due in the store in `delayMs`. */
  wake(delayMs: number): void {
    if (!this.#running) return;
    // A timer of 0 ms takes more than one.
    if (delayMs <= 0) {
      this.claim();
      return;
    }
    const { clock } = this.context;
    const atMs = clock.monotonicMs() + delayMs;
    if (atMs >= this.#wakeAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = atMs;
    this.#cancelWake = clock.schedule(delayMs, () => {
      this.#wakeAtMs = Infinity;
      this.claim();
    });
  }

  /** Says that room has come free, and whether it is in a lane of which the store has more. */
  roomCameFree(laneWantsMore: boolean): void {
    if (laneWantsMore || (this.#moreDue && this.context.lanes.claimed === 0)) this.claim();
  }

  /** Says that what was written under a lease may be held without anybody knowing. */
  lost(lease: Lease): void {
    this.#lost.add(lease);
    this.wake(POLL_MS);
  }

  /** Claims now; while a claim is under way, once more after it. */
  claim(): void {
    if (!this.#running) return;
    if (this.#claiming !== null) {
      this.#again = true;
      return;
    }
    this.#claiming = this.#round().finally(() => {
      this.#claiming = null;
      if (!this.#again) return;
      this.#again = false;
      this.claim();
    });
  }

  async #round(): Promise<void> {
    const { concurrency, life, lanes } = this.context;
    this.wake(POLL_MS);
    // What waits in a lane that hangs keeps nothing else from being fetched.
    const limit = concurrency * AHEAD - lanes.startable;
    if (limit <= 0 || !life.alive) {
      this.#moreDue = true;
      return;
    }
    try {
      await this.#giveBackLost();
      await this.#claimUnder(life.nextLease(), limit);
    } catch (error) {
      this.context.fail(error);
    }
  }

  async #giveBackLost(): Promise<void> {
    for (const lease of this.#lost) {
      await this.context.queue.giveBack(lease);
      this.#lost.delete(lease);
    }
  }

  async #claimUnder(lease: Lease, limit: number): Promise<void> {
    const { queue, life, lanes, concurrencyPerWebhook, onClaimed } = this.context;
    const perWebhook = concurrencyPerWebhook * AHEAD;
    const capacity = this.#capacity(perWebhook);
    this.#lost.add(lease);
    const result = await queue.claim({ lease, limit, perWebhook, capacity });
    this.#lost.delete(lease);
    const taken = countByWebhook(result);
    // The life that asked may have been judged over before the answer came.
    if (life.owns(lease)) for (const delivery of result.deliveries) lanes.put({ delivery, lease });

    const full = result.deliveries.length >= limit;
    for (const webhookId of new Set([...capacity.keys(), ...taken.keys()])) {
      const room = capacity.get(webhookId) ?? perWebhook;
      lanes.setBacklog(webhookId, full || (taken.get(webhookId) ?? 0) >= room);
    }
    this.#moreDue = full || result.nextDueInMs === 0;
    // A store that says "now" and gives nothing must not be asked in a circle.
    if (result.nextDueInMs !== null) this.wake(Math.max(result.nextDueInMs, taken.size > 0 ? 0 : 1));
    onClaimed();
  }

  /** Room per lane, where it is less than usual; none in those of accounts and webhooks that have sent all they may for now. */
  #capacity(perWebhook: number): ReadonlyMap<string, number> {
    const { lanes, gate, throttles, cache } = this.context;
    const occupancy = lanes.occupancy();
    const capacity = new Map([...occupancy].map(([id, held]) => [id, Math.max(0, perWebhook - held)]));
    for (const [id, room] of throttles.rooms()) {
      capacity.set(id, Math.max(0, Math.min(perWebhook, room) - (occupancy.get(id) ?? 0)));
    }
    for (const [accountId, room] of gate.rooms()) {
      if (room > 0) continue;
      for (const { id } of cache.peek(accountId)?.webhooks ?? []) capacity.set(id, 0);
    }
    return capacity;
  }
}

function countByWebhook({ deliveries }: ClaimResult): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { webhookId } of deliveries) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
  return counts;
}
