/** What can lie in a {@link Heap}. */
export interface HeapItem {
  /** Where it lies; -1 while it lies in none. Kept by the heap. */
  heapIndex: number;
}

/**
 * A binary heap whose items know their place, so that any of them is moved or taken out in O(log n). An item lies in
 * at most one heap.
 */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = [];

  constructor(private readonly isBefore: (a: Item, b: Item) => boolean) {}

  get size(): number {
    return this.#items.length;
  }

  /** The first item, left where it is. */
  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    this.#put(item, this.#items.length);
    this.#rise(item);
  }

  /** Takes an item out; does nothing where it is out already. */
  remove(item: Item): void {
    const index = item.heapIndex;
    if (index === -1) return;
    const last = this.#items.pop();
    item.heapIndex = -1;
    if (last === undefined || last === item) return;
    this.#put(last, index);
    this.moved(last);
  }

  /** Restores the order after what an item is compared by has changed. */
  moved(item: Item): void {
    this.#rise(item);
    this.#sink(item);
  }

  #rise(item: Item): void {
    while (item.heapIndex > 0) {
      const index = item.heapIndex;
      const parent = this.#items[(index - 1) >> 1];
      if (parent === undefined || !this.isBefore(item, parent)) return;
      this.#put(item, parent.heapIndex);
      this.#put(parent, index);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const index = item.heapIndex;
      const child = this.#firstChild(index);
      if (child === undefined || !this.isBefore(child, item)) return;
      this.#put(item, child.heapIndex);
      this.#put(child, index);
    }
  }

  #firstChild(index: number): Item | undefined {
    const left = this.#items[2 * index + 1];
    const right = this.#items[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return this.isBefore(right, left) ? right : left;
  }

  #put(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
