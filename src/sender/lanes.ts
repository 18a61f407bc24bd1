import type { ClaimedDelivery, Lease } from "../ports/delivery-queue.js";
import { Fifo } from "./fifo.js";

/** A delivery that this process holds, and under which lease. */
export interface HeldDelivery {
  readonly delivery: ClaimedDelivery;
  readonly lease: Lease;
}

/** What a process and an endpoint may need at most for what is kept to be sent from memory, in milliseconds of sending. */
const AHEAD_MS = 10_000;

/** How long an attempt is taken to last before one of the lane has ended, in milliseconds. */
const UNKNOWN_MS = 100;

/** How many deliveries a lane may keep whatever its pace, if there is memory, as a multiple of what it may have in flight. */
const LEAST_AHEAD = 4;

/** Memory for everything that was published here and waits, in characters of its bodies and of what is around them. */
const MAX_KEPT = 64 * 1_048_576;
const KEPT_PER_DELIVERY = 1_024;

/** A lane may keep this many times what is left for the others, so that two thirds at most are one lane's. */
const SHARE_OF_FREE = 2;

/** How much the last attempt counts in what an attempt of a lane lasts. */
const WEIGHT_OF_LAST = 1 / 8;

interface Lane {
  readonly webhookId: string;
  /** Taken from the store and not yet started, in the order in which they came. */
  readonly claimed: Fifo<HeldDelivery>;
  /** Published here, written as held, and not yet started. */
  readonly published: Fifo<HeldDelivery>;
  /** Promised to a publisher whose delivery is being written. */
  reserved: number;
  /** Memory for what is promised or was published here and waits. */
  kept: number;
  inFlight: number;
  /** Whether the store may have due deliveries of this webhook that this process does not hold. */
  backlog: boolean;
  /** Whether it stands in the queue of lanes that can start something. */
  ready: boolean;
  /** Whether its last attempt took so long that more of them would keep others waiting. */
  hung: boolean;
  /** How long an attempt lasts of late, in milliseconds. */
  tookMs: number;
}

/** Webhooks that are remembered to hang while nothing of theirs is held. */
const MAX_HUNG = 10_000;

/**
 * What a process holds, in a lane per webhook. A webhook that hangs fills its own lane and no other, and however many of
 * them hang, together they have half of what may be in flight. Lanes that can start something take turns.
 *
 * What was published here is kept to be sent from memory as far as its lane can send it within {@link AHEAD_MS} and
 * memory allows. What was claimed has room of its own beside it: a lane that is kept busy from memory still gets what is
 * due in the store. Of both the older goes first.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Fifo<Lane>();
  /** Lanes that hang and could start something, had not all of them together as much in flight as they may. */
  readonly #parked: Lane[] = [];
  readonly #hung = new Set<string>();
  readonly #maxHungInFlight: number;
  #claimed = 0;
  #published = 0;
  #kept = 0;
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
    return this.#claimed + this.#published;
  }

  /** Those of them that were taken from the store. */
  get claimed(): number {
    return this.#claimed;
  }

  /** What is in flight, and what was claimed as far as its lane has room to start it. */
  get startable(): number {
    let startable = 0;
    let hung = 0;
    for (const lane of this.#lanes.values()) {
      const share = lane.inFlight + Math.min(lane.claimed.length, this.concurrencyPerWebhook - lane.inFlight);
      if (lane.hung) hung += share;
      else startable += share;
    }
    return startable + Math.min(hung, this.#maxHungInFlight);
  }

  /** What each lane has in flight or was claimed for it. */
  occupancy(): ReadonlyMap<string, number> {
    return new Map([...this.#lanes.values()].map((lane) => [lane.webhookId, lane.inFlight + lane.claimed.length]));
  }

  /**
   * Keeps a place for a delivery that is about to be written, to be {@link putReserved} or {@link unreserve}d. False when
   * its lane or the memory is full, or when its lane has older work in the store.
   */
  reserve(webhookId: string, body: string): boolean {
    const lane = this.#laneOf(webhookId);
    const size = sizeOf(body);
    if (lane.backlog || !this.#hasRoom(lane, size)) {
      this.#sweep(lane);
      return false;
    }
    lane.reserved += 1;
    this.#keep(lane, size);
    return true;
  }

  /** Gives back a place that {@link reserve} kept. */
  unreserve(webhookId: string, body: string): void {
    const lane = this.#laneOf(webhookId);
    lane.reserved -= 1;
    this.#keep(lane, -sizeOf(body));
    this.#sweep(lane);
  }

  /** Takes in a delivery for which {@link reserve} kept a place. */
  putReserved(held: HeldDelivery): void {
    const lane = this.#laneOf(held.delivery.webhookId);
    lane.reserved -= 1;
    lane.published.push(held);
    this.#published += 1;
    this.#queue(lane);
  }

  /** Takes in a delivery that was claimed. */
  put(held: HeldDelivery): void {
    const lane = this.#laneOf(held.delivery.webhookId);
    lane.claimed.push(held);
    this.#claimed += 1;
    this.#queue(lane);
  }

  /** The next delivery to start, which counts as in flight from now on. */
  take(): HeldDelivery | undefined {
    const lane = this.#nextReady();
    if (lane === undefined) return undefined;
    lane.ready = false;
    const held = this.#takeOf(lane);
    if (held === undefined) return undefined;
    lane.inFlight += 1;
    this.#inFlight += 1;
    if (lane.hung) this.#hungInFlight += 1;
    this.#queue(lane);
    return held;
  }

  /**
   * Says that a delivery that was taken is no longer in flight. Answers whether its lane is about to run dry.
   *
   * @param tookMs How long its request took; null where none was made.
   * @param hung Whether that was so long that more of them would keep others waiting.
   */
  finish(webhookId: string, tookMs: number | null, hung = false): { readonly wantsMore: boolean } {
    const lane = this.#laneOf(webhookId);
    lane.inFlight -= 1;
    this.#inFlight -= 1;
    if (lane.hung) this.#hungInFlight -= 1;
    if (hung !== lane.hung) this.#judge(lane, hung);
    if (tookMs !== null) lane.tookMs += (tookMs - lane.tookMs) * WEIGHT_OF_LAST;
    for (const parked of this.#parked.splice(0)) this.#ready.push(parked);
    this.#queue(lane);
    const wantsMore = lane.backlog && lane.claimed.length <= this.concurrencyPerWebhook / 2;
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
    const lanes = [...this.#lanes.values()];
    const held = lanes.flatMap((lane) => {
      const published = lane.published.drain();
      for (const { delivery } of published) this.#keep(lane, -sizeOf(delivery.body));
      return [...lane.claimed.drain(), ...published];
    });
    for (const lane of [...this.#ready.drain(), ...this.#parked.splice(0)]) lane.ready = false;
    this.#claimed = 0;
    this.#published = 0;
    for (const lane of lanes) this.#sweep(lane);
    return held;
  }

  #laneOf(webhookId: string): Lane {
    let lane = this.#lanes.get(webhookId);
    if (lane === undefined) {
      lane = {
        webhookId,
        claimed: new Fifo(),
        published: new Fifo(),
        reserved: 0,
        kept: 0,
        inFlight: 0,
        backlog: false,
        ready: false,
        hung: this.#hung.has(webhookId),
        tookMs: UNKNOWN_MS,
      };
      this.#lanes.set(webhookId, lane);
    }
    return lane;
  }

  #hasRoom(lane: Lane, size: number): boolean {
    if (lane.kept + size > (MAX_KEPT - this.#kept) * SHARE_OF_FREE) return false;
    const count = lane.reserved + lane.published.length;
    if (count < this.concurrencyPerWebhook * LEAST_AHEAD) return true;
    return !lane.hung && count * lane.tookMs < this.concurrencyPerWebhook * AHEAD_MS;
  }

  #keep(lane: Lane, size: number): void {
    lane.kept += size;
    this.#kept += size;
  }

  /** Of what was claimed and what was published here the older: a retry before what is new, and what is new in its order. */
  #takeOf(lane: Lane): HeldDelivery | undefined {
    const claimed = lane.claimed.peek();
    const published = lane.published.peek();
    if (published === undefined || (claimed !== undefined && claimed.delivery.id < published.delivery.id)) {
      if (claimed !== undefined) this.#claimed -= 1;
      return lane.claimed.shift();
    }
    this.#published -= 1;
    this.#keep(lane, -sizeOf(published.delivery.body));
    return lane.published.shift();
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
    if (lane.ready || waitingOf(lane) === 0 || lane.inFlight >= this.concurrencyPerWebhook) return;
    lane.ready = true;
    this.#ready.push(lane);
  }

  /** Forgets an empty lane, so that the map holds only webhooks that are being worked for. */
  #sweep(lane: Lane): void {
    if (waitingOf(lane) + lane.reserved + lane.inFlight === 0 && !lane.backlog) this.#lanes.delete(lane.webhookId);
  }
}

function waitingOf({ claimed, published }: Lane): number {
  return claimed.length + published.length;
}

function sizeOf(body: string): number {
  return body.length + KEPT_PER_DELIVERY;
}
