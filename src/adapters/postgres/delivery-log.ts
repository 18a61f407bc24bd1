import { plainError } from "../../error-table.js";
import type {
  DeliveryCounts,
  DeliveryLog,
  DeliveryPage,
  DeliveryQuery,
  DeliveryRow,
  DeliveryStatus,
  EventRow,
  TestDelivery,
} from "../../ports/delivery-log.js";
import type { AttemptRecord } from "../../ports/delivery-queue.js";
import type { PostgresConnection } from "./connection.js";
import type { AsRead, PostgresValue } from "./database.js";
import {
  COUNT_DELIVERIES,
  GET_EVENT,
  GET_STORED_AT,
  LIST_ATTEMPTS,
  LIST_BY_ACCOUNT,
  LIST_BY_EVENT,
  LIST_BY_WEBHOOK,
  RECORD_TEST,
} from "./delivery-log-sql.js";
import { fromStored, fromStoredOrNull, toStored, toStoredOrNull } from "./text.js";

/** A delivery as the list statements answer it, its last attempt beside it; texts are in their stored form. */
type ListedRow = AsRead<
  Omit<DeliveryRow, "lastAttempt" | "nextAttemptAt"> & { readonly dueAt: number } & Partly<AttemptRecord>
>;

/** What an outer join answers: null in every column where there is no row. */
type Partly<Row> = { readonly [Column in keyof Row]: Row[Column] | null };

/** How many deliveries are in a state; `hasMore` where one more than is counted is in it. */
interface CountedRow {
  readonly status: DeliveryStatus;
  readonly count: number;
  readonly attempts: number;
  readonly hasMore: boolean;
}

/** Where a page begins: rows stored before `before`, and those of that very instant whose id is less than `after`. */
interface Position {
  readonly before: number;
  readonly after: string;
}

/** The log in PostgreSQL; each kind of list walks an index of its own, newest first. */
export class PostgresDeliveryLog implements DeliveryLog {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async list(query: DeliveryQuery): Promise<DeliveryPage> {
    // One more than was asked for, where there are more.
    const rows = await this.#listedRows(query);
    return { deliveries: rows.slice(0, query.limit).map(rowOf), more: rows.length > query.limit };
  }

  async attempts(deliveryId: string): Promise<readonly AttemptRecord[]> {
    return (await this.connection().all<AttemptRecord>(LIST_ATTEMPTS, [toStored(deliveryId)])).map(attemptOf);
  }

  async event({ accountId, eventId }: Parameters<DeliveryLog["event"]>[0]): Promise<EventRow | null> {
    const [row] = await this.connection().all<EventRow>(GET_EVENT, [toStored(accountId), toStored(eventId)]);
    if (row === undefined) return null;
    return {
      id: fromStored(row.id),
      type: fromStored(row.type),
      createdAt: Number(row.createdAt),
      body: fromStored(row.body),
      attributes: fromStoredOrNull(row.attributes),
      storedAt: Number(row.storedAt),
    };
  }

  async count({ accountId, webhookId, since, limit }: Parameters<DeliveryLog["count"]>[0]): Promise<DeliveryCounts> {
    const values = [toStored(accountId), toStored(webhookId), Math.ceil(since), limit];
    const rows = await this.connection().all<CountedRow>(COUNT_DELIVERIES, values);
    const deliveries = { pending: 0, success: 0, failed: 0, expired: 0, cancelled: 0 };
    for (const row of rows) deliveries[row.status] = Number(row.count);
    return {
      deliveries,
      attempts: rows.reduce((sum, { attempts }) => sum + Number(attempts), 0),
      complete: rows.every(({ hasMore }) => !hasMore),
    };
  }

  async recordTest(test: TestDelivery): Promise<void> {
    const { attempt } = test;
    await this.connection().all(RECORD_TEST, [
      this.now(),
      toStored(test.accountId),
      toStored(test.id),
      toStored(test.webhookId),
      toStored(test.eventId),
      toStored(test.eventType),
      test.createdAt,
      toStored(test.body),
      test.status,
      attempt.number,
      attempt.sentAt,
      attempt.responseCode,
      attempt.responseTimeMs,
      toStoredOrNull(attempt.error),
      toStoredOrNull(attempt.debug),
    ]);
  }

  async #listedRows(query: DeliveryQuery): Promise<ListedRow[]> {
    const { before, after } = await this.#positionOf(query);
    const values: PostgresValue[] = [
      toStored(query.accountId),
      Math.ceil(query.since ?? Number.MIN_SAFE_INTEGER),
      before,
      after,
      query.status ?? null,
      toStoredOrNull(query.eventType ?? null),
      query.limit + 1,
    ];
    const webhookId = toStoredOrNull(query.webhookId ?? null);
    const connection = this.connection();
    if (query.eventId !== undefined) {
      return connection.all(LIST_BY_EVENT, [...values, webhookId, toStored(query.eventId)]);
    }
    return webhookId === null
      ? connection.all(LIST_BY_ACCOUNT, values)
      : connection.all(LIST_BY_WEBHOOK, [...values, webhookId]);
  }

  async #positionOf({ accountId, after, until }: DeliveryQuery): Promise<Position> {
    const end = Math.ceil(until ?? Number.MAX_SAFE_INTEGER);
    if (after === undefined) return { before: end, after: "" };
    const values = [toStored(after), toStored(accountId)];
    const [last] = await this.connection().all<{ storedAt: number }>(GET_STORED_AT, values);
    if (last === undefined) throw plainError("cursor_invalid");
    const storedAt = Number(last.storedAt);
    return storedAt < end ? { before: storedAt, after: toStored(after) } : { before: end, after: "" };
  }
}

function rowOf(row: ListedRow): DeliveryRow {
  return {
    id: fromStored(row.id),
    accountId: fromStored(row.accountId),
    webhookId: fromStored(row.webhookId),
    eventId: fromStored(row.eventId),
    eventType: fromStored(row.eventType),
    status: row.status,
    attempts: Number(row.attempts),
    storedAt: Number(row.storedAt),
    lastAttempt: row.number === null ? null : attemptOf(row),
    nextAttemptAt: row.status === "pending" ? Number(row.dueAt) : null,
    resends: Number(row.resends),
    test: row.test,
  };
}

function attemptOf(row: AsRead<Partly<AttemptRecord>>): AttemptRecord {
  return {
    number: Number(row.number),
    sentAt: Number(row.sentAt),
    responseCode: row.responseCode === null ? null : Number(row.responseCode),
    responseTimeMs: Number(row.responseTimeMs),
    error: fromStoredOrNull(row.error),
    debug: fromStoredOrNull(row.debug),
  };
}
