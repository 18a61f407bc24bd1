import type { AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog, EventPattern, WebhookEvent } from "../protocol/event-catalog.js";
import type { EventHandler, HandledEvent, ReceivedEvent } from "./handlers.js";
import type { ReceiverReply } from "./reply.js";
import type { BodySource } from "./request-body.js";
import type { HeaderSource } from "./request-headers.js";

/** A request as a host gives it. */
export interface ReceiverRequest {
  readonly method: string;
  readonly header: HeaderSource;
  readonly body: BodySource;
}

/**
 * The same type, which the compiler looks into when nothing of it is left to infer. Otherwise it compares the event of
 * every handler with those of the whole catalogue. (`NoInfer` prevents it as well, but shows in each hint of an editor.)
 */
type Later<Of> = [Of] extends [infer Known extends Of] ? Known : never;

/** Verifies webhook requests, and hands each event to its handlers once. */
export interface Receiver<Catalog extends EventCatalog = AuraConnectCatalog> extends RequestReceiver {
  /**
   * Adds a handler for an exact type, a group (`order.*`) or everything (`*`, unknown types included). All handlers
   * that match an event run one after the other in the order in which they were added. One that throws ends the run:
   * the sender tries again, and then all of them run again. A handler can be added at any time and takes part from the
   * next event on; an event without handlers is acknowledged.
   *
   * @throws {@link WebhookError} `pattern_invalid`, naming the nearest pattern.
   */
  on<Pattern extends EventPattern<Catalog>>(
    pattern: Pattern,
    handler: EventHandler<Later<HandledEvent<Catalog, Pattern>>>,
  ): Receiver<Catalog>;

  /** Adds a handler for events whose type the catalogue does not have. It takes its turn among the others. */
  onUnknown(handler: EventHandler<WebhookEvent>): Receiver<Catalog>;

  /**
   * Begins to handle what is in the inbox; the first time it is called, or again after `stop`. Any number of processes may
   * do that on one inbox. Does nothing without an inbox.
   *
   * @throws {@link WebhookError} what the inbox cannot be opened for, such as `store_unavailable`, `driver_missing` or
   *   `store_incompatible`, or `inbox_unavailable`. Later failures go to `onError`, and the inbox is asked again.
   */
  start(): Promise<void>;

  /**
   * Takes nothing more from the inbox, waits for the handlers that run (for `handlerTimeoutMs` and 5 s at the most), and
   * closes the inbox. Requests that come afterwards are stored all the same.
   */
  stop(): Promise<void>;

  /**
   * Verifies a request and answers its event, for those who want no handlers. Remembers nothing: a request that comes
   * twice is answered twice.
   *
   * @throws {@link WebhookError} `payload_too_large`, `body_already_parsed`, `body_incomplete`, `body_timeout`, `signature_missing`,
   *   `signature_invalid`, `timestamp_outside_tolerance`, `secret_unavailable`, `event_malformed`, `event_too_old`,
   *   `event_invalid`, `receiver_failed`; its `status` is what to answer with.
   */
  verify(request: Omit<ReceiverRequest, "method">): Promise<ReceivedEvent<Catalog>>;
}

/** What a host needs of a receiver. */
export interface RequestReceiver {
  /**
   * Verifies a request, stores its event in the inbox or runs its handlers, unless that was done before, and says what
   * to answer. Every
   * other failure is an answer too, told in full to `logger` and `onError` only.
   *
   * @throws {@link WebhookError} `body_already_parsed`: the host is set up so that no request could be verified.
   */
  receive(request: ReceiverRequest): Promise<ReceiverReply>;
}
