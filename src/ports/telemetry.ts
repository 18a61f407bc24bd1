import type { NextState, QueueDepth } from "./delivery-queue.js";
import type { TransportResult } from "./transport.js";

/**
 * Told of what a sender does, as it does it: for spans and metrics. Everything is called on the hot path and answers at
 * once. What it throws is told once as an `error` of the sender and stops nothing.
 */
export interface Telemetry {
  /** An event is about to be written. Called in the async context of whoever publishes it. */
  publishing(event: TracedEvent): PublishSpan;

  /** A request is about to be sent. */
  attempting(attempt: TracedAttempt): AttemptSpan;

  /** A delivery has ended. Told by the process that ended it, so once unless it is sent again by hand. */
  ended(delivery: EndedDelivery): void;

  /** The sender delivers from now on, and says how it is doing when asked, until the returned function is called. */
  watch(load: () => Promise<ObservedLoad>): () => void;
}

/** An event that is being published. */
export interface TracedEvent {
  readonly accountId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
}

/** Publishing, from before an event is matched until it is stored. */
export interface PublishSpan {
  /**
   * What is kept with the event for the spans of its attempts, in whatever process: printable ASCII, at most 640
   * characters. Null keeps nothing.
   */
  readonly trace: string | null;

  /** Called once. `error` is what the publisher gets instead of an answer. */
  end(outcome: { readonly deliveries: number; readonly duplicate: boolean } | { readonly error: unknown }): void;
}

/** A request and what it is for. */
export interface TracedAttempt {
  readonly accountId: string;
  readonly webhookId: string;
  readonly url: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Null for a test, which has none. */
  readonly delivery: {
    readonly id: string;
    /** 1 for the first request of the delivery. */
    readonly attempt: number;
    /** What {@link PublishSpan.trace} said of its event; null where that was nothing, or the store does not keep it. */
    readonly trace: string | null;
  } | null;
}

/** An attempt, from before its request until its outcome is judged. */
export interface AttemptSpan {
  /** Headers to send as well. Only a valid `traceparent`, and `tracestate` beside it, are sent. */
  readonly headers: Readonly<Record<string, string>>;

  /** Runs `send` now, once, in the async context of the request. */
  run(send: () => void): void;

  /** Called once. `next` is null for a test. */
  end(result: TransportResult, next: NextState | null): void;
}

export interface EndedDelivery {
  readonly eventType: string;
  readonly outcome: "success" | "failed" | "expired" | "cancelled";
}

/** How a sender is doing. */
export interface ObservedLoad {
  /** Attempts of this process that have not ended. */
  readonly inFlight: number;
  /** Deliveries this process holds and has not begun. */
  readonly waiting: number;
  /** Outcomes that this process has not written yet. */
  readonly unsettled: number;
  readonly store: QueueDepth;
}
