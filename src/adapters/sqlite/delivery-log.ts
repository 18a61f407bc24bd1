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
import type { SqliteConnection } from "./connection.js";
import type { SqliteValue, Statements } from "./database.js";
import {
  COUNT_DELIVERIES,
  GET_EVENT,
  GET_LAST_ATTEMPT,
  GET_STORED_AT,
  HAS_MORE_DELIVERIES,
  INSERT_TEST,
  LIST_ATTEMPTS,
  LIST_BY_ACCOUNT,
  LIST_BY_EVENT,
  LIST_BY_WEBHOOK,
} from "./delivery-log-sql.js";
import { INSERT_ATTEMPT, INSERT_EVENT } from "./delivery-queue-sql.js";
import { fromStored, fromStoredOrNull, toStored, toStoredOrNull } from "./text.js";

/** A delivery as the list statements answer it; texts are in their stored form. */
type ListedRow = Omit<DeliveryRow, "lastAttempt" | "nextAttemptAt" | "test"> & {
  readonly dueAt: number;
  readonly test: number;
};

interface CountedRow {
  readonly status: DeliveryStatus;
  readonly count: number;
  readonly attempts: number;
}

/** Where a page begins: rows stored before `before`, and those of that very instant whose id is less than `after`. */
interface Position {
  readonly before: number;
  readonly after: string;
}

/** The log in SQLite; each kind of list walks an index of its own, newest first. */
export class SqliteDeliveryLog implements DeliveryLog {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async list(query: DeliveryQuery): Promise<DeliveryPage> {
    return this.connection().read((statements) => list(statements, query));
  }

  async attempts(deliveryId: string): Promise<readonly AttemptRecord[]> {
    return this.connection().read((statements) =>
      statements.all<AttemptRecord>(LIST_ATTEMPTS, toStored(deliveryId)).map(attemptOf),
    );
  }

  async event({ accountId, eventId }: Parameters<DeliveryLog["event"]>[0]): Promise<EventRow | null> {
    return this.connection().read((statements) => {
      const row = statements.get<EventRow>(GET_EVENT, toStored(accountId), toStored(eventId));
      if (row === undefined) return null;
      const { id, type, body, attributes } = row;
      return {
        ...row,
        id: fromStored(id),
        type: fromStored(type),
        body: fromStored(body),
        attributes: fromStoredOrNull(attributes),
      };
    });
  }

  async count(query: Parameters<DeliveryLog["count"]>[0]): Promise<DeliveryCounts> {
    return this.connection().read((statements) => count(statements, query));
  }

  async recordTest(test: TestDelivery): Promise<void> {
    await this.connection().write((statements) => {
      recordTest(statements, this.now(), test);
    });
  }
}

function count(statements: Statements, query: Parameters<DeliveryLog["count"]>[0]): DeliveryCounts {
  const parameters = { ...query, accountId: toStored(query.accountId), webhookId: toStored(query.webhookId) };
  const deliveries = { pending: 0, success: 0, failed: 0, expired: 0, cancelled: 0 };
  let attempts = 0;
  for (const row of statements.allNamed<CountedRow>(COUNT_DELIVERIES, parameters)) {
    deliveries[row.status] = row.count;
    attempts += row.attempts;
  }
  return { deliveries, attempts, complete: statements.allNamed(HAS_MORE_DELIVERIES, parameters).length === 0 };
}

function recordTest(statements: Statements, now: number, test: TestDelivery): void {
  const { attempt } = test;
  const id = toStored(test.id);
  const accountId = toStored(test.accountId);
  const seq = statements.insert(
    INSERT_EVENT,
    ...[accountId, toStored(test.eventId), toStored(test.eventType), test.createdAt, now, null, null, null],
    toStored(test.body),
  );
  // Its event is there: so is the test.
  if (seq === null) return;
  statements.run(INSERT_TEST, id, accountId, toStored(test.webhookId), seq, test.status, now, now);
  statements.run(
    INSERT_ATTEMPT,
    ...[id, "", 0, 1, attempt.number, attempt.sentAt, attempt.responseCode, attempt.responseTimeMs],
    toStoredOrNull(attempt.error),
    toStoredOrNull(attempt.debug),
  );
}

function list(statements: Statements, query: DeliveryQuery): DeliveryPage {
  const rows = listedRows(statements, query);
  return {
    deliveries: rows.slice(0, query.limit).map((row) => rowOf(statements, row)),
    more: rows.length > query.limit,
  };
}

/** One more than was asked for, where there are more. */
function listedRows(statements: Statements, query: DeliveryQuery): ListedRow[] {
  const { before, after } = positionOf(statements, query);
  const parameters: Record<string, SqliteValue> = {
    accountId: toStored(query.accountId),
    since: query.since ?? Number.MIN_SAFE_INTEGER,
    before,
    after,
    status: query.status ?? null,
    eventType: toStoredOrNull(query.eventType ?? null),
    limit: query.limit + 1,
  };
  const webhookId = toStoredOrNull(query.webhookId ?? null);
  if (query.eventId !== undefined) {
    return statements.allNamed(LIST_BY_EVENT, { ...parameters, webhookId, eventId: toStored(query.eventId) });
  }
  if (webhookId !== null) return statements.allNamed(LIST_BY_WEBHOOK, { ...parameters, webhookId });
  return statements.allNamed(LIST_BY_ACCOUNT, parameters);
}

function positionOf(statements: Statements, { accountId, after, until }: DeliveryQuery): Position {
  const end = until ?? Number.MAX_SAFE_INTEGER;
  if (after === undefined) return { before: end, after: "" };
  const last = statements.get<{ storedAt: number }>(GET_STORED_AT, toStored(after), toStored(accountId));
  if (last === undefined) throw plainError("cursor_invalid");
  return last.storedAt < end ? { before: last.storedAt, after: toStored(after) } : { before: end, after: "" };
}

function rowOf(statements: Statements, { dueAt, test, ...row }: ListedRow): DeliveryRow {
  const attempt = row.attempts === 0 ? undefined : statements.get<AttemptRecord>(GET_LAST_ATTEMPT, row.id);
  return {
    ...row,
    id: fromStored(row.id),
    accountId: fromStored(row.accountId),
    webhookId: fromStored(row.webhookId),
    eventId: fromStored(row.eventId),
    eventType: fromStored(row.eventType),
    lastAttempt: attempt === undefined ? null : attemptOf(attempt),
    nextAttemptAt: row.status === "pending" ? dueAt : null,
    test: test === 1,
  };
}

function attemptOf(row: AttemptRecord): AttemptRecord {
  return { ...row, error: fromStoredOrNull(row.error), debug: fromStoredOrNull(row.debug) };
}
