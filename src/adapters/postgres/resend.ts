import type { ResendRequest, ResendResult } from "../../ports/delivery-queue.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import { RESEND } from "./delivery-queue-sql.js";
import { toStored } from "./text.js";

/** Makes what has ended pending again. Answers in the order of the request. */
export async function resend(
  connection: PostgresConnection,
  now: number | null,
  { accountId, deliveries, createdSince }: ResendRequest,
): Promise<readonly ResendResult[]> {
  if (deliveries.length === 0) return [];
  const rows = await connection.all<{ result: ResendResult }>(RESEND, [
    now,
    toStored(accountId),
    column(deliveries.map(({ id }) => toStored(id))),
    column(deliveries.map(({ resends }) => resends)),
    createdSince,
  ]);
  return rows.map(({ result }) => result);
}
