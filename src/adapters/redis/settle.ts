import type { Settlement, SettleResult } from "../../ports/delivery-queue.js";
import { attemptLine, settledState } from "./delivery-record.js";
import { SETTLE } from "./delivery-queue-lua.js";
import type { Keyspace } from "./keyspace.js";
import type { Whereabouts } from "./whereabouts.js";
import { textOf } from "./reply.js";
import { toField } from "./text.js";

/** What one script settles at most, so that other clients get their turn. */
const MAX_SETTLEMENTS = 500;
const MAX_CHARACTERS = 2 ** 21;

/** How a script says in a number what is next. */
const SUCCESS = 0;
const ENDED = 1;
const DUE_LATER = 2;
const DUE_AS_BEFORE = 3;

/** Settlements of one owner that one script carries out; no delivery comes twice. */
interface Chunk {
  /** Null where nobody knows: then all partitions are asked. */
  readonly partition: number | null;
  readonly owner: string;
  readonly settlements: Settlement[];
  /** Where each stands among all that were given. */
  readonly places: number[];
  readonly ids: Set<string>;
  characters: number;
}

/** What became of the settlements, and whether any delivery is due again at once. */
export interface Settled {
  readonly results: readonly SettleResult[];
  readonly someDue: boolean;
}

/** Settles in one round trip to each partition, where nothing comes twice. */
export async function settle(
  keyspace: Keyspace,
  whereabouts: Whereabouts,
  settlements: readonly Settlement[],
): Promise<Settled> {
  const results = new Array<SettleResult>(settlements.length).fill("stale");
  let someDue = false;
  const chunks = chunksOf(whereabouts, settlements);
  const ended = await Promise.allSettled(chunks.map((chunk) => settleChunk(keyspace, chunk)));
  for (const [index, end] of ended.entries()) {
    if (end.status === "rejected") throw end.reason;
    const { settlements: settled, places } = chunks[index] ?? { settlements: [], places: [] };
    for (const [at, place] of places.entries()) {
      if (end.value[at] !== "d") continue;
      results[place] = "decided";
      const next = settled[at]?.next;
      if (next !== undefined && "delayMs" in next && next.delayMs === 0) someDue = true;
    }
  }
  for (const { deliveryId } of settlements) whereabouts.forget(deliveryId);
  return { results, someDue };
}

/** A letter for each settlement, of the one partition that knew the delivery. */
async function settleChunk(keyspace: Keyspace, chunk: Chunk): Promise<readonly string[]> {
  const partitions = chunk.partition === null ? [...Array(keyspace.count).keys()] : [chunk.partition];
  const ended = await Promise.allSettled(
    partitions.map(async (partition) =>
      textOf(await keyspace.run(partition, SETTLE, argumentsOf(keyspace.seenBase(partition), chunk))),
    ),
  );
  const answers = ended.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  return chunk.settlements.map((_, at) => answers.find((answer) => answer[at] !== "m")?.[at] ?? "m");
}

function argumentsOf(base: string, { owner, settlements }: Chunk): string[] {
  const plan = [
    settlements.map(({ lease }) => lease.token),
    settlements.map(kindOf),
    settlements.map(({ next }) => ("delayMs" in next ? Math.ceil(next.delayMs) : 0)),
  ];
  return [
    toField(owner),
    JSON.stringify(plan),
    ...settlements.map(({ deliveryId }) => `${base}d:${toField(deliveryId)}`),
    ...settlements.map(settledState),
    ...settlements.map(attemptLine),
  ];
}

function kindOf({ next }: Settlement): number {
  if (next.kind === "success") return SUCCESS;
  if (next.kind === "release" && next.delayMs === 0) return DUE_AS_BEFORE;
  return "delayMs" in next ? DUE_LATER : ENDED;
}

function chunksOf(whereabouts: Whereabouts, settlements: readonly Settlement[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const open = new Map<string, Chunk>();
  for (const [place, settlement] of settlements.entries()) {
    const { deliveryId, lease } = settlement;
    const partition = whereabouts.of(deliveryId);
    const group = `${partition ?? ""} ${lease.owner}`;
    const line = settlement.attempt;
    const characters = (line?.error?.length ?? 0) + (line?.debug?.length ?? 0);
    let chunk = open.get(group);
    if (chunk === undefined || isFull(chunk, deliveryId, characters)) {
      chunk = { partition, owner: lease.owner, settlements: [], places: [], ids: new Set(), characters: 0 };
      open.set(group, chunk);
      chunks.push(chunk);
    }
    chunk.settlements.push(settlement);
    chunk.places.push(place);
    chunk.ids.add(deliveryId);
    chunk.characters += characters;
  }
  return chunks;
}

function isFull({ settlements, ids, characters }: Chunk, deliveryId: string, more: number): boolean {
  return settlements.length === MAX_SETTLEMENTS || ids.has(deliveryId) || characters + more > MAX_CHARACTERS;
}
