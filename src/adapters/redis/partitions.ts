import { toField } from "./text.js";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Which of `count` partitions has all of an account: what a script does together lies in one. FNV-1a over UTF-16 code
 * units; it never changes, since what is stored lies where it says.
 */
export function partitionOf(accountId: string, count: number): number {
  if (count === 1) return 0;
  let hash = FNV_OFFSET;
  for (let index = 0; index < accountId.length; index += 1) {
    hash = Math.imul(hash ^ accountId.charCodeAt(index), FNV_PRIME);
  }
  return (hash >>> 0) % count;
}

/** How the keys of a partition begin. The braces are the tag that puts all of them into one slot of a cluster. */
export function baseKey(prefix: string, partition: number): string {
  return `${prefix}{${partition}}:`;
}

/** The end of an event's key, after the base of its partition and `e:`. */
export function eventKey(accountId: string, eventId: string): string {
  return `${toField(accountId)}\t${toField(eventId)}`;
}
