import { quote } from "../domain/quote.js";
import {
  INBOX_RETRY_SCHEDULE,
  retryDelayMs,
  validateRetrySchedule,
  type RetrySchedule,
} from "../domain/retry-schedule.js";
import { WebhookError } from "../errors.js";
import type { ClaimedInboxEvent, InboxSettlement, InboxStore } from "../ports/inbox.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";
import { CLAIM_GRACE_MS } from "../protocol/limits.js";
import { handlerFailed, handlersTooSlow } from "./handler-failure.js";
import type { InboxContext, InboxWork } from "./inbox.js";
import { fromInboxEvent, toInboxEvent } from "./inbox-event.js";
import { InboxLeases, type Held } from "./inbox-leases.js";
import { asWebhookError } from "./report.js";
import { runInTime } from "./run-in-time.js";
import type { VerifiedEvent } from "./verified-event.js";

/** How often the inbox is asked for events that another process has stored, in milliseconds. */
const POLL_MS = 1_000;

/** Milliseconds between two tries to record what came of an event while the inbox does not answer. */
const SETTLE_AGAIN_MS = 1_000;

/** What came of an event, and the error to tell where it failed. */
type Verdict = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: WebhookError };

/** Handles what is in an inbox: takes as much as there is room for, when told, when something is due, and now and then. */
export class InboxWorker implements InboxWork {
  readonly #leases: InboxLeases;
  readonly #retrySchedule: RetrySchedule;
  /** The events that are being handled here. */
  readonly #running = new Set<Promise<void>>();
  #started = false;
  #claiming: Promise<void> | null = null;
  #again = false;
  #cancelWake: () => void = () => undefined;

  /** @throws {@link WebhookError} `option_invalid`. */
  constructor(
    private readonly inbox: InboxStore,
    private readonly context: InboxContext,
  ) {
    this.#retrySchedule = validateRetrySchedule(context.settings.retrySchedule ?? INBOX_RETRY_SCHEDULE);
    this.#leases = new InboxLeases(inbox, context.settings.clock, (error) => {
      this.#failed(error);
    });
  }

  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    try {
      await this.inbox.list({ limit: 1 });
    } catch (cause) {
      this.#started = false;
      if (WebhookError.is(cause)) throw cause;
      throw new WebhookError("inbox_unavailable", "The inbox could not be opened.", { cause });
    }
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#cancelWake();
    await this.#claiming;
    await Promise.all(this.#running);
    await this.inbox.close();
  }

  async store(received: VerifiedEvent): Promise<void> {
    try {
      const result = await this.inbox.put(toInboxEvent(received));
      if (result === "stored") this.#wake();
      else this.context.report.passedOver(received.event, "The event is in the inbox already and is acknowledged.");
    } catch (cause) {
      throw new WebhookError("inbox_unavailable", "The inbox did not answer; the event was not stored.", { cause });
    }
  }

  /** Looks for due events now; while it is looking, once more after that. */
  #wake(): void {
    if (!this.#started) return;
    if (this.#claiming !== null) {
      this.#again = true;
      return;
    }
    this.#claiming = this.#claim().finally(() => {
      this.#claiming = null;
      if (!this.#again) return;
      this.#again = false;
      this.#wake();
    });
  }

  async #claim(): Promise<void> {
    this.#cancelWake();
    const limit = this.context.settings.concurrency - this.#running.size;
    // What ends makes room, and then this is called again.
    if (limit <= 0) return;
    let nextDueInMs = POLL_MS;
    try {
      const claims = await this.#leases.claim(limit);
      for (const held of claims.held) this.#run(held);
      // A store that says "now" and gives nothing must not be asked in a circle.
      if (claims.held.length > 0 || claims.nextDueInMs !== 0) nextDueInMs = claims.nextDueInMs ?? POLL_MS;
    } catch (error) {
      this.#failed(error);
    }
    if (this.#started) this.#wakeIn(Math.min(nextDueInMs, POLL_MS));
  }

  #wakeIn(delayMs: number): void {
    this.#cancelWake = this.context.settings.clock.schedule(delayMs, () => {
      this.#wake();
    });
  }

  #run(held: Held): void {
    const run = this.#handle(held).finally(() => {
      this.#leases.drop(held);
      this.#running.delete(run);
      this.#wake();
    });
    this.#running.add(run);
  }

  async #handle(held: Held): Promise<void> {
    if (!this.#started) {
      await this.#settle(held, { ...held.hold, kind: "returned" }, null);
      return;
    }
    const { verdict, event } = await this.#judge(held);
    const { retentionMs } = this.context.settings;
    const next: InboxSettlement =
      verdict.kind === "done"
        ? { ...held.hold, kind: "done", retentionMs }
        : this.#afterFailure(held.claimed, verdict.error, event);
    await this.#settle(held, next, event);
  }

  async #judge(held: Held): Promise<{ readonly verdict: Verdict; readonly event: WebhookEvent | null }> {
    const { claimed } = held;
    let event: WebhookEvent | null = null;
    try {
      const stored = fromInboxEvent(claimed);
      event = stored.event;
      // Each worker that had it died of it, or of something else: it is not given the chance for ever.
      if (claimed.attempt > this.#lastAttempt) throw diedOf(event, claimed.attempt - 1);
      await this.#runHandlers(held, stored);
      return { verdict: { kind: "done" }, event };
    } catch (error) {
      return { verdict: { kind: "failed", error: asWebhookError(error) }, event };
    }
  }

  async #runHandlers(held: Held, { event, rawBody, proof }: VerifiedEvent): Promise<void> {
    const { clock, handlerTimeoutMs, retentionMs } = this.context.settings;
    const complete = (transaction: unknown): void | Promise<void> =>
      this.inbox.completeIn(transaction, { ...held.hold, retentionMs });
    const work = async (signal: AbortSignal): Promise<void> => {
      try {
        await this.context.handlers.run(event, { ...proof, rawBody, signal, complete });
      } catch (cause) {
        throw signal.aborted && cause === signal.reason ? cause : handlerFailed(event, cause);
      }
    };
    await runInTime(work, {
      clock,
      timeoutMs: handlerTimeoutMs,
      graceMs: CLAIM_GRACE_MS,
      overdue: () => handlersTooSlow(event, handlerTimeoutMs),
      controller: held.controller,
    });
  }

  /** The first attempt and every retry. */
  get #lastAttempt(): number {
    return this.#retrySchedule.length + 1;
  }

  #afterFailure(claimed: ClaimedInboxEvent, error: WebhookError, event: WebhookEvent | null): InboxSettlement {
    const { id, token, attempt } = claimed;
    const delayMs = retryDelayMs(this.#retrySchedule, attempt, this.context.settings.random());
    this.context.report.failure(delayMs === null ? dead(claimed, error) : error, event);
    return delayMs === null
      ? { id, token, kind: "dead", error: told(error) }
      : { id, token, kind: "retry", delayMs, error: told(error) };
  }

  /** Until the inbox has answered, or the event is no longer this worker's to settle. */
  async #settle(held: Held, settlement: InboxSettlement, event: WebhookEvent | null): Promise<void> {
    const { report, settings } = this.context;
    do {
      try {
        const isOurs = await this.inbox.settle(settlement);
        if (!isOurs && settlement.kind === "done") report.failure(takenOver(held.claimed), event);
        return;
      } catch (error) {
        this.#failed(error);
        await new Promise<void>((resume) => settings.clock.schedule(SETTLE_AGAIN_MS, resume));
      }
    } while (!held.lost);
    report.failure(takenOver(held.claimed), event);
  }

  #failed(cause: unknown): void {
    const message = "The inbox did not answer; it is asked again.";
    this.context.report.failure(new WebhookError("inbox_unavailable", message, { cause }), null);
  }
}

function dead({ id, attempt }: ClaimedInboxEvent, cause: WebhookError): WebhookError {
  const message = `Event ${quote(id)} failed ${attempt} times and is dead: ${cause.message} Requeue it when that was mended.`;
  return new WebhookError("event_dead", message, { cause });
}

function told(error: WebhookError): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.message} ${cause.message}` : error.message;
}

function diedOf(event: WebhookEvent, times: number): WebhookError {
  const message = `Event ${quote(event.id)} was begun ${times} times and never ended: the process died, or was stopped, each time.`;
  return new WebhookError("handler_failed", message);
}

function takenOver({ id }: ClaimedInboxEvent): WebhookError {
  const message = `Event ${quote(id)} was handled here for longer than this worker could say that it lives; another may have handled it too.`;
  return new WebhookError("lease_lost", message);
}
