import { setTimeout } from "node:timers/promises";
import type { ClaimedDelivery, ClaimRequest, ClaimResult } from "../../ports/delivery-queue.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import type { AsRead, DriverNumber } from "./database.js";
import { CLAIM_DUE, FOLD_NOTES } from "./delivery-queue-sql.js";
import { fromStored, fromStoredOrNull, toStored } from "./text.js";

/** How often a claim comes back to lanes that others are at, before it answers that something is due. */
const MAX_EMPTY_PASSES = 8;

/** How often a claim folds a thousand notes, before it answers that something is due. */
const MAX_FOLDS = 100;

/** The longest pause before it does, in milliseconds. A claim holds its lanes for about one. */
const LONGEST_PAUSE_MS = 4;

/** A row of {@link CLAIM_DUE}: what the pass as a whole came to, and one delivery where it took any. */
type ClaimRow = {
  readonly isAlive: boolean;
  readonly nextDueInMs: number | null;
  readonly more: boolean;
} & { readonly [Column in keyof ClaimedDelivery]: ClaimedDelivery[Column] | null };

/**
 * Takes due deliveries, pass by pass: a share of each lane, then of those that have more, until nothing is left to take or
 * to fill. Each pass is a transaction, and what it took stays taken whatever comes of the next.
 */
export async function claim(
  connection: PostgresConnection,
  now: () => number | null,
  request: ClaimRequest,
): Promise<ClaimResult> {
  const taken: ClaimedDelivery[] = [];
  const takenOf = new Map<string, number>();
  const unfolded = await foldNotes(connection);
  for (let emptyPasses = 0; ;) {
    const rows = await connection.all<ClaimRow>(CLAIM_DUE, claimValues(now(), request, taken.length, takenOf));
    const deliveries = rows.filter(isTaken).map(deliveryOf);
    for (const delivery of deliveries) {
      taken.push(delivery);
      takenOf.set(delivery.webhookId, (takenOf.get(delivery.webhookId) ?? 0) + 1);
    }
    const [{ isAlive, nextDueInMs, more } = { isAlive: false, nextDueInMs: null, more: false }] = rows;
    if (!isAlive) return { deliveries: taken, nextDueInMs: null };
    if (deliveries.length === 0) emptyPasses += 1;
    if (!more || taken.length >= request.limit || emptyPasses > MAX_EMPTY_PASSES) {
      return { deliveries: taken, nextDueInMs: unfolded > 0 ? 0 : fromNow(nextDueInMs) };
    }
    if (deliveries.length === 0) await setTimeout(Math.random() * LONGEST_PAUSE_MS);
  }
}

/** How many notes are left, because their lanes are being claimed from, or because others add them faster than this. */
async function foldNotes(connection: PostgresConnection): Promise<number> {
  for (let folds = 1; ; folds += 1) {
    const [answer] = await connection.all<{ left: number; more: boolean }>(FOLD_NOTES, []);
    const left = Number(answer?.left ?? 0);
    if (answer?.more !== true || left > 0) return left;
    if (folds === MAX_FOLDS) return 1;
  }
}

function claimValues(
  now: number | null,
  { lease, limit, perWebhook, capacity }: ClaimRequest,
  taken: number,
  takenOf: ReadonlyMap<string, number>,
) {
  const busy = [...new Set([...capacity.keys(), ...takenOf.keys()])].map((webhookId) => {
    const allowed = Math.min(perWebhook, capacity.get(webhookId) ?? perWebhook);
    return { webhookId, allowed, room: allowed - (takenOf.get(webhookId) ?? 0) };
  });
  return [
    now,
    toStored(lease.owner),
    lease.token,
    limit - taken,
    perWebhook,
    column(busy.map(({ webhookId }) => toStored(webhookId))),
    column(busy.map(({ allowed }) => allowed)),
    column(busy.map(({ room }) => room)),
  ];
}

function isTaken(row: AsRead<ClaimRow>): row is AsRead<ClaimRow & ClaimedDelivery> {
  return row.id !== null && row.body !== null;
}

function deliveryOf(row: AsRead<ClaimedDelivery>): ClaimedDelivery {
  return {
    id: fromStored(row.id),
    accountId: fromStored(row.accountId),
    webhookId: fromStored(row.webhookId),
    eventId: fromStored(row.eventId),
    eventType: fromStored(row.eventType),
    eventCreatedAt: Number(row.eventCreatedAt),
    body: fromStored(row.body),
    trace: fromStoredOrNull(row.trace ?? null),
    storedAt: Number(row.storedAt),
    attempts: Number(row.attempts),
    scheduleOffset: Number(row.scheduleOffset),
  };
}

function fromNow(dueInMs: DriverNumber | null): number | null {
  return dueInMs === null ? null : Math.max(0, Number(dueInMs));
}
