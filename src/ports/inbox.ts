/**
 * Verified events that were acknowledged and wait to be handled, and the ids of those that were.
 *
 * Time belongs to the store: callers speak in durations (milliseconds), so workers whose clocks differ still agree on
 * what is due. A worker holds an event under the token of its claim until the claim's lease is over; a worker that died
 * simply does not renew it.
 *
 * Every method rejects with `store_unavailable` when the store does not answer, and may then be called again. A claim
 * whose answer was lost lapses by its lease.
 */
export interface InboxStore {
  /**
   * Stores an event, due at once, unless its id is there: one write, durable when it resolves. Of any number of callers
   * with one id at the same time one gets `stored`. An id that is done is `duplicate` until its retention is over. An
   * event that is dead is due again, as after `requeue`, and that is `stored`: somebody has it sent again on purpose.
   */
  put(event: NewInboxEvent): Promise<"stored" | "duplicate">;

  /**
   * Takes due events for handling, longest due first, and counts an attempt of each. No two callers hold the same event;
   * one whose lease is over is due again.
   */
  claim(request: { readonly limit: number; readonly leaseMs: number }): Promise<InboxClaims>;

  /**
   * Makes leases last `leaseMs` from now. Answers the tokens that are held still, or have completed their event; what the
   * others held is somebody else's.
   */
  renew(request: { readonly holds: readonly InboxHold[]; readonly leaseMs: number }): Promise<readonly string[]>;

  /**
   * Says what came of an event. False where it is no longer held under this token: then nothing changes. A lease that is
   * over and that nobody took is held still. Completing again what this token completed is true and changes nothing.
   */
  settle(settlement: InboxSettlement): Promise<boolean>;

  /**
   * Completes an event inside a transaction that the caller has open on the same database: it is done exactly if that
   * commits. Where the driver is synchronous this throws at once and answers nothing.
   *
   * @throws {@link WebhookError} `lease_lost` where the event is no longer held under this token, `option_invalid` for
   *   what is no transaction on this database, `transaction_unsupported` by a store that cannot do this.
   */
  completeIn(transaction: unknown, completion: InboxCompletion): void | Promise<void>;

  /** Stored events in the order in which they were stored, a page at a time. */
  list(query?: InboxQuery): Promise<InboxPage>;

  /** Makes dead events due again, with all their attempts before them. Answers how many it were. */
  requeue(ids: readonly string[] | "all"): Promise<number>;

  /** Removes dead events and forgets their ids. Answers how many it were. */
  discard(ids: readonly string[] | "all"): Promise<number>;

  /** Lets go of what was opened; the next call opens it again. */
  close(): Promise<void>;
}

/** An event to store. */
export interface NewInboxEvent {
  /** Any string of 1 to 128 characters, `constructor` and `__proto__` included. */
  readonly id: string;
  readonly type: string;
  /** The body as it was signed: text that UTF-8 can hold, of which the store changes nothing. */
  readonly body: string;
  /** What the receiver knows of the request, as text that only it reads. */
  readonly context: string;
}

/** An event under a claim. */
export interface InboxHold {
  readonly id: string;
  /** Names the claim of this event; never given twice. */
  readonly token: string;
}

/** An event that was taken for handling. */
export interface ClaimedInboxEvent extends InboxHold, NewInboxEvent {
  /** How often it was taken, this time included; a claim that was `returned` does not count. */
  readonly attempt: number;
}

/** What a claim got. */
export interface InboxClaims {
  readonly events: readonly ClaimedInboxEvent[];
  /** Milliseconds until more is due: 0 when something is due now, null when nothing waits. A lease counts as waiting. */
  readonly nextDueInMs: number | null;
}

/** An event that was handled. */
export interface InboxCompletion extends InboxHold {
  /** Milliseconds for which its id is remembered. Its body need not be kept. */
  readonly retentionMs: number;
}

/** What came of an event. */
export type InboxSettlement =
  | (InboxCompletion & { readonly kind: "done" })
  /** Due again in `delayMs`. */
  | (InboxHold & { readonly kind: "retry"; readonly delayMs: number; readonly error: string })
  /** Not tried again until somebody asks for it. */
  | (InboxHold & { readonly kind: "dead"; readonly error: string })
  /** Not begun: due again at once, and its attempt is not counted. */
  | (InboxHold & { readonly kind: "returned" });

/** Waits or is being handled; handled; given up. */
export type InboxState = "pending" | "done" | "dead";

/** Which stored events to list. */
export interface InboxQuery {
  /** Defaults to all of them. */
  readonly state?: InboxState | undefined;
  /** 1 to 1,000. Defaults to 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** A stored event. */
export interface InboxEvent {
  readonly id: string;
  readonly type: string;
  readonly state: InboxState;
  /** How often it was taken for handling. */
  readonly attempts: number;
  /** What the last attempt failed with; null where none has, and when it is done. */
  readonly error: string | null;
  /** When it was stored, in milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** The body as it was signed; null once it is done. */
  readonly body: string | null;
}

/** Some stored events. */
export interface InboxPage {
  readonly events: readonly InboxEvent[];
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
}
