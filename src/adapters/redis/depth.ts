import type { QueueDepth } from "../../ports/delivery-queue.js";
import { LIST_LANES, MEASURE_LANES } from "./depth-lua.js";
import type { Keyspace } from "./keyspace.js";
import { listOf, numberOf, textsOf } from "./reply.js";

/** Lanes that one script measures: other clients wait meanwhile. */
const CHUNK = 1_000;

/**
 * Measures all lanes there are, chunk by chunk: each lane is counted once, but not all at the same instant where they are
 * many.
 */
export async function depth(keyspace: Keyspace): Promise<QueueDepth> {
  const lists = await keyspace.runInAll(LIST_LANES, []);
  const depths = await Promise.all(lists.map((list, partition) => depthIn(keyspace, partition, list)));
  return {
    waiting: depths.reduce((sum, { waiting }) => sum + waiting, 0),
    held: depths.reduce((sum, { held }) => sum + held, 0),
    dueForMs: Math.max(...depths.map(({ dueForMs }) => dueForMs)),
  };
}

async function depthIn(keyspace: Keyspace, partition: number, list: unknown): Promise<QueueDepth> {
  const [held, heads, parked] = listOf(list);
  // A webhook that was removed and made anew, inactive, may be in both.
  const lanes = [...new Set([...textsOf(heads), ...textsOf(parked)])];
  let waiting = 0;
  let dueForMs = 0;
  for (let from = 0; from < lanes.length; from += CHUNK) {
    const measured = listOf(await keyspace.run(partition, MEASURE_LANES, lanes.slice(from, from + CHUNK)));
    waiting += numberOf(measured[0]);
    dueForMs = Math.max(dueForMs, numberOf(measured[1]));
  }
  return { waiting, held: numberOf(held), dueForMs };
}
