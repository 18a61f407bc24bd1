import type { Lease, Life } from "../../ports/delivery-queue.js";
import type { Statements } from "./database.js";
import {
  DELETE_OWNER,
  INSERT_OWNER,
  LIST_DEAD_OWNERS,
  RELEASE_BEREAVED,
  RELEASE_HELD,
  RELEASE_LEASE,
  RENEW_OWNER,
} from "./delivery-queue-sql.js";
import { LaneHeads } from "./lane-heads.js";
import { toStored } from "./text.js";

/** A delivery that nobody holds any more. */
interface ReleasedRow {
  readonly webhookId: string;
  readonly dueAt: number;
}

/** Begins a life, inside a write transaction. */
export function join(statements: Statements, now: number, { owner, leaseMs }: Life): void {
  statements.run(INSERT_OWNER, toStored(owner), now + Math.floor(leaseMs));
}

/** Makes a life last, and ends those that are over, inside a write transaction. */
export function renew(statements: Statements, now: number, life: Life & { readonly judgeOthers: boolean }): boolean {
  const renewed = statements.run(RENEW_OWNER, now + Math.floor(life.leaseMs), toStored(life.owner)) > 0;
  if (life.judgeOthers) {
    for (const { id } of statements.all<{ id: string }>(LIST_DEAD_OWNERS, now)) {
      statements.run(DELETE_OWNER, id);
      lowerHeads(statements, statements.all<ReleasedRow>(RELEASE_BEREAVED, now, id));
    }
  }
  return renewed;
}

/** Ends a life at its holder's wish, which is no death, inside a write transaction. */
export function release(statements: Statements, owner: string): void {
  statements.run(DELETE_OWNER, toStored(owner));
  lowerHeads(statements, statements.all<ReleasedRow>(RELEASE_HELD, toStored(owner)));
}

/** Gives back what one lease holds, inside a write transaction. */
export function giveBack(statements: Statements, { owner, token }: Lease): void {
  lowerHeads(statements, statements.all<ReleasedRow>(RELEASE_LEASE, toStored(owner), token));
}

function lowerHeads(statements: Statements, released: readonly ReleasedRow[]): void {
  const heads = new LaneHeads();
  for (const { webhookId, dueAt } of released) heads.lower(webhookId, dueAt);
  heads.write(statements);
}
