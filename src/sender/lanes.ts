import type { ClaimedDelivery, Lease } from "../ports/delivery-queue.js";

/** A delivery that this process holds, and under which lease. */
export interface HeldDelivery {
  readonly delivery: ClaimedDelivery;
  readonly lease: Lease;
}

interface Lane {
  readonly webhookId: string;
  /** Held and not yet started, in the order in which they came. */
  readonly waiting: HeldDelivery[];
  /** Promised to a publisher whose delivery is being written. */
  reserved: number;
  inFlight: number;
  /** Whether the store may have due deliveries of this webhook that this process has no room for. */
  backlog: boolean;
  /** Whether it stands in the queue of lanes that can start something. */
  ready: boolean;
  /** Whether its last attempt took so long that more of them would keep others waiting. */
  hung: boolean;
}

/** Webhooks that are remembered to hang while nothing of theirs is held. */
const MAX_HUNG = 10_000;

/**
 * What a process holds, in a lane per webhook. A webhook that hangs fills its own lane and no other, and however many of
 * them hang, together they have half of what may be in flight. Lanes that can start something take turns.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #ready: Lane[] = [];
  /** Lanes that hang and could start something, had not all of them together as much in flight as they may. */
  readonly #parked: Lane[] = [];
  readonly #hung = new Set<string>();
  readonly #maxHungInFlight: number;
  #waiting = 0;
  #reserved = 0;
  #inFlight = 0;
  #hungInFlight = 0;

  /**
   * @param concurrencyPerWebhook Attempts in flight per webhook.
   * @param concurrency Attempts in flight in all, of which those that hang get half.
   */
  constructor(
    private readonly concurrencyPerWebhook: number,
    concurrency: number,
  ) {
    this.#maxHungInFlight = Math.max(1, Math.floor(concurrency / 2));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Deliveries held and not yet started. */
  get waiting(): number {
    return this.#waiting;
  }

  /** All that is held or promised. */
  get size(): number {
    return this.#waiting + this.#reserved + this.#inFlight;
  }

  /** What is in flight, and what is held or promised as far as its lane has room to start it. */
  get startable(): number {
    let startable = 0;
    let hung = 0;
    for (const lane of this.#lanes.values()) {
      const { waiting, reserved, inFlight } = lane;
      const share = inFlight + Math.min(waiting.length + reserved, this.concurrencyPerWebhook - inFlight);
      if (lane.hung) hung += share;
      else startable += share;
    }
    return startable + Math.min(hung, this.#maxHungInFlight);
  }

  /** What each lane holds or has promised. */
  occupancy(): ReadonlyMap<string, number> {
    return new Map([...this.#lanes.values()].map((lane) => [lane.webhookId, sizeOf(lane)]));
  }

  /** Keeps a place for a delivery that is about to be written; false when the lane is full or has older work in the store. */
  reserve(webhookId: string, maxPerLane: number): boolean {
    const lane = this.#laneOf(webhookId);
    if (lane.backlog || sizeOf(lane) >= maxPerLane) {
      this.#sweep(lane);
      return false;
    }
    lane.reserved += 1;
    this.#reserved += 1;
    return true;
  }

  /** Gives back a place that {@link reserve} kept. */
  unreserve(webhookId: string): void {
    const lane = this.#laneOf(webhookId);
    lane.reserved -= 1;
    this.#reserved -= 1;
    this.#sweep(lane);
  }

  put(held: HeldDelivery): void {
    const lane = this.#laneOf(held.delivery.webhookId);
    lane.waiting.push(held);
    this.#waiting += 1;
    this.#queue(lane);
  }

  /** The next delivery to start, which counts as in flight from now on. */
  take(): HeldDelivery | undefined {
    const lane = this.#nextReady();
    if (lane === undefined) return undefined;
    lane.ready = false;
    const held = lane.waiting.shift();
    if (held === undefined) return undefined;
    lane.inFlight += 1;
    this.#waiting -= 1;
    this.#inFlight += 1;
    if (lane.hung) this.#hungInFlight += 1;
    this.#queue(lane);
    return held;
  }

  /**
   * Says that a delivery that was taken is no longer in flight. Answers whether its lane is about to run dry.
   *
   * @param hung Whether its attempt took so long that more of them would keep others waiting.
   */
  finish(webhookId: string, hung = false): { readonly wantsMore: boolean } {
    const lane = this.#laneOf(webhookId);
    lane.inFlight -= 1;
    this.#inFlight -= 1;
    if (lane.hung) this.#hungInFlight -= 1;
    if (hung !== lane.hung) this.#judge(lane, hung);
    if (this.#parked.length > 0) this.#ready.push(...this.#parked.splice(0));
    this.#queue(lane);
    const wantsMore = lane.backlog && lane.waiting.length <= this.concurrencyPerWebhook / 2;
    this.#sweep(lane);
    return { wantsMore };
  }

  /** Remembers whether the store may have more due deliveries of a webhook than this process took. */
  setBacklog(webhookId: string, backlog: boolean): void {
    const lane = this.#laneOf(webhookId);
    lane.backlog = backlog;
    this.#sweep(lane);
  }

  /** Takes out everything that has not been started. */
  drain(): readonly HeldDelivery[] {
    const held = [...this.#lanes.values()].flatMap((lane) => lane.waiting.splice(0));
    for (const lane of [...this.#ready.splice(0), ...this.#parked.splice(0)]) lane.ready = false;
    this.#waiting = 0;
    for (const lane of [...this.#lanes.values()]) this.#sweep(lane);
    return held;
  }

  #laneOf(webhookId: string): Lane {
    let lane = this.#lanes.get(webhookId);
    if (lane === undefined) {
      lane = {
        webhookId,
        waiting: [],
        reserved: 0,
        inFlight: 0,
        backlog: false,
        ready: false,
        hung: this.#hung.has(webhookId),
      };
      this.#lanes.set(webhookId, lane);
    }
    return lane;
  }

  /** The lane whose turn it is; those that hang are passed over while they have all that they may. */
  #nextReady(): Lane | undefined {
    for (let lane = this.#ready.shift(); lane !== undefined; lane = this.#ready.shift()) {
      if (!lane.hung || this.#hungInFlight < this.#maxHungInFlight) return lane;
      this.#parked.push(lane);
    }
    return undefined;
  }

  #judge(lane: Lane, hung: boolean): void {
    lane.hung = hung;
    this.#hungInFlight += hung ? lane.inFlight : -lane.inFlight;
    if (!hung) this.#hung.delete(lane.webhookId);
    else if (this.#hung.size < MAX_HUNG) this.#hung.add(lane.webhookId);
  }

  #queue(lane: Lane): void {
    if (lane.ready || lane.waiting.length === 0 || lane.inFlight >= this.concurrencyPerWebhook) return;
    lane.ready = true;
    this.#ready.push(lane);
  }

  /** Forgets an empty lane, so that the map holds only webhooks that are being worked for. */
  #sweep(lane: Lane): void {
    if (sizeOf(lane) === 0 && !lane.backlog) this.#lanes.delete(lane.webhookId);
  }
}

function sizeOf(lane: Lane): number {
  return lane.waiting.length + lane.reserved + lane.inFlight;
}
