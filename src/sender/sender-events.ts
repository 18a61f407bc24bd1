import { EventEmitter } from "eventemitter3";
import type { DeliveryStatus } from "../ports/delivery-log.js";
import type { Logger } from "../ports/logger.js";
import type { Webhook } from "./webhook.js";

/** A delivery as events tell of it. */
export interface DeliverySummary {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  /** Requests made so far. */
  readonly attempts: number;
  /** When the next attempt is due, RFC 3339; null when there is none. */
  readonly nextAttemptAt: string | null;
}

/** One request and how it ended. */
export interface AttemptSummary {
  /** 1 for the first request of the delivery. */
  readonly number: number;
  /** RFC 3339. */
  readonly sentAt: string;
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  /** Why it failed; null when it succeeded. */
  readonly error: string | null;
}

/** What a sender tells while it works. Each listener gets one object. */
export interface SenderEvents {
  "delivery.succeeded": { readonly delivery: DeliverySummary; readonly attempt: AttemptSummary };
  /** An attempt failed and another follows at `delivery.nextAttemptAt`. */
  "delivery.retrying": { readonly delivery: DeliverySummary; readonly attempt: AttemptSummary };
  /** The last attempt failed. Nothing more is sent unless the delivery is resent. */
  "delivery.failed": { readonly delivery: DeliverySummary; readonly attempt: AttemptSummary };
  /** The event became too old for another attempt. `attempt` is the one that just failed, if any did. */
  "delivery.expired": { readonly delivery: DeliverySummary; readonly attempt: AttemptSummary | null };
  /** Its webhook was deleted. */
  "delivery.cancelled": { readonly delivery: DeliverySummary; readonly attempt: AttemptSummary | null };
  /** Its endpoint kept failing, so the sender made the webhook inactive. `disabledReason` says what it did. */
  "webhook.disabled": { readonly webhook: Webhook };
  /** An account has sent all it may for now; what is due waits. Told when it begins, not per delivery. */
  "rate.deferred": {
    readonly accountId: string;
    /** When there is room again at the latest, RFC 3339. */
    readonly until: string;
  };
  /** An event lacks an attribute that a webhook filters by. Told once per webhook and event type. */
  "subscription.attribute_missing": {
    readonly accountId: string;
    readonly webhookId: string;
    readonly eventType: string;
    readonly key: string;
  };
  /** Something failed in the background. Delivery goes on as soon as it can. */
  error: { readonly error: Error };
}

export type SenderEventName = keyof SenderEvents;

export type SenderListener<Name extends SenderEventName> = (event: SenderEvents[Name]) => void | Promise<void>;

/** What the emitter itself knows of a listener; {@link SenderEmitter} is what calls it and awaits it. */
type Callback = (event: unknown) => void;

/** Tells listeners. What a listener throws, at once or later, is logged and stops nothing. */
export class SenderEmitter {
  readonly #emitter = new EventEmitter();

  constructor(private readonly logger: Logger) {}

  on<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): void {
    this.#emitter.on(name, listener as Callback);
  }

  off<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): void {
    this.#emitter.off(name, listener as Callback);
  }

  /** Whether anybody listens; saves making an event for nobody. */
  hears(name: SenderEventName): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  emit<Name extends SenderEventName>(name: Name, event: SenderEvents[Name]): void {
    for (const listener of this.#emitter.listeners(name) as SenderListener<Name>[])
      void this.#call(name, listener, event);
  }

  /** Tells of a background failure: to `error` listeners, or to the logger where there are none. */
  fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (this.hears("error")) this.emit("error", { error });
    else this.#log(error, error.message);
  }

  async #call<Name extends SenderEventName>(
    name: Name,
    listener: SenderListener<Name>,
    event: SenderEvents[Name],
  ): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#log(error, `A listener for ${name} threw.`);
    }
  }

  /** A logger that throws has nowhere to say so, and stops nothing either. */
  #log(error: unknown, message: string): void {
    try {
      this.logger.error({ err: error }, message);
    } catch {
      return;
    }
  }
}
