import type { Clock } from "../ports/clock.js";
import type { ClaimedDelivery, DeliveryQueue, Lease } from "../ports/delivery-queue.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import type { AttemptMaker, AttemptOutcome } from "./attempt.js";
import { cancelDeliveries } from "./cancel-deliveries.js";
import { ClaimLoop } from "./claim-loop.js";
import { Lanes, type HeldDelivery } from "./lanes.js";
import type { HealthWatch } from "./health-watch.js";
import type { RateGate } from "./rate-gate.js";
import type { RegistryCache } from "./registry-cache.js";
import type { SenderEmitter } from "./sender-events.js";
import type { Settlements } from "./settlements.js";
import { tellOutcome } from "./tell-outcome.js";
import { WorkerLife } from "./worker-life.js";

/** Outcomes that may be unwritten before no further attempt starts, as a multiple of what may be in flight. */
const UNSETTLED_AHEAD = 8;

/** An attempt that took longer than this share of the time-out hung, whatever came of it. */
const HUNG_SHARE = 0.5;

/** How long a delivery rests whose attempt could not be prepared because the store did not answer. */
const REST_MS = 1_000;

const nothing = (): void => undefined;

export interface DispatcherContext {
  readonly queue: DeliveryQueue;
  /** How a store tells of what others made due, where it can. */
  readonly listen: ((onDue: () => void) => () => void) | undefined;
  readonly clock: Clock;
  readonly cache: RegistryCache;
  readonly attempts: AttemptMaker;
  readonly settlements: Settlements;
  readonly gate: RateGate<string>;
  readonly throttles: RateGate<WebhookRecord>;
  readonly health: HealthWatch;
  readonly emitter: SenderEmitter;
  readonly concurrency: number;
  readonly concurrencyPerWebhook: number;
  readonly leaseMs: number;
  readonly attemptTimeoutMs: number;
}

/** What one process is at. */
export interface ProcessLoad {
  /** Whether it takes work. */
  readonly delivering: boolean;
  /** Attempts that have not ended. */
  readonly inFlight: number;
  /** Deliveries it holds and has not begun. */
  readonly waiting: number;
  /** Outcomes that are not written yet. */
  readonly unsettled: number;
}

/**
 * Sends what is due. Claims follow free room, so that memory is bounded whatever waits in the store; attempts follow
 * the lanes; outcomes go to the settlements.
 */
export class Dispatcher {
  readonly #lanes: Lanes;
  readonly #life: WorkerLife;
  readonly #claims: ClaimLoop;
  #running = false;
  #onIdle = nothing;
  #stopListening = nothing;

  constructor(private readonly context: DispatcherContext) {
    const fail = (error: unknown): void => {
      context.emitter.fail(error);
    };
    const pump = (): void => {
      this.#pump();
    };
    this.#lanes = new Lanes(context.concurrencyPerWebhook, context.concurrency);
    const goOn = (): void => {
      this.#pump();
      this.#claims.wake(0);
    };
    this.#life = new WorkerLife({ ...context, onLost: () => this.#lanes.drain(), onRevived: goOn, fail });
    this.#claims = new ClaimLoop({ ...context, life: this.#life, lanes: this.#lanes, onClaimed: pump, fail });
  }

  /** @throws {@link WebhookError} `store_unavailable`. */
  async start(): Promise<void> {
    this.context.settlements.open();
    await this.#life.begin();
    this.#running = true;
    this.#claims.start();
    this.#stopListening =
      this.context.listen?.(() => {
        this.#claims.wake(0);
      }) ?? nothing;
  }

  /** Takes nothing more: neither claims nor what is published here. */
  async retire(): Promise<void> {
    this.#running = false;
    this.#stopListening();
    await this.#claims.stop();
  }

  /**
   * After {@link retire}: gives back what waits, lets what is in flight end for at most `timeoutMs`, writes what came of
   * it, and says good-bye, so that others take over at once.
   */
  async stop(timeoutMs: number): Promise<void> {
    const { settlements, clock, emitter } = this.context;
    for (const held of this.#lanes.drain()) this.#giveBack(held, 0);
    const cancelDeadline = clock.schedule(timeoutMs, () => {
      settlements.close();
      this.#onIdle();
    });
    if (this.#lanes.inFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await settlements.flushed();
    cancelDeadline();
    settlements.close();
    try {
      await this.#life.end();
    } catch (error) {
      emitter.fail(error);
    }
  }

  /** Attempts that have not ended. */
  get inFlight(): number {
    return this.#lanes.inFlight;
  }

  /** What this process is at. */
  load(): ProcessLoad {
    const { inFlight, waiting } = this.#lanes;
    return { delivering: this.#running, inFlight, waiting, unsettled: this.context.settlements.unsettled };
  }

  /** Says that something will be due in the store in `delayMs`. */
  wake(delayMs = 0): void {
    this.#claims.wake(delayMs);
  }

  /**
   * Keeps a place for a delivery that is about to be published, so that it can be sent from memory; false when there is
   * none, or when older work should go first. A kept place is then {@link put} or {@link unreserve}d.
   */
  reserve(accountId: string, webhookId: string, body: string): boolean {
    const { gate, throttles } = this.context;
    if (!this.#running || !this.#life.alive || gate.isDeferred(accountId)) return false;
    if (throttles.isDeferred(webhookId)) return false;
    return this.#lanes.reserve(webhookId, body);
  }

  unreserve(webhookId: string, body: string): void {
    this.#lanes.unreserve(webhookId, body);
  }

  /** A lease to write reserved deliveries under. */
  nextLease(): Lease {
    return this.#life.nextLease();
  }

  /** Sends a delivery that was reserved and is written under `lease`. */
  put(delivery: ClaimedDelivery, lease: Lease): void {
    if (this.#running && this.#life.owns(lease)) {
      this.#lanes.putReserved({ delivery, lease });
    } else {
      this.#lanes.unreserve(delivery.webhookId, delivery.body);
      // Judged over meanwhile: what was written is due for whoever claims it.
      if (this.#running) this.#claims.wake(0);
      else this.#giveBack({ delivery, lease }, 0);
    }
    this.#pump();
  }

  /** Says that a delivery was written for whoever has room. */
  written(webhookId: string): void {
    if (!this.#running) return;
    this.#lanes.setBacklog(webhookId, true);
    this.#claims.wake(0);
  }

  /** Says that it is unknown whether anything was written under `lease`. */
  lost(lease: Lease): void {
    this.#claims.lost(lease);
  }

  #pump(): void {
    const { concurrency, settlements } = this.context;
    const mayStart = (): boolean =>
      this.#running &&
      this.#life.alive &&
      this.#lanes.inFlight < concurrency &&
      settlements.unsettled < concurrency * UNSETTLED_AHEAD;
    while (mayStart()) {
      const held = this.#lanes.take();
      if (held === undefined) return;
      void this.#attempt(held);
    }
  }

  async #attempt(held: HeldDelivery): Promise<void> {
    const isHeld = (): boolean => this.#life.alive && this.#life.owns(held.lease);
    let tookMs: number | null = null;
    try {
      const outcome = await this.context.attempts.make(held.delivery, isHeld);
      tookMs = outcome.attempt?.responseTimeMs ?? null;
      this.#settle(held, outcome);
    } catch (error) {
      this.context.emitter.fail(error);
      this.#giveBack(held, REST_MS);
    }
    const hung = tookMs !== null && tookMs > this.context.attemptTimeoutMs * HUNG_SHARE;
    const { wantsMore } = this.#lanes.finish(held.delivery.webhookId, tookMs, hung);
    if (this.#lanes.inFlight === 0) this.#onIdle();
    this.#pump();
    this.#claims.roomCameFree(wantsMore);
  }

  #settle({ delivery, lease }: HeldDelivery, outcome: AttemptOutcome): void {
    this.context.settlements.add({ deliveryId: delivery.id, lease, ...outcome }, (result) => {
      this.#pump();
      if (result === "stale") return;
      tellOutcome(this.context.emitter, delivery, outcome, this.context.clock.now());
      if (outcome.attempt !== null && outcome.next.kind !== "success") this.context.health.failed(delivery);
      if ("delayMs" in outcome.next) this.#claims.wake(outcome.next.delayMs);
      if (outcome.next.kind === "retry") void this.#cancelIfDeleted(delivery);
    });
  }

  /** Deleting a webhook cancels what nobody holds; what was held just then is cancelled when it would wait again. */
  async #cancelIfDeleted({ accountId, webhookId }: ClaimedDelivery): Promise<void> {
    const { cache, emitter } = this.context;
    try {
      const { byId } = await cache.refresh(accountId);
      if (!byId.has(webhookId)) await cancelDeliveries(this.context, { accountId, webhookId });
    } catch (error) {
      if (this.#running) emitter.fail(error);
    }
  }

  #giveBack(held: HeldDelivery, delayMs: number): void {
    this.#settle(held, { attempt: null, next: { kind: "release", delayMs } });
  }
}
