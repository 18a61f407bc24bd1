import type { EnqueueResult, KnownEvent, Lease, NewEvent } from "../../ports/delivery-queue.js";
import { column } from "./columns.js";
import type { AsRead, PostgresValue } from "./database.js";
import { ENQUEUE, GET_KNOWN_EVENTS } from "./delivery-queue-sql.js";
import { fromStored, fromStoredOrNull, toStored, toStoredOrNull } from "./text.js";

/** Sends a statement; on the store's own connections, or in a transaction of the host's. */
export type Send = <Row>(sql: string, values: readonly PostgresValue[]) => Promise<AsRead<Row>[]>;

/** What came of a batch, and whether anything of it is due for whoever claims it. */
export interface Enqueued {
  readonly results: readonly EnqueueResult[];
  readonly due: boolean;
}

interface KnownRow {
  readonly position: number;
  readonly type: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly unmatched: string | null;
  readonly deliveryId: string | null;
  readonly webhookId: string | null;
}

/** Stores events with their deliveries, each whole or not at all. */
export async function enqueue(
  send: Send,
  now: number | null,
  events: readonly NewEvent[],
  lease: Lease | null,
): Promise<Enqueued> {
  const fresh = firstOfEachId(events);
  const [answer] = await send<{ stored: string; due: boolean }>(ENQUEUE, enqueueValues(now, fresh, lease));
  const positions = new Set(positionsIn(answer?.stored));
  const stored = new Set(fresh.filter((_, index) => positions.has(index + 1)));
  const others = events.filter((event) => !stored.has(event));
  const known = await readKnown(send, others);
  const results = events.map((event): EnqueueResult => {
    if (stored.has(event)) return { kind: "stored" };
    const present = known.get(event);
    return present === undefined ? { kind: "registry_changed" } : { kind: "known", event: present };
  });
  return { results, due: answer?.due === true };
}

/** Places in a batch, as a statement answers them: one text costs less than a row each. */
export function positionsIn(list: string | undefined): number[] {
  return list === undefined || list === "" ? [] : list.split(",").map(Number);
}

/** The second of two with one id is known, once the first is stored. */
function firstOfEachId(events: readonly NewEvent[]): readonly NewEvent[] {
  const ids = new Set<string>();
  return events.filter(({ accountId, id }) => {
    const key = `${accountId.length} ${accountId} ${id}`;
    return ids.size < ids.add(key).size;
  });
}

function enqueueValues(now: number | null, events: readonly NewEvent[], lease: Lease | null): PostgresValue[] {
  const deliveries = events.flatMap(({ deliveries: each }, index) =>
    each.map((delivery) => ({ position: index + 1, delivery })),
  );
  return [
    now,
    lease === null ? null : toStored(lease.owner),
    lease?.token ?? null,
    column(events.map(({ accountId }) => toStored(accountId))),
    column(events.map(({ id }) => toStored(id))),
    column(events.map(({ type }) => toStored(type))),
    column(events.map(({ createdAt }) => createdAt)),
    column(events.map(({ attributes }) => toStoredOrNull(attributes))),
    column(events.map(({ unmatched }) => toStoredOrNull(unmatched))),
    column(events.map(({ body }) => toStored(body))),
    column(events.map(({ registryVersion }) => registryVersion)),
    column(deliveries.map(({ position }) => position)),
    column(deliveries.map(({ delivery }) => toStored(delivery.id))),
    column(deliveries.map(({ delivery }) => toStored(delivery.webhookId))),
    column(deliveries.map(({ delivery }) => delivery.leased)),
    column(events.map(({ trace = null }) => toStoredOrNull(trace))),
  ];
}

async function readKnown(send: Send, events: readonly NewEvent[]): Promise<ReadonlyMap<NewEvent, KnownEvent>> {
  const known = new Map<NewEvent, KnownEvent & { deliveries: { id: string; webhookId: string }[] }>();
  if (events.length === 0) return known;
  const rows = await send<KnownRow>(GET_KNOWN_EVENTS, [
    column(events.map(({ accountId }) => toStored(accountId))),
    column(events.map(({ id }) => toStored(id))),
  ]);
  for (const row of rows) {
    const event = events[Number(row.position) - 1];
    if (event === undefined) continue;
    let present = known.get(event);
    if (present === undefined) known.set(event, (present = knownOf(row)));
    if (row.deliveryId === null || row.webhookId === null) continue;
    present.deliveries.push({ id: fromStored(row.deliveryId), webhookId: fromStored(row.webhookId) });
  }
  return known;
}

function knownOf(row: Omit<KnownRow, "position">) {
  return {
    type: fromStored(row.type),
    body: fromStored(row.body),
    attributes: fromStoredOrNull(row.attributes),
    unmatched: fromStoredOrNull(row.unmatched),
    deliveries: [] as { id: string; webhookId: string }[],
  };
}
