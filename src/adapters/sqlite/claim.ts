import type { ClaimedDelivery, ClaimRequest, ClaimResult } from "../../ports/delivery-queue.js";
import type { Statements } from "./database.js";
import {
  HOLD_DELIVERY,
  LIST_DUE_DELIVERIES,
  LIST_DUE_LANES,
  LIST_NEXT_LANES,
  PASS_HEAD,
} from "./delivery-queue-sql.js";
import { isAlive } from "./enqueue.js";
import { fromStored, fromStoredOrNull, toStored } from "./text.js";

/** Webhooks that a claim is shared among at least, where as many are due. One row of each would cost a seek each. */
const SHARED_AMONG = 10;

/** A due lane during one claim. */
interface Lane {
  /** In its stored form. */
  readonly webhookId: string;
  /** How many more of it may be taken. */
  room: number;
  /** Whether it was asked; the others keep their place. */
  served: boolean;
}

/** Takes due deliveries, inside a write transaction. What an owner that is not alive asks for is not given. */
export function claim(statements: Statements, now: number, request: ClaimRequest): ClaimResult {
  if (!isAlive(statements, request.lease.owner)) return { deliveries: [], nextDueInMs: null };
  const lanes = dueLanes(statements, now, request);
  const deliveries = takeInTurns(statements, now, request, lanes);
  for (const { webhookId, served } of lanes) if (served) statements.run(PASS_HEAD, now, webhookId);
  return { deliveries, nextDueInMs: nextDueInMs(statements, now, request) };
}

/** Due lanes, the longest waiting first, of which something may be taken; no more than there are rows to take. */
function dueLanes(statements: Statements, now: number, request: ClaimRequest): Lane[] {
  const enough = request.limit + request.capacity.size;
  return statements
    .all<{ webhookId: string }>(LIST_DUE_LANES, now, enough)
    .map(({ webhookId }): Lane => ({ webhookId, room: roomOf(request, webhookId), served: false }))
    .filter(({ room }) => room > 0)
    .slice(0, request.limit);
}

/** A share of each lane, then of those that have more, until nothing is left to take or to fill. */
function takeInTurns(statements: Statements, now: number, request: ClaimRequest, due: readonly Lane[]) {
  const taken: ClaimedDelivery[] = [];
  const least = Math.ceil(request.limit / SHARED_AMONG);
  let lanes = due;
  while (lanes.length > 0 && taken.length < request.limit) {
    const share = Math.max(least, Math.floor((request.limit - taken.length) / lanes.length));
    lanes = lanes.filter((lane) => {
      const wanted = Math.min(share, lane.room, request.limit - taken.length);
      if (wanted === 0) return false;
      const rows = take(statements, now, request, lane.webhookId, wanted);
      for (const row of rows) taken.push(row);
      lane.served = true;
      lane.room -= rows.length;
      return rows.length === wanted && lane.room > 0;
    });
  }
  return taken;
}

function take(statements: Statements, now: number, request: ClaimRequest, webhookId: string, limit: number) {
  const owner = toStored(request.lease.owner);
  const rows = statements.all<ClaimedDelivery>(LIST_DUE_DELIVERIES, webhookId, now, limit);
  return rows.map((row): ClaimedDelivery => {
    statements.run(HOLD_DELIVERY, owner, request.lease.token, row.id);
    return {
      ...row,
      id: fromStored(row.id),
      accountId: fromStored(row.accountId),
      webhookId: fromStored(row.webhookId),
      eventId: fromStored(row.eventId),
      eventType: fromStored(row.eventType),
      body: fromStored(row.body),
      trace: fromStoredOrNull(row.trace ?? null),
    };
  });
}

/** Read off the heads: beyond the lanes that nothing may be taken of, one row is enough. */
function nextDueInMs(statements: Statements, now: number, request: ClaimRequest): number | null {
  const lanes = statements.all<{ webhookId: string; headAt: number }>(LIST_NEXT_LANES, request.capacity.size + 1);
  const next = lanes.find(({ webhookId }) => roomOf(request, webhookId) > 0);
  return next === undefined ? null : Math.max(0, next.headAt - now);
}

function roomOf({ capacity, perWebhook }: ClaimRequest, webhookId: string): number {
  return Math.min(perWebhook, capacity.get(fromStored(webhookId)) ?? perWebhook);
}
