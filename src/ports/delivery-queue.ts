/**
 * Deliveries that wait for their next attempt.
 *
 * Time belongs to the store: callers speak in durations (milliseconds), never in clock times, so two workers whose
 * clocks differ still agree on what is due.
 *
 * A worker holds deliveries as an **owner** that stays alive by renewing its life. What an owner holds is nobody else's
 * while it lives, however long it waits in memory; when it is judged dead, or says good-bye, all of it is due again.
 *
 * Every method rejects with `store_unavailable` when the store does not answer, and may then be called again with the
 * same arguments and takes effect once. Any other code says that calling again will not help: a batch is then tried in
 * halves, so that a row that cannot be written hurts only itself.
 */
export interface DeliveryQueue {
  /**
   * Stores each event with one pending delivery per webhook; all of one event or nothing. Events are taken in order, so
   * the second of two with the same id in one batch is `known`. Deliveries marked `leased` are written as held by
   * `lease`, or as due where its owner is not alive (then settling them is `stale`); all others are due at once.
   *
   * @param options.transaction A transaction of the caller's on the same database: what is written exists exactly if it
   *   commits. A store that cannot do this rejects with `transaction_unsupported`.
   */
  enqueue(
    events: readonly NewEvent[],
    options?: { readonly lease?: Lease; readonly transaction?: unknown },
  ): Promise<readonly EnqueueResult[]>;

  /**
   * Takes due deliveries for an owner: at most `limit`, and no more of one webhook than `capacity` says; shared among all
   * due webhooks, or among ten at least whose turn it is, longest due first within a webhook. No two callers hold the same
   * delivery. A claim costs no more because of due deliveries that it does not take. An owner that has not joined,
   * or whose life is over, gets nothing and is told of nothing.
   */
  claim(request: ClaimRequest): Promise<ClaimResult>;

  /**
   * Records attempts and what is next, together. Where the delivery is no longer held under the settlement's lease the
   * attempt is recorded, nothing else changes, and the answer is `stale`. The answer to a repeated call is the same.
   */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]>;

  /** Begins the life of an owner. The id must be fresh: a life that ended is never begun again. */
  join(life: Life): Promise<void>;

  /**
   * Makes the owner's life last `leaseMs` from now. False when it was judged over: then whatever it held is no longer
   * its own. With `judgeOthers`, owners whose life is over are released by the way.
   */
  renew(life: Life & { readonly judgeOthers: boolean }): Promise<boolean>;

  /** Makes due again what one lease holds, at the instants it was due before: the answer that named it was lost. */
  giveBack(lease: Lease): Promise<void>;

  /** Ends the life of an owner, dead or alive: all it holds is due again at the instants it was due before. */
  release(owner: string): Promise<void>;

  /**
   * Ends up to `limit` pending deliveries of a webhook as `cancelled`, held ones excepted, and names them.
   *
   * @param webhook.deliveryId Only this one, where it is pending and of the webhook.
   */
  cancel(webhook: {
    readonly accountId: string;
    readonly webhookId: string;
    readonly deliveryId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly CancelledDelivery[]>;

  /**
   * Makes deliveries that have ended pending again and due at once. Attempts keep counting, and a new schedule begins:
   * `scheduleOffset` becomes the attempts made so far, and `resends` grows by one. Answers in the order of the request.
   */
  resend(request: ResendRequest): Promise<readonly ResendResult[]>;

  /** How much waits. Costs a look at what waits, not at what is done. */
  depth(): Promise<QueueDepth>;
}

/** Under which a delivery is held. An owner never uses a token twice for the same delivery. */
export interface Lease {
  readonly owner: string;
  readonly token: number;
}

/** An owner and how long its life lasts from now. */
export interface Life {
  readonly owner: string;
  readonly leaseMs: number;
}

/** An event with the deliveries that follow from it. */
export interface NewEvent {
  readonly accountId: string;
  readonly id: string;
  readonly type: string;
  /** `created` of the envelope, in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The envelope, byte for byte as it is signed and sent. Any text, `\u0000` and 256 KB included. */
  readonly body: string;
  /** What the publisher gave beside the payload, as JSON; null where it gave nothing. */
  readonly attributes: string | null;
  /** Which webhooks would have matched but for a missing attribute, as JSON; null where none. */
  readonly unmatched: string | null;
  /** What telemetry keeps with it, for those who claim its deliveries: at most 640 characters; left out is null. */
  readonly trace?: string | null;
  /** The registry version the deliveries were matched against. */
  readonly registryVersion: number;
  readonly deliveries: readonly NewDelivery[];
}

/** A delivery to be. `id` sorts by the time it was made. */
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly leased: boolean;
}

/**
 * `stored`: all of it is there now. `known`: an event with this id was there and is left as it is. `registry_changed`:
 * the account's webhooks are no longer those of `registryVersion`; nothing was stored and the caller matches again.
 */
export type EnqueueResult =
  | { readonly kind: "stored" }
  | { readonly kind: "known"; readonly event: KnownEvent }
  | { readonly kind: "registry_changed" };

/** What was stored under an event id before. */
export interface KnownEvent {
  readonly type: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly unmatched: string | null;
  readonly deliveries: readonly { readonly id: string; readonly webhookId: string }[];
}

export interface ClaimRequest {
  readonly lease: Lease;
  /** The most to take, 1 or more. */
  readonly limit: number;
  /** The most to take of one webhook. */
  readonly perWebhook: number;
  /** Webhooks of which fewer than `perWebhook` may be taken, or none (0). */
  readonly capacity: ReadonlyMap<string, number>;
}

export interface ClaimResult {
  readonly deliveries: readonly ClaimedDelivery[];
  /**
   * Milliseconds until the next delivery that this claim did not take is due, of webhooks that it was allowed to take
   * from; 0 when one is due already, null when none is waiting. May be early, never late.
   */
  readonly nextDueInMs: number | null;
}

/** A delivery that is held, with everything an attempt needs but the webhook. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** `created` of the envelope, in milliseconds since the Unix epoch. */
  readonly eventCreatedAt: number;
  readonly body: string;
  /** What telemetry kept with the event; null where that was nothing, left out by a store that does not keep it. */
  readonly trace?: string | null | undefined;
  /** When the delivery was stored, in milliseconds since the Unix epoch. */
  readonly storedAt: number;
  /** Requests whose outcome is recorded. */
  readonly attempts: number;
  /** How many of them were made before the present retry schedule began; 0 until it is sent again by hand. */
  readonly scheduleOffset: number;
}

/** What came of holding a delivery. */
export interface Settlement {
  readonly deliveryId: string;
  readonly lease: Lease;
  /** The request that was made; null when none was. */
  readonly attempt: AttemptRecord | null;
  readonly next: NextState;
}

/**
 * What a delivery does next. `release` gives it back as if it had not been held: due after `delayMs`, or with 0 at the
 * instant at which it was due before, so that it keeps its place among the others.
 */
export type NextState =
  | { readonly kind: "success" | "failed" | "expired" | "cancelled" }
  | { readonly kind: "retry" | "release"; readonly delayMs: number };

/** One HTTP request and how it ended. */
export interface AttemptRecord {
  /** 1 for the first request of the delivery. */
  readonly number: number;
  /** When it was sent, in milliseconds since the Unix epoch. */
  readonly sentAt: number;
  /** Null when no response was received. */
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  /** Why it failed, in a sentence; null when it succeeded. May hold any text. */
  readonly error: string | null;
  /** What debug mode keeps, as JSON; null without it. May hold any text. */
  readonly debug: string | null;
}

export type SettleResult = "decided" | "stale";

export interface CancelledDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly attempts: number;
}

/** Deliveries to send again. */
export interface ResendRequest {
  readonly accountId: string;
  /** Each with how often the caller knows it to have been resent, so that a repeated call takes effect once. */
  readonly deliveries: readonly { readonly id: string; readonly resends: number }[];
  /** Events whose `created` is before this instant, in milliseconds since the Unix epoch, are not sent again. */
  readonly createdSince: number;
}

/**
 * `resent`: it is pending again, or was resent more often than the caller knew. `pending`: it has not ended. `too_old`:
 * its event is. `missing`: the account has no such delivery, or it is a test.
 */
export type ResendResult = "resent" | "pending" | "too_old" | "missing";

/** What waits in a queue, over all accounts. */
export interface QueueDepth {
  /** Pending deliveries that nobody holds, those of inactive webhooks included. */
  readonly waiting: number;
  readonly held: number;
  /**
   * Milliseconds for which the longest due delivery that nobody holds has been due, among those of active webhooks; 0
   * when none is.
   */
  readonly dueForMs: number;
}
