import type { Lease, Life } from "../../ports/delivery-queue.js";
import type { PostgresConnection } from "./connection.js";
import { DELETE_DEAD_OWNERS, DELETE_OWNER, JOIN, LIST_BEREAVED, RELEASE, RENEW } from "./delivery-queue-sql.js";
import { toStored } from "./text.js";

/** Begins a life. */
export async function join(
  connection: PostgresConnection,
  now: number | null,
  { owner, leaseMs }: Life,
): Promise<void> {
  await connection.all(JOIN, [now, toStored(owner), Math.floor(leaseMs)]);
}

/** Makes a life last. False where it was judged over. */
export async function renew(connection: PostgresConnection, now: number | null, life: Life): Promise<boolean> {
  const rows = await connection.all(RENEW, [now, toStored(life.owner), Math.floor(life.leaseMs)]);
  return rows.length > 0;
}

/** Ends the lives that are over. Answers whether anything became due by that. */
export async function judge(connection: PostgresConnection, now: number | null): Promise<boolean> {
  await connection.all(DELETE_DEAD_OWNERS, [now]);
  let due = false;
  for (const { owner } of await connection.all<{ owner: string }>(LIST_BEREAVED, [])) {
    if (await releaseHeld(connection, now, owner, null, true)) due = true;
  }
  return due;
}

/** Ends a life at its holder's wish, which is no death. Answers whether anything became due by that. */
export async function release(connection: PostgresConnection, now: number | null, owner: string): Promise<boolean> {
  const stored = toStored(owner);
  await connection.all(DELETE_OWNER, [stored]);
  return releaseHeld(connection, now, stored, null, false);
}

/** Gives back what one lease holds. Answers whether anything became due by that. */
export function giveBack(
  connection: PostgresConnection,
  now: number | null,
  { owner, token }: Lease,
): Promise<boolean> {
  return releaseHeld(connection, now, toStored(owner), token, false);
}

/** `owner` is in its stored form. */
async function releaseHeld(
  connection: PostgresConnection,
  now: number | null,
  owner: string,
  token: number | null,
  died: boolean,
): Promise<boolean> {
  const [answer] = await connection.all<{ due: boolean }>(RELEASE, [now, owner, token, died]);
  return answer?.due === true;
}
