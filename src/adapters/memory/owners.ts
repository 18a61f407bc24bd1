import type { Lease, Life } from "../../ports/delivery-queue.js";
import type { Delivery } from "./delivery.js";

/** Who is alive, until when, and what it holds. */
interface Owner {
  aliveUntil: number;
  readonly held: Set<Delivery>;
}

/** The lives of owners. A delivery is held exactly while it is in the set of the owner that its lease names. */
export class Owners {
  readonly #owners = new Map<string, Owner>();

  /** How many deliveries are held, by all owners together. */
  get held(): number {
    return [...this.#owners.values()].reduce((sum, { held }) => sum + held.size, 0);
  }

  isAlive(owner: string): boolean {
    return this.#owners.has(owner);
  }

  join({ owner, leaseMs }: Life, now: number): void {
    const present = this.#owners.get(owner);
    if (present === undefined) this.#owners.set(owner, { aliveUntil: now + leaseMs, held: new Set() });
    else present.aliveUntil = now + leaseMs;
  }

  renew({ owner, leaseMs }: Life, now: number): boolean {
    const present = this.#owners.get(owner);
    if (present === undefined) return false;
    present.aliveUntil = now + leaseMs;
    return true;
  }

  /** Owners whose life is over and who were not judged yet. */
  over(now: number): string[] {
    return [...this.#owners].filter(([, { aliveUntil }]) => aliveUntil <= now).map(([owner]) => owner);
  }

  /** The lease's owner is alive. */
  hold(delivery: Delivery, lease: Lease): void {
    delivery.heldBy = lease;
    this.#owners.get(lease.owner)?.held.add(delivery);
  }

  letGo(delivery: Delivery): void {
    if (delivery.heldBy === null) return;
    this.#owners.get(delivery.heldBy.owner)?.held.delete(delivery);
    delivery.heldBy = null;
  }

  /** Lets go of what one lease holds, and names it. */
  letGoOf(lease: Lease): Delivery[] {
    const held = [...(this.#owners.get(lease.owner)?.held ?? [])].filter(({ heldBy }) => heldBy?.token === lease.token);
    for (const delivery of held) this.letGo(delivery);
    return held;
  }

  /** Ends a life, and names what it held. */
  end(owner: string): Delivery[] {
    const held = [...(this.#owners.get(owner)?.held ?? [])];
    this.#owners.delete(owner);
    for (const delivery of held) delivery.heldBy = null;
    return held;
  }
}
