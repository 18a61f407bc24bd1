import type { Lease, Life } from "../../ports/delivery-queue.js";
import { END_LIVES, GIVE_BACK, IS_ALIVE, JOIN, RENEW } from "./delivery-queue-lua.js";
import type { Keyspace } from "./keyspace.js";
import { numberOf } from "./reply.js";
import { toField } from "./text.js";

/** Begins a life in every partition. One that began in some of them only holds nothing, and lapses there. */
export async function join(keyspace: Keyspace, { owner, leaseMs }: Life): Promise<void> {
  await keyspace.runInAll(JOIN, [toField(owner), String(Math.floor(leaseMs))]);
}

/**
 * Makes a life last in every partition, or in none that can be helped: a worker that reaches some of them only stops
 * starting attempts when its life is over, and must then be judged in all. So all are asked first whether it lives, and
 * only when all have answered is it renewed. Where one has judged it over it is ended in the others too.
 */
export async function renew(keyspace: Keyspace, { judgeOthers, ...life }: Life & { judgeOthers: boolean }) {
  const owner = toField(life.owner);
  const isAlive =
    (keyspace.count === 1 || isOne(await keyspace.runInAll(IS_ALIVE, [owner]))) &&
    isOne(await keyspace.runInAll(RENEW, [owner, String(Math.floor(life.leaseMs))]));
  if (!isAlive) await endLives(keyspace, owner, false);
  if (judgeOthers) await endLives(keyspace, "", true);
  return isAlive;
}

/** Ends a life at its holder's wish, which is no death. */
export async function release(keyspace: Keyspace, owner: string): Promise<void> {
  await endLives(keyspace, toField(owner), false);
}

/** Answers whether anything was given back. */
export async function giveBack(keyspace: Keyspace, { owner, token }: Lease): Promise<boolean> {
  const answers = await keyspace.runInAll(GIVE_BACK, [toField(owner), String(token)]);
  return answers.some((answer) => numberOf(answer) > 0);
}

/** A thousand deliveries at a time in each partition, until nothing is left of the dead. */
async function endLives(keyspace: Keyspace, owner: string, judge: boolean): Promise<void> {
  const args = [owner, judge ? "1" : "0"];
  for (let left = true; left;) {
    left = (await keyspace.runInAll(END_LIVES, args)).some((answer) => numberOf(answer) === 1);
  }
}

function isOne(answers: readonly unknown[]): boolean {
  return answers.every((answer) => numberOf(answer) === 1);
}
