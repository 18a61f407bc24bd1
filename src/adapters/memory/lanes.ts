import type { ClaimRequest } from "../../ports/delivery-queue.js";
import type { Delivery } from "./delivery.js";
import { Heap, type HeapItem } from "./heap.js";

/** The deliveries of one webhook that nobody holds. It lies among the heads while it is active and has any. */
interface Lane extends HeapItem {
  active: boolean;
  readonly webhookId: string;
  readonly waiting: Heap<Delivery>;
  /** When it is next worth asking: the first delivery's instant, or when the lane was last served if that is later. */
  headAt: number;
  /** How many claims took from it: of lanes due since the same instant the one less served comes first. */
  served: number;
}

/** A lane during one claim, and how many more of it may be taken. */
interface Turn {
  readonly lane: Lane;
  room: number;
}

/** What a claim may take, by lanes, so that it never touches deliveries that it may not. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #heads = new Heap<Lane>((a, b) => a.headAt < b.headAt || (a.headAt === b.headAt && a.served < b.served));

  /** Parks the lane of a webhook, or lets it go on. */
  setActive(webhookId: string, active: boolean): void {
    const lane = this.#lane(webhookId);
    if (lane.active === active) return;
    lane.active = active;
    if (active) this.#enlist(lane, Number.NEGATIVE_INFINITY);
    else this.#heads.remove(lane);
  }

  /** Lets a pending delivery that nobody holds wait for a claim. */
  add(delivery: Delivery): void {
    const lane = this.#lane(delivery.webhookId);
    lane.waiting.push(delivery);
    if (!lane.active) return;
    if (lane.heapIndex === -1) {
      this.#enlist(lane, Number.NEGATIVE_INFINITY);
    } else if (delivery.dueAt < lane.headAt) {
      lane.headAt = delivery.dueAt;
      this.#heads.moved(lane);
    }
  }

  /** Takes up to `limit` waiting deliveries of a webhook out, the longest due first. */
  drain(webhookId: string, limit: number): Delivery[] {
    const lane = this.#lane(webhookId);
    const drained: Delivery[] = [];
    for (let next = lane.waiting.peek(); next !== undefined && drained.length < limit; next = lane.waiting.peek()) {
      lane.waiting.remove(next);
      drained.push(next);
    }
    this.#heads.remove(lane);
    if (lane.active) this.#enlist(lane, Number.NEGATIVE_INFINITY);
    return drained;
  }

  /** Takes a delivery out that is not to be sent any more; does nothing where it does not wait. */
  discard(delivery: Delivery): void {
    if (delivery.heapIndex === -1) return;
    const lane = this.#lane(delivery.webhookId);
    lane.waiting.remove(delivery);
    this.#heads.remove(lane);
    if (lane.active) this.#enlist(lane, Number.NEGATIVE_INFINITY);
  }

  /** How many deliveries wait, and when the first of an active lane was due; Infinity where there is none. */
  depth(): { readonly waiting: number; readonly dueAt: number } {
    let waiting = 0;
    let dueAt = Infinity;
    for (const lane of this.#lanes.values()) {
      waiting += lane.waiting.size;
      if (lane.active) dueAt = Math.min(dueAt, lane.waiting.peek()?.dueAt ?? Infinity);
    }
    return { waiting, dueAt };
  }

  /** Takes due deliveries out, some of every lane before more of one. */
  take(request: ClaimRequest, now: number): { readonly taken: Delivery[]; readonly nextDueInMs: number | null } {
    const turns: Turn[] = [];
    const skipped: Lane[] = [];
    for (let lane = this.#heads.peek(); lane !== undefined && lane.headAt <= now; lane = this.#heads.peek()) {
      if (turns.length === request.limit) break;
      const room = roomOf(request, lane);
      this.#heads.remove(lane);
      if (room > 0) turns.push({ lane, room });
      else skipped.push(lane);
    }
    const taken = takeInTurns(turns, request.limit, now);
    for (const { lane } of turns) {
      lane.served += 1;
      this.#enlist(lane, now);
    }
    const nextAt = this.#nextHeadAt(request, skipped);
    for (const lane of skipped) this.#heads.push(lane);
    return { taken, nextDueInMs: nextAt === null ? null : Math.max(0, nextAt - now) };
  }

  /** The first head of a lane that may be taken from; those before it are moved to `skipped`. */
  #nextHeadAt(request: ClaimRequest, skipped: Lane[]): number | null {
    for (let lane = this.#heads.peek(); lane !== undefined; lane = this.#heads.peek()) {
      if (roomOf(request, lane) > 0) return lane.headAt;
      this.#heads.remove(lane);
      skipped.push(lane);
    }
    return null;
  }

  /** Puts a lane among the heads, no earlier than `from`: one that was served now goes behind those that wait. */
  #enlist(lane: Lane, from: number): void {
    const first = lane.waiting.peek();
    if (first === undefined) return;
    lane.headAt = Math.max(first.dueAt, from);
    this.#heads.push(lane);
  }

  #lane(webhookId: string): Lane {
    let lane = this.#lanes.get(webhookId);
    if (lane === undefined) {
      const waiting = new Heap<Delivery>((a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order));
      lane = { webhookId, active: false, waiting, headAt: 0, served: 0, heapIndex: -1 };
      this.#lanes.set(webhookId, lane);
    }
    return lane;
  }
}

function takeInTurns(due: readonly Turn[], limit: number, now: number): Delivery[] {
  const taken: Delivery[] = [];
  let turns = due;
  while (turns.length > 0 && taken.length < limit) {
    turns = turns.filter((turn) => {
      const delivery = turn.lane.waiting.peek();
      if (delivery === undefined || delivery.dueAt > now || turn.room === 0 || taken.length === limit) return false;
      turn.lane.waiting.remove(delivery);
      turn.room -= 1;
      taken.push(delivery);
      return true;
    });
  }
  return taken;
}

function roomOf({ capacity, perWebhook }: ClaimRequest, { webhookId }: Lane): number {
  return Math.min(perWebhook, capacity.get(webhookId) ?? perWebhook);
}
