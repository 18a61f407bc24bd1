import type { ResendRequest, ResendResult } from "../../ports/delivery-queue.js";
import type { Keyspace } from "./keyspace.js";
import { textOf } from "./reply.js";
import { RESEND } from "./resend-lua.js";
import { toField } from "./text.js";

/** What one script resends at most, so that other clients get their turn. */
const CHUNK = 250;

const RESULTS: Readonly<Record<string, ResendResult>> = { r: "resent", p: "pending", o: "too_old", m: "missing" };

/** Makes what has ended pending again, a chunk at a time. */
export async function resend(
  keyspace: Keyspace,
  { accountId, deliveries, createdSince }: ResendRequest,
): Promise<ResendResult[]> {
  const partition = keyspace.partitionOf(accountId);
  const results: ResendResult[] = [];
  for (let from = 0; from < deliveries.length; from += CHUNK) {
    const pairs = deliveries.slice(from, from + CHUNK).flatMap(({ id, resends }) => [toField(id), String(resends)]);
    const args = [toField(accountId), String(createdSince), ...pairs];
    for (const letter of textOf(await keyspace.run(partition, RESEND, args)))
      results.push(RESULTS[letter] ?? "missing");
  }
  return results;
}
