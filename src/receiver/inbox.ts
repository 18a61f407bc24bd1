import type { InboxStore } from "../ports/inbox.js";
import type { HandlerList } from "./handlers.js";
import type { ReceiverSettings } from "./settings.js";
import type { Report } from "./report.js";
import type { VerifiedEvent } from "./verified-event.js";

/**
 * An inbox as a receiver takes it: what keeps the events, and what works them. It brings its own worker, so that only
 * receivers that have an inbox carry one. `createInbox` makes one of a store.
 */
export interface Inbox extends InboxStore {
  /** Joins the inbox to a receiver. What it takes and answers is between those two. */
  readonly work: (context: InboxContext) => InboxWork;
}

/** What the receiver lends to what works its inbox. */
export interface InboxContext {
  readonly settings: ReceiverSettings;
  readonly handlers: HandlerList;
  readonly report: Report;
}

/** An inbox at work for one receiver. */
export interface InboxWork {
  /** @throws {@link WebhookError} what the inbox cannot be opened for, or `inbox_unavailable`. */
  start(): Promise<void>;

  /** Takes nothing more, and waits for what is being handled. */
  stop(): Promise<void>;

  /**
   * Stores an event and has it handled soon; one that is there already is left as it is.
   *
   * @throws {@link WebhookError} `inbox_unavailable`.
   */
  store(received: VerifiedEvent): Promise<void>;
}
