import type { Keyspace } from "./keyspace.js";

/** A partition and the entry of its index to go on behind, empty where it begins. */
export interface PageCursor {
  readonly partition: number;
  readonly after: string;
}

/** What {@link nextCursor} wrote; null is the beginning. */
export function parseCursor(cursor: string | null): PageCursor {
  const space = cursor?.indexOf(" ") ?? -1;
  if (cursor === null || space === -1) return { partition: 0, after: "" };
  return { partition: Number(cursor.slice(0, space)), after: cursor.slice(space + 1) };
}

/** Where a walk over all partitions goes on: behind `last`, or in the next partition where that is empty. */
export function nextCursor({ count }: Keyspace, partition: number, last: string): string | null {
  if (last !== "") return `${partition} ${last}`;
  return partition + 1 < count ? `${partition + 1} ` : null;
}
