import type { AttemptRecord, Settlement, SettleResult } from "../../ports/delivery-queue.js";
import type { Statements } from "./database.js";
import { FINISH_DELIVERY, GET_EARLIER_SETTLEMENT, INSERT_ATTEMPT, RESCHEDULE_DELIVERY } from "./delivery-queue-sql.js";
import { EndpointTally } from "./endpoint-tally.js";
import { LaneHeads } from "./lane-heads.js";
import { toStored, toStoredOrNull } from "./text.js";

/** What a batch comes to beside its rows: written once per webhook, at its end. */
interface Sums {
  readonly heads: LaneHeads;
  readonly tally: EndpointTally;
}

/** Records attempts and what is next, inside a write transaction. */
export function settle(statements: Statements, now: number, settlements: readonly Settlement[]): SettleResult[] {
  const sums: Sums = { heads: new LaneHeads(), tally: new EndpointTally() };
  const results = settlements.map((settlement) => settleOne(statements, now, settlement, sums));
  sums.heads.write(statements);
  sums.tally.write(statements, now);
  return results;
}

function settleOne(statements: Statements, now: number, settlement: Settlement, { heads, tally }: Sums): SettleResult {
  const { deliveryId, attempt, next } = settlement;
  if (decide(statements, now, settlement, heads)) {
    record(statements, settlement, attempt, true);
    if (attempt !== null) tally.count(toStored(deliveryId), next.kind === "success");
    return "decided";
  }
  const earlier = earlierResult(statements, settlement);
  // No row: there is no such delivery (any more), and an attempt of it would belong to nothing.
  if (earlier === "stale") record(statements, settlement, attempt, false);
  return earlier ?? "stale";
}

function decide(statements: Statements, now: number, settlement: Settlement, heads: LaneHeads): boolean {
  const { lease, next } = settlement;
  const id = toStored(settlement.deliveryId);
  const owner = toStored(lease.owner);
  const spent = settlement.attempt === null ? 0 : 1;
  if (next.kind !== "retry" && next.kind !== "release") {
    return statements.run(FINISH_DELIVERY, next.kind, spent, owner, lease.token, id, owner, lease.token) > 0;
  }
  const keepsItsPlace = next.kind === "release" && next.delayMs === 0;
  const row = statements.get<{ webhookId: string; dueAt: number }>(
    RESCHEDULE_DELIVERY,
    ...[keepsItsPlace ? null : now + Math.ceil(next.delayMs), spent, owner, lease.token, id, owner, lease.token],
  );
  if (row === undefined) return false;
  heads.lower(row.webhookId, row.dueAt);
  return true;
}

/** What this settlement was answered before, `stale` where it is new and late, null where there is no such delivery. */
function earlierResult(statements: Statements, { deliveryId, lease }: Settlement): SettleResult | null {
  const owner = toStored(lease.owner);
  const row = statements.get<{ last: number | null; decided: number | null }>(
    GET_EARLIER_SETTLEMENT,
    ...[owner, lease.token, owner, lease.token, toStored(deliveryId)],
  );
  if (row === undefined) return null;
  return row.last === 1 || row.decided === 1 ? "decided" : "stale";
}

function record(statements: Statements, settlement: Settlement, attempt: AttemptRecord | null, decided: boolean): void {
  if (attempt === null) return;
  statements.run(
    INSERT_ATTEMPT,
    toStored(settlement.deliveryId),
    toStored(settlement.lease.owner),
    settlement.lease.token,
    decided ? 1 : 0,
    attempt.number,
    attempt.sentAt,
    attempt.responseCode,
    attempt.responseTimeMs,
    toStoredOrNull(attempt.error),
    toStoredOrNull(attempt.debug),
  );
}
