import type { ClaimedDelivery, Lease, NewEvent, SenderStore } from "@auraconnect/webhooks/sender";

const ACCOUNTS_WEBHOOKS = 100;
const EVENTS_PER_CALL = 500;
const LEASE_MS = 3_600_000;
const BODY = JSON.stringify({ id: "", data: { object: { note: "x".repeat(520) } } });

/** Due deliveries in a store, and one worker that takes them; below the sender, by the port alone. */
export class Backlog {
  #events = 0;
  #tokens = 0;
  readonly #versions = new Map<string, number>();

  private constructor(
    private readonly store: SenderStore,
    /** Which account has which webhook. */
    private readonly accounts: ReadonlyMap<string, string>,
  ) {}

  /** Registers webhooks, a hundred for each account, and lets the worker join. */
  static async begin(store: SenderStore, webhookIds: readonly string[]): Promise<Backlog> {
    const accounts = new Map(
      webhookIds.map((id, index) => [id, `account-${Math.floor(index / ACCOUNTS_WEBHOOKS)}`] as const),
    );
    const backlog = new Backlog(store, accounts);
    for (const [id, accountId] of accounts) await store.webhooks.insert(webhook(accountId, id), ACCOUNTS_WEBHOOKS);
    const known = [...new Set(accounts.values())].map((accountId) => ({ accountId, version: null }));
    for (const { accountId, version } of await store.webhooks.read(known)) backlog.#versions.set(accountId, version);
    await store.queue.join({ owner: "worker", leaseMs: LEASE_MS });
    return backlog;
  }

  /** Publishes events of one delivery each, to the webhooks in turn. */
  async publish(webhookIds: readonly string[], count: number): Promise<void> {
    for (let done = 0; done < count; done += EVENTS_PER_CALL) {
      const size = Math.min(EVENTS_PER_CALL, count - done);
      const events = Array.from({ length: size }, (_, index) =>
        this.#event(webhookIds[(done + index) % webhookIds.length] ?? ""),
      );
      const results = await this.store.queue.enqueue(events);
      if (results.some(({ kind }) => kind !== "stored")) throw new Error("An event was not stored.");
    }
  }

  async claim(
    limit: number,
    capacity: ReadonlyMap<string, number>,
  ): Promise<{ readonly lease: Lease; readonly taken: readonly ClaimedDelivery[]; readonly tookMs: number }> {
    const lease = { owner: "worker", token: (this.#tokens += 1) };
    const startedAt = performance.now();
    const { deliveries } = await this.store.queue.claim({ lease, limit, perWebhook: limit, capacity });
    return { lease, taken: deliveries, tookMs: performance.now() - startedAt };
  }

  /** Records each as delivered. Answers how many milliseconds that took. */
  async settle(deliveries: readonly ClaimedDelivery[], lease: Lease): Promise<number> {
    const attempt = { number: 1, sentAt: 0, responseCode: 200, responseTimeMs: 1, error: null, debug: null };
    const settlements = deliveries.map(({ id }) => ({
      ...{ deliveryId: id, lease, attempt },
      next: { kind: "success" } as const,
    }));
    const startedAt = performance.now();
    const results = await this.store.queue.settle(settlements);
    if (results.some((result) => result !== "decided")) throw new Error("A settlement decided nothing.");
    return performance.now() - startedAt;
  }

  #event(webhookId: string): NewEvent {
    const accountId = this.accounts.get(webhookId) ?? "";
    const number = String((this.#events += 1)).padStart(12, "0");
    return {
      ...{ accountId, id: `evt_${number}`, type: "order.created", createdAt: 0, body: BODY },
      ...{ attributes: null, unmatched: null, registryVersion: this.#versions.get(accountId) ?? 0 },
      deliveries: [{ id: `delivery_${number}`, webhookId, leased: false }],
    };
  }
}

function webhook(accountId: string, id: string): Parameters<SenderStore["webhooks"]["insert"]>[0] {
  return {
    ...{ accountId, id, url: "https://example.com/", events: ["*"], filters: null },
    ...{ secret: "plain:a-secret-of-the-bench", previousSecret: null, active: true, activeSince: 0 },
    ...{ disabledReason: null, description: null, headers: {}, debugUntil: null },
    ...{ createdAt: 0, updatedAt: 0, revision: 1 },
  };
}
