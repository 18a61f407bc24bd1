/** Deliveries remembered at a time, far more than a process holds. What falls out is asked for in every partition. */
const MAX_REMEMBERED = 100_000;

/**
 * In which partition the deliveries are that this process took or wrote as its own: a settlement names the delivery and
 * not the account. A store of one partition has nothing to remember.
 */
export class Whereabouts {
  readonly #partitions = new Map<string, number>();

  constructor(private readonly count: number) {}

  /** Null where it is not known. */
  of(deliveryId: string): number | null {
    return this.count === 1 ? 0 : (this.#partitions.get(deliveryId) ?? null);
  }

  remember(deliveryId: string, partition: number): void {
    if (this.count === 1) return;
    this.#partitions.set(deliveryId, partition);
    if (this.#partitions.size <= MAX_REMEMBERED) return;
    const [oldest = ""] = this.#partitions.keys();
    this.#partitions.delete(oldest);
  }

  forget(deliveryId: string): void {
    this.#partitions.delete(deliveryId);
  }
}
