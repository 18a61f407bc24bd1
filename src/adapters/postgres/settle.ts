import { WebhookError } from "../../errors.js";
import type { AttemptRecord, NextState, Settlement, SettleResult } from "../../ports/delivery-queue.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import type { PostgresValue } from "./database.js";
import { RECORD_LATE, SETTLE } from "./delivery-queue-sql.js";
import { positionsIn } from "./enqueue.js";
import { toStored, toStoredOrNull } from "./text.js";

/** How often a settlement is made again whose delivery was being written when it came. */
const MAX_ROUNDS = 5;

/** What came of a batch, and whether anything of it is due for whoever claims it. */
export interface Settled {
  readonly results: readonly SettleResult[];
  readonly due: boolean;
}

/** Records attempts and what is next. */
export async function settle(
  connection: PostgresConnection,
  now: () => number | null,
  settlements: readonly Settlement[],
): Promise<Settled> {
  const results = new Map<Settlement, SettleResult>();
  let due = false;
  let waiting = settlements;
  for (let round = 1; waiting.length > 0; round += 1) {
    const batch = firstOfEachDelivery(waiting);
    if (await settleBatch(connection, now(), batch, results)) due = true;
    const undecided = batch.filter((settlement) => !results.has(settlement));
    if (undecided.length > 0) await recordLate(connection, undecided, results);
    // What is left comes to a delivery that another of the batch was for, or that is held after all.
    const left = waiting.filter((settlement) => !results.has(settlement));
    if (left.length === waiting.length && round > MAX_ROUNDS) {
      throw new WebhookError(
        "store_unavailable",
        "Deliveries were being written by others whenever they were settled.",
      );
    }
    waiting = left;
  }
  return { results: settlements.map((settlement) => results.get(settlement) ?? "stale"), due };
}

function firstOfEachDelivery(settlements: readonly Settlement[]): readonly Settlement[] {
  const ids = new Set<string>();
  return settlements.filter(({ deliveryId }) => ids.size < ids.add(deliveryId).size);
}

async function settleBatch(
  connection: PostgresConnection,
  now: number | null,
  batch: readonly Settlement[],
  results: Map<Settlement, SettleResult>,
): Promise<boolean> {
  const values: PostgresValue[] = [
    now,
    ...holderColumns(batch),
    column(batch.map(({ next }) => next.kind)),
    column(batch.map(({ next }) => delayOf(next))),
    ...attemptColumns(batch),
  ];
  const [answer] = await connection.allPrepared<{ decided: string; due: boolean }>(SETTLE, values);
  for (const position of positionsIn(answer?.decided)) {
    const settlement = batch[position - 1];
    if (settlement !== undefined) results.set(settlement, "decided");
  }
  return answer?.due === true;
}

async function recordLate(
  connection: PostgresConnection,
  late: readonly Settlement[],
  results: Map<Settlement, SettleResult>,
): Promise<void> {
  const values = [...holderColumns(late), ...attemptColumns(late)];
  const rows = await connection.all<{ position: number; isHeld: boolean; hasDecided: boolean }>(RECORD_LATE, values);
  const found = new Map(rows.map((row) => [Number(row.position), row]));
  late.forEach((settlement, index) => {
    const row = found.get(index + 1);
    // No row: there is no such delivery (any more), and an attempt of it would belong to nothing.
    if (row === undefined) results.set(settlement, "stale");
    else if (!row.isHeld) results.set(settlement, row.hasDecided ? "decided" : "stale");
  });
}

/** Without one the delivery keeps the instant at which it was due. */
function delayOf(next: NextState): number | null {
  if (!("delayMs" in next)) return null;
  return next.kind === "release" && next.delayMs === 0 ? null : next.delayMs;
}

function holderColumns(settlements: readonly Settlement[]): PostgresValue[] {
  return [
    column(settlements.map(({ deliveryId }) => toStored(deliveryId))),
    column(settlements.map(({ lease }) => toStored(lease.owner))),
    column(settlements.map(({ lease }) => lease.token)),
  ];
}

function attemptColumns(settlements: readonly Settlement[]): PostgresValue[] {
  const of = (value: (attempt: AttemptRecord) => string | number | null): string =>
    column(settlements.map(({ attempt }) => (attempt === null ? null : value(attempt))));
  return [
    of(({ number }) => number),
    of(({ sentAt }) => sentAt),
    of(({ responseCode }) => responseCode),
    of(({ responseTimeMs }) => responseTimeMs),
    of(({ error }) => toStoredOrNull(error)),
    of(({ debug }) => toStoredOrNull(debug)),
  ];
}
