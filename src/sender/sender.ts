import type { EventCatalog, EventDefinition, EventOf, EventPayload, EventType } from "../protocol/event-catalog.js";
import type { Deliveries } from "./deliveries.js";
import type { PublishOptions } from "./draft-event.js";
import type { ErasedAccount } from "./erase-account.js";
import type { Explanation } from "./explanation.js";
import type { Unmatched } from "./match-webhooks.js";
import type { OnceAnswer, OnceRequest } from "./run-once.js";
import type { KeyRotation } from "./rotate-keys.js";
import type { SenderStats } from "./sender-stats.js";
import type { SenderEventName, SenderListener } from "./sender-events.js";
import type { Webhooks } from "./webhooks.js";

/** An event to publish, with what goes beside it. */
export type EventToPublish<Catalog extends EventCatalog> = {
  [Type in EventType<Catalog>]: TypedEventToPublish<Type, Catalog[Type]>;
}[EventType<Catalog>];

/** Takes the definition, not the payload, so that only those of the types that are written down are looked into. */
interface TypedEventToPublish<Type extends string, Definition extends EventDefinition> extends PublishOptions {
  readonly type: Type;
  readonly object: Definition["object"]["_zod"]["input"];
}

/**
 * The payload of a type, asked for when the type is known. A plain {@link EventPayload} would be compared with the
 * argument while `Type` is still being inferred, and stands for the payloads of the whole catalogue then.
 */
type PayloadToPublish<Catalog extends EventCatalog, Type extends EventType<Catalog>> = [Type] extends [string]
  ? NoInfer<EventPayload<Catalog, Type>>
  : unknown;

/** What became of publishing one event. */
export interface PublishResult<Event> {
  /** As it is sent. */
  readonly event: Event;
  /** One for each webhook that the event goes to. */
  readonly deliveries: readonly { readonly id: string; readonly webhookId: string }[];
  /** Whether the same event was published before; then the rest is what that call answered. */
  readonly duplicate: boolean;
  /** Webhooks that subscribe to the type and filter by an attribute that the event does not have. */
  readonly unmatched: readonly Unmatched[];
}

/** A transaction of the caller's on the store's database. */
export interface InTransaction {
  /**
   * What is published exists exactly if this commits, and is due at once when it does. For `sqliteStore`: a connection
   * of yours to the same file, inside its transaction.
   */
  readonly transaction?: unknown;
}

/**
 * Registers webhooks, publishes events, and delivers them. Made by `createSender`.
 *
 * Every call first checks what it is given: what is no object, or has a name that would be passed over, is refused with
 * `option_invalid`, and nothing has changed.
 */
export interface Sender<Catalog extends EventCatalog = EventCatalog> {
  /** The event types it publishes. */
  readonly events: EventCatalog;

  readonly webhooks: Webhooks<Catalog>;

  readonly deliveries: Deliveries;

  /**
   * What became of an event, for each webhook of the account: whether it was taken and by which pattern, which filter
   * did not and why, every attempt, when it goes on, and what to do. It compares with the webhooks as they are now.
   *
   * @throws {@link WebhookError} `event_not_found`, `store_unavailable`.
   */
  explain(event: { readonly accountId?: string | undefined; readonly eventId: string }): Promise<Explanation>;

  /** What this process is at, and what waits in the store, over all accounts. @throws {@link WebhookError} `store_unavailable`. */
  stats(): Promise<SenderStats>;

  /**
   * For an API of yours: runs `run` once for a key, and for 24 hours answers later calls with the same key with what it
   * answered, in every process that shares the store. Where `run` rejects the key is free again. A key stays taken for as
   * long as `run` takes; a process that dies meanwhile leaves it taken for a minute. Then the request is run anew, though
   * it may have taken effect: what is to happen once whatever dies needs an id of the caller's.
   *
   * @param run Answers JSON values: `answer` for this call, and `kept`, such as the same without a secret, for later ones.
   *   Without `kept` it is `answer`.
   * @throws {@link WebhookError} `idempotency_key_invalid`; `idempotency_key_conflict` where the key came with another
   *   fingerprint; `idempotency_key_in_use` while the first call runs; `rate_limited` after 5,000 keys in 24 hours.
   */
  runOnce<Answer>(
    request: OnceRequest,
    run: () => Promise<{ readonly answer: Answer; readonly kept?: Answer }>,
  ): Promise<OnceAnswer<Answer>>;

  /**
   * Removes all that is kept of an account: webhooks with their secrets, events, deliveries and attempts. What is being
   * sent at this moment arrives still, and is recorded nowhere. The id of the account stays, with a number that counts
   * changes of its webhooks; how many requests it sent is forgotten within the hour. Stop publishing for it first.
   * Repeating it is safe.
   *
   * @throws {@link WebhookError} `account_id_invalid`, `store_unavailable`.
   */
  eraseAccount(account: { readonly accountId: string }): Promise<ErasedAccount>;

  /**
   * Stores an event with one delivery for each webhook that matches, and resolves when that is as durable as the store
   * makes it: from then on it is delivered at least once, whatever crashes. Works without `start`; then another process
   * that has started delivers it.
   *
   * The same id with the same content is published once, however often and from wherever; the later calls answer what
   * the first one did, with `duplicate: true`.
   *
   * @throws {@link WebhookError} `event_type_unknown`, `event_invalid`, `event_id_invalid`, `created_invalid`,
   *   `attributes_invalid`, `account_id_invalid`, `payload_too_large`, `event_id_conflict`, `transaction_unsupported`:
   *   `option_invalid` for a name that is not known: nothing was stored. `store_unavailable`: unknown whether it was; publish it again under the same id.
   */
  publish<Type extends EventType<Catalog>>(
    type: Type,
    object: PayloadToPublish<Catalog, Type>,
    options?: PublishOptions & InTransaction,
  ): Promise<PublishResult<EventOf<Catalog, Type>>>;

  /**
   * Like {@link Sender.publish} for many events in one round trip. All are checked before any is stored; each is then
   * stored for itself, so that an `event_id_conflict` of one is thrown when the others are stored.
   */
  publishMany(
    events: readonly EventToPublish<Catalog>[],
    options?: InTransaction,
  ): Promise<readonly PublishResult<EventOf<Catalog>>[]>;

  /**
   * Seals every webhook's secrets again with the first of `secretKeys`, over all accounts; those that were stored in plain
   * text too. When every process has the new key first and this has resolved with nothing unreadable, the old key can go.
   * Repeating it is safe, and does nothing where nothing is left to do.
   *
   * @throws {@link WebhookError} `secret_key_missing`, `store_unavailable`.
   */
  rotateKeys(): Promise<KeyRotation>;

  /** Begins to deliver what is due. Calling it twice is calling it once. @throws {@link WebhookError} `secret_key_missing`, `store_unavailable`. */
  start(): Promise<void>;

  /**
   * Ends delivering: takes nothing more, lets attempts in flight end, records them, and gives everything else back so
   * that another process takes it over at once. Then closes connections; a sender that was never started is stopped to
   * that end. Can be started again.
   *
   * @param options.timeoutMs How long attempts in flight may take: 0 to 86,400,000. Defaults to a second more than an
   *   attempt may take.
   * @throws {@link WebhookError} `option_invalid`; then nothing was stopped.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;

  /**
   * Calls `listener` at every such event in this process. What it throws is logged.
   *
   * @throws {@link WebhookError} `option_invalid` for a name that no event has, and for what is no function.
   */
  on<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): this;

  /** Calls this listener no more; others of the name stay. @throws {@link WebhookError} as {@link Sender.on}. */
  off<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): this;
}
