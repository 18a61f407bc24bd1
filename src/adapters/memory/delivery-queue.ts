/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import { WebhookError } from "../../errors.js";
import type {
  CancelledDelivery,
  ClaimedDelivery,
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
import { isSameLease, type Delivery } from "./delivery.js";
import type { MemoryEndpointHealth } from "./endpoint-health.js";
import { knownEvent, type Ledger } from "./ledger.js";
import type { Lanes } from "./lanes.js";
import { Owners } from "./owners.js";
import type { MemoryWebhookRegistry } from "./webhook-registry.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A delivery whose owner died this often in a row backs off. */
const SUSPICIOUS_DEATHS = 3;

/** The queue in memory. Every method does its work before it returns, so that no two calls ever cross. */
export class MemoryDeliveryQueue implements DeliveryQueue {
  readonly #owners = new Owners();

  constructor(
    private readonly ledger: Ledger,
    private readonly lanes: Lanes,
    private readonly webhooks: MemoryWebhookRegistry,
    private readonly health: MemoryEndpointHealth,
    private readonly now: () => number,
  ) {}

  async enqueue(
    events: readonly NewEvent[],
    { lease, transaction }: { readonly lease?: Lease; readonly transaction?: unknown } = {},
  ): Promise<readonly EnqueueResult[]> {
    if (transaction !== undefined) {
      throw new WebhookError(
        "transaction_unsupported",
        "The memory store cannot publish inside a transaction; leave `transaction` out, or use a store on your database.",
      );
    }
    const holder = lease !== undefined && this.#owners.isAlive(lease.owner) ? lease : null;
    const now = this.now();
    return events.map((event) => this.#enqueueOne(event, holder, now));
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    if (!this.#owners.isAlive(request.lease.owner)) return { deliveries: [], nextDueInMs: null };
    const { taken, nextDueInMs } = this.lanes.take(request, this.now());
    for (const delivery of taken) this.#owners.hold(delivery, request.lease);
    return { deliveries: taken.map(claimed), nextDueInMs };
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const now = this.now();
    return settlements.map((settlement) => this.#settleOne(settlement, now));
  }

  async join(life: Life): Promise<void> {
    this.#owners.join(life, this.now());
  }

  async renew({ judgeOthers, ...life }: Life & { readonly judgeOthers: boolean }): Promise<boolean> {
    const now = this.now();
    const renewed = this.#owners.renew(life, now);
    if (judgeOthers) {
      for (const owner of this.#owners.over(now)) this.#bury(owner, now);
    }
    return renewed;
  }

  async giveBack(lease: Lease): Promise<void> {
    for (const delivery of this.#owners.letGoOf(lease)) this.lanes.add(delivery);
  }

  async release(owner: string): Promise<void> {
    for (const delivery of this.#owners.end(owner)) this.lanes.add(delivery);
  }

  async cancel(request: Parameters<DeliveryQueue["cancel"]>[0]): Promise<CancelledDelivery[]> {
    const { accountId, webhookId, deliveryId, limit } = request;
    if (this.ledger.list(accountId, webhookId)[0]?.event.accountId !== accountId) return [];
    const waiting =
      deliveryId === undefined ? this.lanes.drain(webhookId, limit) : this.#takeOut(deliveryId, webhookId);
    return waiting.map((delivery) => {
      delivery.status = "cancelled";
      const { id, event, attempts } = delivery;
      return { id, eventId: event.id, eventType: event.type, attempts };
    });
  }

  async resend({ accountId, deliveries, createdSince }: ResendRequest): Promise<readonly ResendResult[]> {
    const now = this.now();
    return deliveries.map(({ id, resends }): ResendResult => {
      const delivery = this.ledger.deliveries.get(id);
      if (delivery === undefined || delivery.test || delivery.event.accountId !== accountId) return "missing";
      if (delivery.resends > resends) return "resent";
      if (delivery.status === "pending") return "pending";
      if (delivery.event.createdAt < createdSince) return "too_old";
      delivery.status = "pending";
      delivery.dueAt = now;
      delivery.scheduleOffset = delivery.attempts;
      delivery.resends += 1;
      delivery.deaths = 0;
      this.lanes.add(delivery);
      return "resent";
    });
  }

  async depth(): Promise<QueueDepth> {
    const { waiting, dueAt } = this.lanes.depth();
    return { waiting, held: this.#owners.held, dueForMs: Math.max(0, this.now() - dueAt) };
  }

  /** Forgets who holds a delivery, or takes it out of its lane: it is about to be removed. */
  forget(delivery: Delivery): void {
    this.#owners.letGo(delivery);
    this.lanes.discard(delivery);
  }

  #takeOut(deliveryId: string, webhookId: string): Delivery[] {
    const delivery = this.ledger.deliveries.get(deliveryId);
    if (delivery?.webhookId !== webhookId || delivery.heapIndex === -1) return [];
    this.lanes.discard(delivery);
    return [delivery];
  }

  #enqueueOne(newEvent: NewEvent, holder: Lease | null, now: number): EnqueueResult {
    const present = this.ledger.event(newEvent.accountId, newEvent.id);
    if (present !== undefined) return { kind: "known", event: knownEvent(present) };
    if (newEvent.registryVersion !== this.webhooks.version(newEvent.accountId)) return { kind: "registry_changed" };
    const event = this.ledger.addEvent(newEvent, now);
    for (const newDelivery of newEvent.deliveries) {
      const delivery = this.ledger.addDelivery(event, newDelivery, now);
      if (newDelivery.leased && holder !== null) this.#owners.hold(delivery, holder);
      else this.lanes.add(delivery);
    }
    return { kind: "stored" };
  }

  #settleOne({ deliveryId, lease, attempt, next }: Settlement, now: number): SettleResult {
    const delivery = this.ledger.deliveries.get(deliveryId);
    if (delivery === undefined) return "stale";
    const record = delivery.records.find((recorded) => isSameLease(recorded.lease, lease));
    if (record?.decided === true || isSameLease(delivery.settledBy, lease)) return "decided";
    const decided = isSameLease(delivery.heldBy, lease);
    if (attempt !== null && record === undefined) {
      delivery.records = [...delivery.records, { lease, decided, attempt }];
    }
    if (!decided) return "stale";
    this.#owners.letGo(delivery);
    delivery.settledBy = lease;
    delivery.deaths = 0;
    if (attempt !== null) this.#count(delivery, next);
    this.#proceed(delivery, next, now);
    return "decided";
  }

  #count(delivery: Delivery, next: Settlement["next"]): void {
    delivery.attempts += 1;
    if (next.kind === "success") this.health.reset(delivery.webhookId);
    else if (this.webhooks.stateOf(delivery.webhookId) !== "gone") this.health.failed(delivery.webhookId);
  }

  #proceed(delivery: Delivery, next: Settlement["next"], now: number): void {
    if (next.kind === "retry" || next.kind === "release") {
      const keepsItsPlace = next.kind === "release" && next.delayMs === 0;
      if (!keepsItsPlace) delivery.dueAt = now + next.delayMs;
      this.lanes.add(delivery);
    } else {
      delivery.status = next.kind;
    }
  }

  #bury(owner: string, now: number): void {
    for (const delivery of this.#owners.end(owner)) {
      delivery.deaths += 1;
      const excess = delivery.deaths - SUSPICIOUS_DEATHS;
      if (excess >= 0) delivery.dueAt = Math.max(delivery.dueAt, now + Math.min(MINUTE * 2 ** excess, HOUR));
      this.lanes.add(delivery);
    }
  }
}

function claimed({ id, webhookId, event, storedAt, attempts, scheduleOffset }: Delivery): ClaimedDelivery {
  return {
    id,
    accountId: event.accountId,
    webhookId,
    eventId: event.id,
    eventType: event.type,
    eventCreatedAt: event.createdAt,
    body: event.body,
    trace: event.trace,
    storedAt,
    attempts,
    scheduleOffset,
  };
}
