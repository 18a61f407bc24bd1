import type { EnqueueResult, Lease, NewEvent } from "../../ports/delivery-queue.js";
import { newRecord } from "./delivery-record.js";
import { ENQUEUE } from "./delivery-queue-lua.js";
import { eventValue, parseEventValue } from "./event-value.js";
import type { Keyspace } from "./keyspace.js";
import { eventKey } from "./partitions.js";
import { textsOf } from "./reply.js";
import { toField } from "./text.js";

/** What one script stores at most, so that other clients get their turn: events, deliveries, characters of bodies. */
const MAX_EVENTS = 500;
const MAX_DELIVERIES = 1_000;
const MAX_CHARACTERS = 2 ** 21;

/** Events of one partition that one script stores, in the order in which they were given. */
interface Chunk {
  readonly partition: number;
  readonly events: NewEvent[];
  /** Where each stands among all that were given. */
  readonly places: number[];
  deliveries: number;
  characters: number;
}

/** What became of the events, and whether any delivery is due. */
export interface Enqueued {
  readonly results: readonly EnqueueResult[];
  readonly someDue: boolean;
}

/** Stores events, in one round trip to each partition where they fit. */
export async function enqueue(keyspace: Keyspace, events: readonly NewEvent[], lease?: Lease): Promise<Enqueued> {
  const results = new Array<EnqueueResult>(events.length);
  let someDue = false;
  const chunks = chunksOf(keyspace, events);
  // All have ended before the caller hears of a failure: what it does next must not be overtaken.
  const ended = await Promise.allSettled(
    chunks.map((chunk) => keyspace.run(chunk.partition, ENQUEUE, argumentsOf(keyspace, chunk, lease))),
  );
  for (const [index, end] of ended.entries()) {
    if (end.status === "rejected") throw end.reason;
    const [kinds = "", ...known] = textsOf(end.value);
    const { places } = chunks[index] ?? { places: [] };
    for (const [at, place] of places.entries()) {
      if (kinds[at] === "d") someDue = true;
      results[place] = resultOf(kinds[at], known);
    }
  }
  return { results, someDue };
}

function resultOf(kind: string | undefined, known: string[]): EnqueueResult {
  if (kind === "s" || kind === "d") return { kind: "stored" };
  if (kind !== "k") return { kind: "registry_changed" };
  const { type, body, attributes, unmatched, deliveries } = parseEventValue(known.shift() ?? "");
  return { kind: "known", event: { type, body, attributes, unmatched, deliveries } };
}

function chunksOf(keyspace: Keyspace, events: readonly NewEvent[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const open = new Map<number, Chunk>();
  for (const [place, event] of events.entries()) {
    const partition = keyspace.partitionOf(event.accountId);
    let chunk = open.get(partition);
    if (chunk === undefined || isFull(chunk, event)) {
      chunk = { partition, events: [], places: [], deliveries: 0, characters: 0 };
      open.set(partition, chunk);
      chunks.push(chunk);
    }
    chunk.events.push(event);
    chunk.places.push(place);
    chunk.deliveries += event.deliveries.length;
    chunk.characters += event.body.length;
  }
  return chunks;
}

function isFull({ events, deliveries, characters }: Chunk, event: NewEvent): boolean {
  return (
    events.length === MAX_EVENTS ||
    deliveries + event.deliveries.length > MAX_DELIVERIES ||
    characters + event.body.length > MAX_CHARACTERS
  );
}

function argumentsOf(keyspace: Keyspace, { partition, events }: Chunk, lease: Lease | undefined): string[] {
  const base = keyspace.seenBase(partition);
  const accounts = new Numbered();
  const webhooks = new Numbered();
  const keys = new Set<string>();
  const plan = { accounts: [] as number[], counts: [] as number[], webhooks: [] as number[] };
  const stored: string[] = [];
  const records: string[] = [];
  for (const event of events) {
    const key = `${base}e:${eventKey(event.accountId, event.id)}`;
    keys.add(key);
    stored.push(key, eventValue(event));
    plan.accounts.push(accounts.numberOf(toField(event.accountId), String(event.registryVersion)));
    plan.counts.push(event.deliveries.length);
    for (const { id, webhookId, leased } of event.deliveries) {
      const webhook = webhooks.numberOf(toField(webhookId));
      const holder = leased && lease !== undefined ? lease : null;
      plan.webhooks.push(holder === null ? webhook : -webhook);
      records.push(`${base}d:${toField(id)}`, newRecord(event, webhookId, holder));
    }
  }
  const twice = keys.size < events.length ? 1 : 0;
  const owner = lease === undefined ? ["", ""] : [toField(lease.owner), String(lease.token)];
  const counts = [accounts.count, webhooks.count, twice];
  const numbers = JSON.stringify([...counts, plan.accounts, plan.counts, plan.webhooks]);
  return [...owner, numbers, ...accounts.texts, ...webhooks.texts, ...stored, ...records];
}

/** Gives each different entry of one or more texts a number, from 1 on, so that each is sent once. */
class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  numberOf(...texts: readonly string[]): number {
    const entry = texts.length === 1 ? (texts[0] ?? "") : texts.join("\t");
    let number = this.#numbers.get(entry);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(entry, number);
      this.texts.push(...texts);
    }
    return number;
  }
}
