import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap } from "../../../src/adapters/memory/heap.js";

interface Entry {
  rank: number;
  heapIndex: number;
}

const operation = fc.record({ kind: fc.constantFrom("push", "remove", "move"), rank: fc.nat(50), pick: fc.nat(1_000) });

test("the first of a heap is the least, whatever is pushed, removed and moved", () => {
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const heap = new Heap<Entry>((a, b) => a.rank < b.rank);
      const inside: Entry[] = [];
      for (const { kind, rank, pick } of operations) {
        const entry = inside[pick % Math.max(inside.length, 1)];
        if (kind === "push" || entry === undefined) {
          const added = { rank, heapIndex: -1 };
          inside.push(added);
          heap.push(added);
        } else if (kind === "remove") {
          inside.splice(inside.indexOf(entry), 1);
          heap.remove(entry);
        } else {
          entry.rank = rank;
          heap.moved(entry);
        }
        expect(heap.size).toBe(inside.length);
        expect(heap.peek()?.rank).toBe(inside.length === 0 ? undefined : Math.min(...inside.map((one) => one.rank)));
      }
    }),
  );
});
