import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { IdempotencyClaimResult } from "../ports/idempotency.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";
import { handlerFailed, handlersTooSlow } from "./handler-failure.js";
import type { ReceiverSettings } from "./settings.js";
import type { Report } from "./report.js";
import { runInTime } from "./run-in-time.js";

/** What became of an event that was claimed or not. */
export type Handled =
  { readonly kind: "handled" | "duplicate" } | { readonly kind: "in_progress"; readonly retryAfterMs: number };

/**
 * Runs `handle` unless the event was handled before or is being handled now.
 *
 * The claim is held until `handle` settles, also when the answer was given before, so that a retry does not run beside
 * it; of a process that died it lapses by its lease. When the handlers succeeded and only recording the id failed, the
 * event counts as handled: an error would make the sender run them again for certain, while success makes it merely
 * possible.
 *
 * @throws {@link WebhookError} `handler_failed`, `handler_timeout`, `idempotency_unavailable`.
 */
export async function handleOnce(
  event: WebhookEvent,
  handle: (signal: AbortSignal) => Promise<void>,
  settings: ReceiverSettings,
  report: Report,
): Promise<Handled> {
  const claim = await claimEvent(event, settings);
  if (claim.kind === "done") return { kind: "duplicate" };
  if (claim.kind === "in_flight") return { kind: "in_progress", retryAfterMs: claim.retryAfterMs };
  const { idempotency, retentionMs } = settings;
  const held = { key: event.id, token: claim.token };
  await inTime(event, settings, report, async (signal) => {
    try {
      await handle(signal);
    } catch (cause) {
      await attempt("released", event, report, () => idempotency.release(held));
      throw handlerFailed(event, cause);
    }
    await attempt("recorded as handled", event, report, () => idempotency.complete({ ...held, retentionMs }));
  });
  return { kind: "handled" };
}

async function claimEvent(event: WebhookEvent, settings: ReceiverSettings): Promise<IdempotencyClaimResult> {
  try {
    return await settings.idempotency.claim({ key: event.id, leaseMs: settings.leaseMs });
  } catch (cause) {
    throw new WebhookError(
      "idempotency_unavailable",
      "The idempotency store did not answer; the event was not handled.",
      { cause },
    );
  }
}

async function attempt(what: string, event: WebhookEvent, report: Report, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (cause) {
    const message = `The claim of event ${quote(event.id)} could not be ${what}; the event may be handled again.`;
    report.failure(new WebhookError("idempotency_unavailable", message, { cause }), event);
  }
}

/** Waits for `work` as long as the handlers have; then aborts its signal, throws, and lets it end by itself. */
async function inTime(
  event: WebhookEvent,
  { clock, handlerTimeoutMs }: ReceiverSettings,
  report: Report,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const watched = (signal: AbortSignal): Promise<void> => {
    const working = work(signal);
    working.catch((error: unknown) => {
      // What ended by the signal was told when the time was over.
      const told = error instanceof Error && error.cause === signal.reason;
      if (signal.aborted && !told) report.failure(error, event);
    });
    return working;
  };
  const overdue = (): Error => handlersTooSlow(event, handlerTimeoutMs);
  await runInTime(watched, { clock, timeoutMs: handlerTimeoutMs, overdue });
}
