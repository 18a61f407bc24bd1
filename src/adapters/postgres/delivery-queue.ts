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
import type { PostgresConnection } from "./connection.js";
import { CANCEL_DUE, CANCEL_ONE, GET_DEPTH } from "./delivery-queue-sql.js";
import { enqueue, type Send } from "./enqueue.js";
import { enqueueInTransaction } from "./host-transaction.js";
import { giveBack, join, judge, release, renew } from "./lives.js";
import { resend } from "./resend.js";
import { settle } from "./settle.js";
import { fromStored, toStored } from "./text.js";

/**
 * The queue in PostgreSQL. Locks are taken in one order: an owner's life, accounts, events by account and id, deliveries by
 * id, leases, failures. Claims lock lanes and wait for no lane, so nobody waits for a claim but who switches a webhook.
 */
export class PostgresDeliveryQueue implements DeliveryQueue {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
    /** Says that something became due for others. */
    private readonly notify: () => void,
  ) {}

  async enqueue(
    events: readonly NewEvent[],
    { lease, transaction }: { readonly lease?: Lease; readonly transaction?: unknown } = {},
  ): Promise<readonly EnqueueResult[]> {
    const connection = this.connection();
    if (transaction !== undefined) return enqueueInTransaction(connection, transaction, this.now(), events);
    const send: Send = (sql, values) => connection.allPrepared(sql, values);
    const { results, due } = await enqueue(send, this.now(), events, lease ?? null);
    if (due) this.notify();
    return results;
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    return claim(this.connection(), this.now, request);
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const { results, due } = await settle(this.connection(), this.now, settlements);
    if (due) this.notify();
    return results;
  }

  async join(life: Life): Promise<void> {
    await join(this.connection(), this.now(), life);
  }

  async renew({ judgeOthers, ...life }: Life & { readonly judgeOthers: boolean }): Promise<boolean> {
    const connection = this.connection();
    const renewed = await renew(connection, this.now(), life);
    if (judgeOthers && (await judge(connection, this.now()))) this.notify();
    return renewed;
  }

  async giveBack(lease: Lease): Promise<void> {
    if (await giveBack(this.connection(), this.now(), lease)) this.notify();
  }

  async release(owner: string): Promise<void> {
    if (await release(this.connection(), this.now(), owner)) this.notify();
  }

  async cancel({
    accountId,
    webhookId,
    deliveryId,
    limit,
  }: Parameters<DeliveryQueue["cancel"]>[0]): Promise<readonly CancelledDelivery[]> {
    const [sql, which] = deliveryId === undefined ? [CANCEL_DUE, limit] : [CANCEL_ONE, toStored(deliveryId)];
    const values = [toStored(accountId), toStored(webhookId), which];
    return (await this.connection().all<CancelledDelivery>(sql, values)).map((row) => ({
      id: fromStored(row.id),
      eventId: fromStored(row.eventId),
      eventType: fromStored(row.eventType),
      attempts: Number(row.attempts),
    }));
  }

  async resend(request: ResendRequest): Promise<readonly ResendResult[]> {
    const results = await resend(this.connection(), this.now(), request);
    if (results.includes("resent")) this.notify();
    return results;
  }

  async depth(): Promise<QueueDepth> {
    const [row] = await this.connection().all<QueueDepth>(GET_DEPTH, [this.now()]);
    return { waiting: Number(row?.waiting), held: Number(row?.held), dueForMs: Number(row?.dueForMs) };
  }
}
