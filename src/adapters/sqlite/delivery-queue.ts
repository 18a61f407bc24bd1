import type {
  CancelledDelivery,
  ClaimRequest,
  ClaimResult,
  DeliveryQueue,
  EnqueueResult,
  Lease,
  Life,
  NewEvent,
  QueueDepth,
  ResendRequest,
  ResendResult,
  Settlement,
  SettleResult,
} from "../../ports/delivery-queue.js";
import { claim } from "./claim.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import {
  CANCEL_DUE,
  CANCEL_ONE,
  COUNT_HELD,
  COUNT_WAITING,
  GET_EVENT_NAME,
  GET_FIRST_DUE,
  RESTORE_HEAD,
} from "./delivery-queue-sql.js";
import { enqueue } from "./enqueue.js";
import { inHostTransaction } from "./host-transaction.js";
import { giveBack, join, release, renew } from "./lives.js";
import { resend } from "./resend.js";
import { settle } from "./settle.js";
import { fromStored, toStored } from "./text.js";

/** Which deliveries to end. */
type CancelRequest = Parameters<DeliveryQueue["cancel"]>[0];

interface CancelledRow {
  /** In its stored form. */
  readonly id: string;
  readonly eventSeq: number;
  readonly attempts: number;
}

/** The queue in SQLite. SQLite has one writer at a time, so the head of every lane is exact, whoever writes. */
export class SqliteDeliveryQueue implements DeliveryQueue {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async enqueue(
    events: readonly NewEvent[],
    { lease, transaction }: { readonly lease?: Lease; readonly transaction?: unknown } = {},
  ): Promise<readonly EnqueueResult[]> {
    if (transaction !== undefined) {
      return inHostTransaction(transaction, (statements) => enqueue(statements, this.now(), events, undefined));
    }
    return this.#write((statements) => enqueue(statements, this.now(), events, lease));
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    return this.#write((statements) => claim(statements, this.now(), request));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.#write((statements) => settle(statements, this.now(), settlements));
  }

  async join(life: Life): Promise<void> {
    await this.#write((statements) => {
      join(statements, this.now(), life);
    });
  }

  async renew(life: Life & { readonly judgeOthers: boolean }): Promise<boolean> {
    return this.#write((statements) => renew(statements, this.now(), life));
  }

  async giveBack(lease: Lease): Promise<void> {
    await this.#write((statements) => {
      giveBack(statements, lease);
    });
  }

  async release(owner: string): Promise<void> {
    await this.#write((statements) => {
      release(statements, owner);
    });
  }

  async cancel(webhook: CancelRequest): Promise<readonly CancelledDelivery[]> {
    return this.#write((statements) => cancel(statements, webhook));
  }

  async resend(request: ResendRequest): Promise<readonly ResendResult[]> {
    return this.#write((statements) => resend(statements, this.now(), request));
  }

  async depth(): Promise<QueueDepth> {
    const now = this.now();
    return this.connection().read((statements) => {
      const { dueAt } = statements.get<{ dueAt: number | null }>(GET_FIRST_DUE) ?? { dueAt: null };
      return {
        waiting: statements.get<{ count: number }>(COUNT_WAITING)?.count ?? 0,
        held: statements.get<{ count: number }>(COUNT_HELD)?.count ?? 0,
        dueForMs: dueAt === null ? 0 : Math.max(0, now - dueAt),
      };
    });
  }

  async #write<Result>(run: (statements: Statements) => Result): Promise<Result> {
    return this.connection().write(run);
  }
}

function cancel(statements: Statements, request: CancelRequest): CancelledDelivery[] {
  const { accountId, webhookId, deliveryId, limit } = request;
  const webhook = [toStored(webhookId), toStored(accountId)];
  const rows =
    deliveryId === undefined
      ? statements.all<CancelledRow>(CANCEL_DUE, ...webhook, limit)
      : statements.all<CancelledRow>(CANCEL_ONE, toStored(deliveryId), ...webhook);
  statements.run(RESTORE_HEAD, toStored(webhookId));
  return rows.flatMap(({ id, eventSeq, attempts }) => {
    const events = statements.all<{ id: string; type: string }>(GET_EVENT_NAME, eventSeq);
    return events.map((event) => ({
      id: fromStored(id),
      eventId: fromStored(event.id),
      eventType: fromStored(event.type),
      attempts,
    }));
  });
}
