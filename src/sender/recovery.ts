/** How far a recovery is. Instants are RFC 3339. */
export interface Recovery {
  readonly id: string;
  readonly webhookId: string;
  readonly since: string;
  readonly status: "running" | "done";
  /** Deliveries that were made pending again. */
  readonly resent: number;
  /** Deliveries that were left as they are, because their events are older than 7 days. */
  readonly tooOld: number;
  /** It goes from the newest delivery to the oldest, and has come to those made at this instant; null before the first. */
  readonly reachedAt: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/**
 * What is kept of a recovery. `step` is written down before it is taken, with how often each delivery was resent, so
 * that whoever goes on after a crash takes it again, to the same effect and with the same count.
 */
export interface RecoveryState {
  readonly id: string;
  readonly since: number;
  readonly resent: number;
  readonly tooOld: number;
  readonly reachedAt: number | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** The deliveries to resend next. */
  readonly step: readonly { readonly id: string; readonly resends: number }[];
  /** The last delivery of the page that `step` is from; null before the first page. */
  readonly after: string | null;
  /** Whether there are pages behind it. */
  readonly more: boolean;
}

/** How a recovery is shown. */
export function toRecovery(webhookId: string, state: RecoveryState): Recovery {
  const { id, since, resent, tooOld, reachedAt, startedAt, finishedAt } = state;
  return {
    id,
    webhookId,
    since: new Date(since).toISOString(),
    status: finishedAt === null ? "running" : "done",
    resent,
    tooOld,
    reachedAt: reachedAt === null ? null : new Date(reachedAt).toISOString(),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  };
}
