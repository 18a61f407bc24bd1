import type { DeliveryRow } from "../../ports/delivery-log.js";
import type {
  AttemptRecord,
  ClaimedDelivery,
  ClaimRequest,
  ClaimResult,
  EnqueueResult,
  Lease,
  NewEvent,
  NextState,
  Settlement,
} from "../../ports/delivery-queue.js";
import type { SenderStore } from "../../ports/sender-store.js";
import type { WebhookRecord } from "../../ports/webhook-registry.js";
import type { StoreCaseContext } from "./store-case.js";

/** The account that cases publish for. */
export const ACCOUNT = "account-1";

/** How long the lives last that a case begins, in milliseconds. */
export const LEASE_MS = 15_000;

const SECRET = "whsec_sealed";

/** A webhook as a sender would register it. */
export function webhookRecord(id: string, changes: Partial<WebhookRecord> = {}): WebhookRecord {
  return {
    accountId: ACCOUNT,
    id,
    url: "https://example.com/hook",
    events: ["order.*"],
    filters: null,
    secret: SECRET,
    previousSecret: null,
    active: true,
    activeSince: 0,
    disabledReason: null,
    description: null,
    headers: {},
    debugUntil: null,
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
    ...changes,
  };
}

/** An attempt that got a 200, unless `changes` says otherwise. */
export function attempt(number: number, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return { number, sentAt: 0, responseCode: 200, responseTimeMs: 12.5, error: null, debug: null, ...changes };
}

/** What came of a delivery under the lease it was claimed with. */
export function settlement(
  deliveryId: string,
  lease: Lease,
  next: NextState,
  record: AttemptRecord | null = attempt(1),
): Settlement {
  return { deliveryId, lease, attempt: record, next };
}

/** A sender's view of a store, with the bookkeeping that every case would repeat. */
export class Scene {
  #deliveries = 0;
  #tokens = 0;
  /** What this scene knows of each account's version, as a sender does. */
  readonly #versions = new Map<string, number>();

  constructor(
    readonly store: SenderStore,
    private readonly now: () => number,
  ) {}

  /** A scene whose webhooks are registered and whose workers have joined. */
  static async begin(
    { store, now }: StoreCaseContext,
    webhookIds: readonly string[],
    ...owners: string[]
  ): Promise<Scene> {
    const scene = new Scene(store, now);
    for (const id of webhookIds) await scene.register(webhookRecord(id));
    for (const owner of owners) await scene.join(owner);
    return scene;
  }

  async register(record: WebhookRecord): Promise<void> {
    await this.store.webhooks.insert(record, 1_000);
    await this.refresh(record.accountId);
  }

  /** Reads the version of an account's webhooks anew. */
  async refresh(accountId = ACCOUNT): Promise<number> {
    const [snapshot] = await this.store.webhooks.read([{ accountId, version: null }]);
    const version = snapshot?.version ?? 0;
    this.#versions.set(accountId, version);
    return version;
  }

  async join(owner: string): Promise<void> {
    await this.store.queue.join({ owner, leaseMs: LEASE_MS });
  }

  /** A lease of `owner` that no one has used before. */
  lease(owner: string): Lease {
    return { owner, token: (this.#tokens += 1) };
  }

  /** An event for the webhooks named; ids of deliveries grow with every one made. */
  event(id: string, webhookIds: readonly string[], changes: Partial<NewEvent> & { readonly leased?: boolean } = {}) {
    const { leased = false, ...rest } = changes;
    const accountId = rest.accountId ?? ACCOUNT;
    const event: NewEvent = {
      accountId,
      id,
      type: "order.created",
      createdAt: this.now(),
      body: JSON.stringify({ id }),
      attributes: null,
      unmatched: null,
      registryVersion: this.#versions.get(accountId) ?? 0,
      deliveries: webhookIds.map((webhookId) => ({ id: this.#deliveryId(), webhookId, leased })),
      ...rest,
    };
    return event;
  }

  /** Publishes one event, due at once, and answers the ids of its deliveries. */
  async publish(id: string, webhookIds: readonly string[], changes: Partial<NewEvent> = {}): Promise<string[]> {
    const event = this.event(id, webhookIds, changes);
    await this.store.queue.enqueue([event]);
    return event.deliveries.map((delivery) => delivery.id);
  }

  async enqueueOne(event: NewEvent, lease?: Lease): Promise<EnqueueResult | undefined> {
    const [result] = await this.store.queue.enqueue([event], lease === undefined ? {} : { lease });
    return result;
  }

  /** Claims for `owner` under a fresh lease. */
  claim(owner: string, request: Partial<ClaimRequest> = {}): Promise<ClaimResult> {
    const lease = this.lease(owner);
    return this.store.queue.claim({ lease, limit: 100, perWebhook: 100, capacity: new Map(), ...request });
  }

  /** Claims, and answers what was taken with the lease it is held under. */
  async take(owner: string, request: Partial<ClaimRequest> = {}): Promise<{ lease: Lease; taken: ClaimedDelivery[] }> {
    const lease = this.lease(owner);
    const { deliveries } = await this.claim(owner, { lease, ...request });
    return { lease, taken: [...deliveries] };
  }

  /** The log row of a delivery. */
  async row(deliveryId: string, accountId = ACCOUNT): Promise<DeliveryRow | undefined> {
    const { deliveries } = await this.store.log.list({ accountId, limit: 1_000 });
    return deliveries.find(({ id }) => id === deliveryId);
  }

  #deliveryId(): string {
    return `delivery_${String((this.#deliveries += 1)).padStart(6, "0")}`;
  }
}

/** Ids of what was taken, in the order in which it was. */
export function idsOf(deliveries: readonly { readonly id: string }[]): string[] {
  return deliveries.map(({ id }) => id);
}

/** Another handle on the same data, or the only one there is. */
export async function anotherStore({ store, another }: StoreCaseContext): Promise<SenderStore> {
  return (await another?.()) ?? store;
}
