import { AURACONNECT_RETRY_SCHEDULE } from "@auraconnect/webhooks";
import type { AttemptSummary, DeliverySummary } from "@auraconnect/webhooks/sender";
import { PACE } from "./demo-sender.js";
import { odd, dim, duration, good, table } from "./screen.js";
import type { Stage } from "./stage.js";

/** The attempts of one webhook's deliveries, as the sender tells of them. */
export interface Attempts {
  readonly made: readonly AttemptSummary[];
  /** How the delivery ended; undefined until it has. */
  readonly end: DeliverySummary["status"] | undefined;
}

/** Begins to listen for the attempts of a webhook. */
export function listenForAttempts({ sender }: Stage, webhookId: string): Attempts {
  const attempts: { made: AttemptSummary[]; end: DeliverySummary["status"] | undefined } = { made: [], end: undefined };
  const hear = ({ delivery, attempt }: { delivery: DeliverySummary; attempt: AttemptSummary }): void => {
    if (delivery.webhookId !== webhookId) return;
    attempts.made.push(attempt);
    if (delivery.status !== "pending") attempts.end = delivery.status;
  };
  sender.on("delivery.retrying", hear).on("delivery.succeeded", hear).on("delivery.failed", hear);
  return attempts;
}

/** How long each retry waited after the failure before it, in real milliseconds. */
export function waitsOf({ made }: Attempts): readonly number[] {
  const endedAt = ({ sentAt, responseTimeMs }: AttemptSummary): number => Date.parse(sentAt) + responseTimeMs;
  return made.slice(1).map((attempt, index) => Date.parse(attempt.sentAt) - endedAt(made[index]!));
}

/** How many retries came before their time. Instants are whole milliseconds, so two of rounding are allowed. */
export function countEarly(attempts: Attempts): number {
  return waitsOf(attempts).filter((waitMs, index) => waitMs + 2 < documented(index) / PACE).length;
}

/** Shows each request with its real wait, and what that stands for on the documented clock. */
export function showAttempts(attempts: Attempts): void {
  const waits = waitsOf(attempts);
  table([
    ["request", "answer", "took", "waited before it", "which stands for", "documented"],
    ...attempts.made.map(({ number, responseCode, responseTimeMs, error }, index) => {
      const answer = error === null ? good(`${responseCode ?? ""} ✓`) : odd(responseCode?.toString() ?? "none in time");
      const waitMs = waits[index - 1];
      const wait =
        waitMs === undefined
          ? ["", "", dim("at once")]
          : [duration(waitMs), duration(waitMs * PACE), dim(`${duration(documented(index - 1))}, and up to 10 %`)];
      return [`${number}`, answer, duration(responseTimeMs), ...wait];
    }),
  ]);
}

function documented(retry: number): number {
  return AURACONNECT_RETRY_SCHEDULE[retry]!;
}
