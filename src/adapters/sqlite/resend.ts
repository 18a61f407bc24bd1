import type { ResendRequest, ResendResult } from "../../ports/delivery-queue.js";
import type { Statements } from "./database.js";
import { GET_ENDED, RESEND_DELIVERY } from "./delivery-queue-sql.js";
import { LaneHeads } from "./lane-heads.js";
import { toStored } from "./text.js";

interface Row {
  /** In its stored form. */
  readonly webhookId: string;
  readonly status: string;
  readonly resends: number;
  readonly createdAt: number;
}

/** Makes what has ended pending again, inside a write transaction. */
export function resend(statements: Statements, now: number, request: ResendRequest): ResendResult[] {
  const heads = new LaneHeads();
  const results = request.deliveries.map(({ id, resends }): ResendResult => {
    const row = statements.get<Row>(GET_ENDED, toStored(id), toStored(request.accountId));
    if (row === undefined) return "missing";
    if (row.resends > resends) return "resent";
    if (row.status === "pending") return "pending";
    if (row.createdAt < request.createdSince) return "too_old";
    statements.run(RESEND_DELIVERY, now, toStored(id));
    heads.lower(row.webhookId, now);
    return "resent";
  });
  heads.write(statements);
  return results;
}
