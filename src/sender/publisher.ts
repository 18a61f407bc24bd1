import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryQueue, EnqueueResult, Lease, NewDelivery, NewEvent } from "../ports/delivery-queue.js";
import type { Dispatcher } from "./dispatcher.js";
import type { DraftEvent } from "./draft-event.js";
import type { IdSource } from "./ids.js";
import { matchWebhooks, type Matches } from "./match-webhooks.js";
import { isSameEvent, publishedBefore, publishedNow, type Published } from "./published.js";
import type { CachedAccount, RegistryCache } from "./registry-cache.js";
import type { SenderEmitter } from "./sender-events.js";
import { isAway } from "./settlements.js";

/** Events written at a time, and rows with their deliveries: a store may do all of a batch at a stretch. */
const MAX_BATCH = 500;
const MAX_ROWS = 1_000;

/** How often an event is matched again because its account's webhooks keep changing. */
const MAX_MATCHES = 20;

/** Pairs of webhook and type remembered, so that a missing attribute is told of once. */
const MAX_TOLD = 10_000;

export interface PublisherContext {
  readonly queue: DeliveryQueue;
  readonly cache: RegistryCache;
  readonly dispatcher: Dispatcher;
  readonly ids: IdSource;
  readonly emitter: SenderEmitter;
  readonly clock: Clock;
  /** Makes the store ready. */
  readonly open: () => Promise<void>;
}

/** An event on its way into the store. */
interface Entry {
  readonly draft: DraftEvent;
  readonly resolve: (published: Published) => void;
  readonly reject: (error: unknown) => void;
}

/** An entry, matched and about to be written. */
interface Candidate {
  readonly entry: Entry;
  readonly matches: Matches;
  readonly event: NewEvent;
}

/**
 * Writes events with their deliveries. What is published while one batch is written goes with the next, so that many
 * callers share one round trip and one commit.
 */
export class Publisher {
  #entries: Entry[] = [];
  #writing = false;
  #batch: Promise<void> = Promise.resolve();
  /**
   * Resolves a turn of the event loop after the last batch: with a store that answers at once, callers that publish in a
   * loop would let nothing else happen in this process.
   */
  #turn: Promise<void> = Promise.resolve();
  readonly #told = new Set<string>();

  constructor(private readonly context: PublisherContext) {}

  /** Resolves when the event is as durable as the store makes it. @throws {@link WebhookError} `event_id_conflict`, `store_unavailable`. */
  publish(draft: DraftEvent): Promise<Published> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ draft, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  /** Writes in a transaction of the caller's. Nothing is sent before it commits, and nothing of it exists if it does not. */
  async publishIn(transaction: unknown, drafts: readonly DraftEvent[]): Promise<readonly Published[]> {
    const entries: Entry[] = [];
    const published = drafts.map(
      (draft) => new Promise<Published>((resolve, reject) => entries.push({ draft, resolve, reject })),
    );
    const settled = Promise.allSettled(published);
    while (entries.length > 0) await this.#write(this.#nextBatch(entries), { transaction });
    // Nothing runs in the caller's transaction any more when it hears that something failed.
    await settled;
    return Promise.all(published);
  }

  /** Resolves when the batch that is being written now is written, or has failed. */
  batchWritten(): Promise<void> {
    return this.#batch;
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    do {
      // Everything published in this turn goes into the first batch.
      await this.#turn;
      this.#batch = this.#write(this.#nextBatch(this.#entries), {});
      await this.#batch;
      this.#turn = new Promise((resolve) => setImmediate(resolve));
    } while (this.#entries.length > 0);
    this.#writing = false;
  }

  /** Takes the first entries out, as many as make a batch by what is known of their accounts' webhooks. */
  #nextBatch(entries: Entry[]): readonly Entry[] {
    let count = 0;
    for (let rows = 0; count < Math.min(entries.length, MAX_BATCH) && rows < MAX_ROWS; count += 1) {
      const accountId = entries[count]?.draft.accountId ?? "";
      rows += 1 + (this.context.cache.peek(accountId)?.webhooks.length ?? 0);
    }
    return entries.splice(0, count);
  }

  /** Settles every entry, whatever happens. */
  async #write(entries: readonly Entry[], options: { readonly transaction?: unknown }): Promise<void> {
    let waiting = entries;
    try {
      await this.context.open();
      for (let round = 1; waiting.length > 0; round++) {
        if (round > MAX_MATCHES)
          throw new WebhookError(
            "store_unavailable",
            "The account's webhooks change faster than an event can be matched; publish it again.",
          );
        if (round > 1) await this.#refresh(waiting);
        waiting = await this.#writeOnce(waiting, options);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  /** Answers the entries that must be matched again. */
  async #writeOnce(entries: readonly Entry[], options: { readonly transaction?: unknown }): Promise<readonly Entry[]> {
    const inTransaction = "transaction" in options;
    const candidates = await this.#matchAll(entries, !inTransaction);
    const lease = candidates.some(({ event }) => event.deliveries.some(({ leased }) => leased))
      ? this.context.dispatcher.nextLease()
      : undefined;
    let results: readonly EnqueueResult[];
    try {
      results = await this.context.queue.enqueue(
        candidates.map(({ event }) => event),
        { ...options, ...(lease === undefined ? {} : { lease }) },
      );
    } catch (error) {
      for (const { event } of candidates) this.#unreserve(event);
      if (lease !== undefined) this.context.dispatcher.lost(lease);
      if (isAway(error) || entries.length === 1) throw error;
      await this.#writeHalves(entries, options);
      return [];
    }
    return candidates
      .filter((candidate, index) => !this.#finish(candidate, results[index], lease, inTransaction))
      .map(({ entry }) => entry);
  }

  /** One event that the store cannot take hurts only itself. */
  async #writeHalves(entries: readonly Entry[], options: { readonly transaction?: unknown }): Promise<void> {
    const middle = entries.length >> 1;
    await this.#write(entries.slice(0, middle), options);
    await this.#write(entries.slice(middle), options);
  }

  /** Reads and matches everything first: a place that is reserved is used or given back, and what comes before may fail. */
  async #matchAll(entries: readonly Entry[], mayLease: boolean): Promise<readonly Candidate[]> {
    const accounts = new Map<string, CachedAccount>();
    const unknown = new Set<string>();
    for (const { draft } of entries) {
      const account = this.context.cache.peek(draft.accountId);
      if (account === undefined) unknown.add(draft.accountId);
      else accounts.set(draft.accountId, account);
    }
    await Promise.all(
      [...unknown].map(async (accountId) => accounts.set(accountId, await this.context.cache.refresh(accountId))),
    );
    const matched = entries.flatMap((entry) => {
      const account = accounts.get(entry.draft.accountId);
      return account === undefined ? [] : { entry, account, matches: matchWebhooks(entry.draft, account) };
    });
    return matched.map(({ entry, account, matches }) => this.#reserve(entry, account, matches, mayLease));
  }

  #reserve(entry: Entry, account: CachedAccount, matches: Matches, mayLease: boolean): Candidate {
    const { dispatcher, ids } = this.context;
    const { draft } = entry;
    const deliveries: readonly NewDelivery[] = matches.webhookIds.map((webhookId) => ({
      id: ids.next("dlv_"),
      webhookId,
      leased: mayLease && dispatcher.reserve(draft.accountId, webhookId, draft.body),
    }));
    const event: NewEvent = {
      accountId: draft.accountId,
      id: draft.id,
      type: draft.type,
      createdAt: draft.createdAt,
      body: draft.body,
      attributes: draft.givenAttributes,
      unmatched: matches.unmatched.length === 0 ? null : JSON.stringify(matches.unmatched),
      trace: draft.trace ?? null,
      registryVersion: account.version,
      deliveries,
    };
    return { entry, matches, event };
  }

  /** Answers false when the entry must be matched again. */
  #finish(
    candidate: Candidate,
    result: EnqueueResult | undefined,
    lease: Lease | undefined,
    inTransaction: boolean,
  ): boolean {
    const { entry, event } = candidate;
    // A repeated call after a lost answer finds what it wrote itself.
    const stored =
      result?.kind === "stored" ||
      (result?.kind === "known" &&
        event.deliveries.length > 0 &&
        result.event.deliveries[0]?.id === event.deliveries[0]?.id);
    if (stored) {
      if (!inTransaction) this.#dispatch(event, lease);
      this.#tellUnmatched(candidate);
      entry.resolve(publishedNow(event, candidate.matches.unmatched));
      return true;
    }
    this.#unreserve(event);
    if (result?.kind !== "known") return false;
    if (isSameEvent(entry.draft, result.event)) entry.resolve(publishedBefore(result.event));
    else {
      entry.reject(
        new WebhookError(
          "event_id_conflict",
          `Another event was published as \`${event.id}\`. An id names one event: publish this one under an id of its own.`,
          { field: "id" },
        ),
      );
    }
    return true;
  }

  #dispatch(event: NewEvent, lease: Lease | undefined): void {
    const { dispatcher } = this.context;
    for (const { id, webhookId, leased } of event.deliveries) {
      if (!leased || lease === undefined) {
        dispatcher.written(webhookId);
        continue;
      }
      const { accountId, id: eventId, type: eventType, createdAt: eventCreatedAt, body, trace } = event;
      const fresh = { trace, attempts: 0, scheduleOffset: 0, storedAt: this.context.clock.now() };
      dispatcher.put({ id, accountId, webhookId, eventId, eventType, eventCreatedAt, body, ...fresh }, lease);
    }
  }

  #unreserve({ deliveries, body }: NewEvent): void {
    for (const { webhookId, leased } of deliveries) if (leased) this.context.dispatcher.unreserve(webhookId, body);
  }

  async #refresh(entries: readonly Entry[]): Promise<void> {
    const accountIds = new Set(entries.map(({ draft }) => draft.accountId));
    await Promise.all([...accountIds].map((accountId) => this.context.cache.refresh(accountId)));
  }

  #tellUnmatched({ entry: { draft }, matches }: Candidate): void {
    for (const { webhookId, key } of matches.unmatched) {
      const pair = `${webhookId} ${draft.type}`;
      if (this.#told.has(pair)) continue;
      if (this.#told.size >= MAX_TOLD) this.#told.clear();
      this.#told.add(pair);
      const { accountId, type: eventType } = draft;
      this.context.emitter.emit("subscription.attribute_missing", { accountId, webhookId, eventType, key });
    }
  }
}
