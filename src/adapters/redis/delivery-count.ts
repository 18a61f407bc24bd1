import type { DeliveryCounts, DeliveryLog } from "../../ports/delivery-log.js";
import { COUNT_DELIVERIES } from "./delivery-log-lua.js";
import type { Keyspace } from "./keyspace.js";
import { listOf, numberOf, textOf } from "./reply.js";
import { toField } from "./text.js";

/** Deliveries that one script reads: other clients wait meanwhile. */
const CHUNK = 1_000;

/** Counts in Redis, so that no record is sent for it, a chunk at a time. */
export async function countDeliveries(
  keyspace: Keyspace,
  { accountId, webhookId, since, limit }: Parameters<DeliveryLog["count"]>[0],
): Promise<DeliveryCounts> {
  const partition = keyspace.partitionOf(accountId);
  const totals = [0, 0, 0, 0, 0, 0];
  let found = 0;
  for (let newest = "+inf"; newest !== "(" && found <= limit;) {
    const chunk = Math.min(limit - found + 1, CHUNK);
    const range = [newest, since, chunk].map(String);
    const args = [toField(webhookId), ...range, toField(accountId), String(limit - found)];
    const [last, rows, ...counts] = listOf(await keyspace.run(partition, COUNT_DELIVERIES, args));
    for (const [index, count] of counts.entries()) totals[index] = (totals[index] ?? 0) + numberOf(count);
    found += numberOf(rows);
    newest = `(${textOf(last)}`;
  }
  const [attempts = 0, pending = 0, success = 0, failed = 0, expired = 0, cancelled = 0] = totals;
  return { deliveries: { pending, success, failed, expired, cancelled }, attempts, complete: found <= limit };
}
