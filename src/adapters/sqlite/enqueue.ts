import type { EnqueueResult, KnownEvent, Lease, NewEvent } from "../../ports/delivery-queue.js";
import type { Statements } from "./database.js";
import {
  GET_KNOWN_DELIVERIES,
  GET_KNOWN_EVENT,
  GET_REGISTRY_VERSION,
  INSERT_DELIVERY,
  INSERT_EVENT,
  IS_ALIVE,
} from "./delivery-queue-sql.js";
import { LaneHeads } from "./lane-heads.js";
import { fromStored, fromStoredOrNull, toStored, toStoredOrNull } from "./text.js";

interface KnownEventRow {
  readonly seq: number;
  readonly type: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly unmatched: string | null;
}

/**
 * Stores events with their deliveries, inside a transaction that the caller has begun. An owner that is not alive
 * holds nothing: what was to be leased to it is due instead.
 */
export function enqueue(
  statements: Statements,
  now: number,
  events: readonly NewEvent[],
  lease: Lease | undefined,
): EnqueueResult[] {
  const holder = lease !== undefined && isAlive(statements, lease.owner) ? lease : null;
  const versions = new Map<string, number>();
  const heads = new LaneHeads();
  const results = events.map((event): EnqueueResult => {
    const isCurrent = registryVersion(statements, versions, event.accountId) === event.registryVersion;
    const seq = isCurrent ? insertEvent(statements, now, event) : null;
    if (seq === null) {
      const known = knownEvent(statements, event);
      return known === null ? { kind: "registry_changed" } : { kind: "known", event: known };
    }
    insertDeliveries(statements, now, event, seq, holder, heads);
    return { kind: "stored" };
  });
  heads.write(statements);
  return results;
}

/** Whether an owner has joined and was not judged over. */
export function isAlive(statements: Statements, owner: string): boolean {
  return statements.get(IS_ALIVE, toStored(owner)) !== undefined;
}

function registryVersion(statements: Statements, versions: Map<string, number>, accountId: string): number {
  let version = versions.get(accountId);
  if (version === undefined) {
    version = statements.get<{ version: number }>(GET_REGISTRY_VERSION, toStored(accountId))?.version ?? 0;
    versions.set(accountId, version);
  }
  return version;
}

function insertEvent(statements: Statements, now: number, event: NewEvent): number | null {
  return statements.insert(
    INSERT_EVENT,
    toStored(event.accountId),
    toStored(event.id),
    toStored(event.type),
    event.createdAt,
    now,
    toStoredOrNull(event.attributes),
    toStoredOrNull(event.unmatched),
    toStoredOrNull(event.trace ?? null),
    toStored(event.body),
  );
}

function insertDeliveries(
  statements: Statements,
  now: number,
  event: NewEvent,
  seq: number,
  holder: Lease | null,
  heads: LaneHeads,
): void {
  const accountId = toStored(event.accountId);
  for (const delivery of event.deliveries) {
    const lease = delivery.leased ? holder : null;
    const owner = lease === null ? null : toStored(lease.owner);
    const webhookId = toStored(delivery.webhookId);
    const id = toStored(delivery.id);
    statements.run(INSERT_DELIVERY, id, accountId, webhookId, seq, now, now, owner, lease?.token ?? null);
    if (lease === null) heads.lower(webhookId, now);
  }
}

function knownEvent(statements: Statements, { accountId, id }: NewEvent): KnownEvent | null {
  const row = statements.get<KnownEventRow>(GET_KNOWN_EVENT, toStored(accountId), toStored(id));
  if (row === undefined) return null;
  const deliveries = statements.all<KnownEvent["deliveries"][number]>(GET_KNOWN_DELIVERIES, row.seq);
  return {
    type: fromStored(row.type),
    body: fromStored(row.body),
    attributes: fromStoredOrNull(row.attributes),
    unmatched: fromStoredOrNull(row.unmatched),
    deliveries: deliveries.map((delivery) => ({
      id: fromStored(delivery.id),
      webhookId: fromStored(delivery.webhookId),
    })),
  };
}
