import { plainError } from "../../error-table.js";
import type {
  DeliveryCounts,
  DeliveryLog,
  DeliveryPage,
  DeliveryQuery,
  DeliveryRow,
  EventRow,
  TestDelivery,
} from "../../ports/delivery-log.js";
import type { AttemptRecord } from "../../ports/delivery-queue.js";
import { countDeliveries } from "./delivery-count.js";
import {
  GET_EVENT,
  GET_RECORD,
  LIST_BY_ACCOUNT,
  LIST_BY_EVENT,
  LIST_BY_WEBHOOK,
  RECORD_TEST,
} from "./delivery-log-lua.js";
import { decidedAttempts, parseRecord, testRecord } from "./delivery-record.js";
import { eventValue, parseEventValue } from "./event-value.js";
import type { Keyspace } from "./keyspace.js";
import type { OpenStore } from "./open-store.js";
import { eventKey } from "./partitions.js";
import { textOf, textsOf } from "./reply.js";
import { fromStored, toField } from "./text.js";

/** Deliveries or events that one script reads, where a filter may leave few of them: other clients wait meanwhile. */
const MAX_CHUNK = 250;

/** Where a page begins: rows stored before `before`, and those of that very instant whose id is less than `after`. */
interface Position {
  readonly before: number;
  readonly after: string;
}

/** What one script has read, newest first. */
interface Chunk {
  readonly rows: readonly DeliveryRow[];
  /** The instant down to which it has read; null where nothing is older. */
  readonly readTo: number | null;
}

/** The log in Redis: a sorted set for each webhook, one of events for each account, and the event's own list. */
export class RedisDeliveryLog implements DeliveryLog {
  constructor(private readonly store: () => OpenStore) {}

  async list(query: DeliveryQuery): Promise<DeliveryPage> {
    const { keyspace } = this.store();
    const position = await positionOf(keyspace, query);
    const deliveries: DeliveryRow[] = [];
    let newest = position.before === Infinity ? "+inf" : `${position.after === "" ? "(" : ""}${position.before}`;
    let count = Math.min(query.limit + 1, MAX_CHUNK);
    for (let readTo: number | null = Infinity; readTo !== null && deliveries.length <= query.limit;) {
      const chunk = await readChunk(keyspace, query, newest, count);
      for (const row of chunk.rows) if (isWanted(row, query, position)) deliveries.push(row);
      readTo = chunk.readTo;
      newest = `(${readTo}`;
      count = MAX_CHUNK;
    }
    return { deliveries: deliveries.slice(0, query.limit), more: deliveries.length > query.limit };
  }

  /** Every partition is asked: which account has a delivery is not said. */
  async attempts(deliveryId: string): Promise<readonly AttemptRecord[]> {
    const records = (await this.store().keyspace.runInAll(GET_RECORD, [toField(deliveryId)])).map(textOf);
    const record = records.find((text) => text !== "");
    if (record === undefined) return [];
    return parseRecord(record)
      .attempts.map(({ attempt }) => attempt)
      .sort((a, b) => a.number - b.number || a.sentAt - b.sentAt);
  }

  async event({ accountId, eventId }: Parameters<DeliveryLog["event"]>[0]): Promise<EventRow | null> {
    const { keyspace } = this.store();
    const key = eventKey(accountId, eventId);
    const value = textOf(await keyspace.run(keyspace.partitionOf(accountId), GET_EVENT, [key]));
    if (value === "") return null;
    const { type, createdAt, body, attributes, storedAt } = parseEventValue(value);
    return { id: eventId, type, createdAt, body, attributes, storedAt };
  }

  async count(query: Parameters<DeliveryLog["count"]>[0]): Promise<DeliveryCounts> {
    return countDeliveries(this.store().keyspace, query);
  }

  async recordTest(test: TestDelivery): Promise<void> {
    const { keyspace } = this.store();
    const { accountId, id, webhookId, eventId, eventType: type, createdAt, body } = test;
    const deliveries = [{ id, webhookId }];
    const value = eventValue({ type, createdAt, body, attributes: null, unmatched: null, deliveries });
    await keyspace.run(keyspace.partitionOf(accountId), RECORD_TEST, [
      ...[toField(accountId), toField(eventId), value, toField(webhookId), toField(id)],
      ...testRecord(test),
    ]);
  }
}

async function positionOf(keyspace: Keyspace, { accountId, after, until }: DeliveryQuery): Promise<Position> {
  const end = until ?? Infinity;
  if (after === undefined) return { before: end, after: "" };
  const text = textOf(await keyspace.run(keyspace.partitionOf(accountId), GET_RECORD, [toField(after)]));
  const record = text === "" ? null : parseRecord(text);
  if (record?.accountId !== accountId) throw plainError("cursor_invalid");
  return record.storedAt < end ? { before: record.storedAt, after } : { before: end, after: "" };
}

async function readChunk(keyspace: Keyspace, query: DeliveryQuery, newest: string, count: number): Promise<Chunk> {
  const { accountId, webhookId, eventId, since } = query;
  const partition = keyspace.partitionOf(accountId);
  const range = [newest, since === undefined ? "-inf" : String(since), String(count)];
  let reply: unknown;
  if (eventId !== undefined) reply = await keyspace.run(partition, LIST_BY_EVENT, [eventKey(accountId, eventId)]);
  else if (webhookId !== undefined) {
    reply = await keyspace.run(partition, LIST_BY_WEBHOOK, [toField(webhookId), ...range]);
  } else reply = await keyspace.run(partition, LIST_BY_ACCOUNT, [toField(accountId), ...range]);
  const [readTo = "", ...texts] = textsOf(reply);
  const rows: DeliveryRow[] = [];
  for (let index = 0; index < texts.length; index += 2) {
    rows.push(rowOf(texts[index] ?? "", texts[index + 1] ?? ""));
  }
  rows.sort((a, b) => b.storedAt - a.storedAt || (a.id < b.id ? 1 : -1));
  return { rows, readTo: readTo === "" ? null : Number(readTo) };
}

function rowOf(id: string, recordText: string): DeliveryRow {
  const record = parseRecord(recordText);
  const { accountId, webhookId, eventId, eventType, status, storedAt, dueAt, resends, test } = record;
  const decided = decidedAttempts(record);
  return {
    id: fromStored(id),
    ...{ accountId, webhookId, eventId, eventType, status, storedAt, resends, test },
    attempts: decided.length,
    lastAttempt: decided.at(-1) ?? null,
    nextAttemptAt: status === "pending" ? (dueAt ?? storedAt) : null,
  };
}

function isWanted(row: DeliveryRow, query: DeliveryQuery, { before, after }: Position): boolean {
  return (
    row.accountId === query.accountId &&
    (row.storedAt < before || (row.storedAt === before && row.id < after)) &&
    row.storedAt >= (query.since ?? -Infinity) &&
    row.webhookId === (query.webhookId ?? row.webhookId) &&
    row.status === (query.status ?? row.status) &&
    row.eventType === (query.eventType ?? row.eventType)
  );
}
