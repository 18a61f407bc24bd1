import { WebhookError } from "../../errors.js";
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
import { decidedAttempts, parseRecord } from "./delivery-record.js";
import { CANCEL, CANCEL_ONE } from "./delivery-queue-lua.js";
import { depth } from "./depth.js";
import { enqueue } from "./enqueue.js";
import type { OpenStore } from "./open-store.js";
import { giveBack, join, release, renew } from "./lives.js";
import { textsOf } from "./reply.js";
import { resend } from "./resend.js";
import { settle } from "./settle.js";
import { fromStored, toField } from "./text.js";

/** Which deliveries to end. */
type CancelRequest = Parameters<DeliveryQueue["cancel"]>[0];

/** The queue in Redis: one script for each call and partition. */
export class RedisDeliveryQueue implements DeliveryQueue {
  constructor(private readonly store: () => OpenStore) {}

  async enqueue(
    events: readonly NewEvent[],
    { lease, transaction }: { readonly lease?: Lease; readonly transaction?: unknown } = {},
  ): Promise<readonly EnqueueResult[]> {
    if (transaction !== undefined) {
      throw new WebhookError(
        "transaction_unsupported",
        "Redis cannot publish inside a transaction of yours; leave `transaction` out, or use a store on your database.",
      );
    }
    const { keyspace, whereabouts, wakeUp } = this.store();
    const { results, someDue } = await enqueue(keyspace, events, lease);
    if (lease !== undefined) {
      for (const { accountId, deliveries } of events) {
        for (const { id, leased } of deliveries) {
          if (leased) whereabouts.remember(id, keyspace.partitionOf(accountId));
        }
      }
    }
    if (someDue) wakeUp.tell();
    return results;
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { keyspace, whereabouts } = this.store();
    const result = await claim(keyspace, request);
    for (const { id, accountId } of result.deliveries) whereabouts.remember(id, keyspace.partitionOf(accountId));
    return result;
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const { keyspace, whereabouts, wakeUp } = this.store();
    const { results, someDue } = await settle(keyspace, whereabouts, settlements);
    if (someDue) wakeUp.tell();
    return results;
  }

  async join(life: Life): Promise<void> {
    await join(this.store().keyspace, life);
  }

  async renew(life: Life & { readonly judgeOthers: boolean }): Promise<boolean> {
    return renew(this.store().keyspace, life);
  }

  async giveBack(lease: Lease): Promise<void> {
    const { keyspace, wakeUp } = this.store();
    if (await giveBack(keyspace, lease)) wakeUp.tell();
  }

  async release(owner: string): Promise<void> {
    const { keyspace, wakeUp } = this.store();
    await release(keyspace, owner);
    wakeUp.tell();
  }

  async cancel({ accountId, webhookId, deliveryId, limit }: CancelRequest): Promise<readonly CancelledDelivery[]> {
    const { keyspace } = this.store();
    const [script, which] = deliveryId === undefined ? [CANCEL, String(limit)] : [CANCEL_ONE, toField(deliveryId)];
    const args = [toField(accountId), toField(webhookId), which];
    const rows = textsOf(await keyspace.run(keyspace.partitionOf(accountId), script, args));
    const cancelled: CancelledDelivery[] = [];
    for (let index = 0; index < rows.length; index += 2) {
      const record = parseRecord(rows[index + 1] ?? "");
      const { eventId, eventType } = record;
      const attempts = decidedAttempts(record).length;
      cancelled.push({ id: fromStored(rows[index] ?? ""), eventId, eventType, attempts });
    }
    return cancelled;
  }

  async resend(request: ResendRequest): Promise<readonly ResendResult[]> {
    const { keyspace, wakeUp } = this.store();
    const results = await resend(keyspace, request);
    if (results.includes("resent")) wakeUp.tell();
    return results;
  }

  async depth(): Promise<QueueDepth> {
    return depth(this.store().keyspace);
  }
}
