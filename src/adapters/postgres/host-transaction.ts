import { WebhookError } from "../../errors.js";
import type { EnqueueResult, NewEvent } from "../../ports/delivery-queue.js";
import type { PostgresConnection } from "./connection.js";
import { isQueryable, rowsOf, type PostgresQueryable } from "./database.js";
import { enqueue, type Send } from "./enqueue.js";
import { sqlStateOf, storeError } from "./failure.js";
import { channelOf, NOTIFY } from "./wake-up.js";

const SAVEPOINT = "savepoint webhooks_call";
const RELEASE = "release savepoint webhooks_call";
const ROLLBACK_TO = "rollback to savepoint webhooks_call";

/** What PostgreSQL says of a connection that a host cannot have meant. */
const MISTAKES: Readonly<Record<string, string>> = {
  "25P01": "is a connection with an open transaction; begin one first, and give a client, not a pool",
  "25P02": "is a transaction that can still be committed; a statement in this one failed before",
  "42P01": "is a connection to the store's own database; this one has no webhook tables",
  "3F000": "is a connection to the store's own database; this one has no webhook tables",
};

/** The last call on each transaction. A connection does one thing at a time, and savepoints are nested. */
const lastOn = new WeakMap<object, Promise<unknown>>();

/**
 * Stores events in a transaction of the host's: what is written exists exactly if the host commits, and is told of then.
 * Nothing of it is leased. A failure undoes what this call wrote, by a savepoint, and leaves the transaction usable.
 *
 * @throws {@link WebhookError} `option_invalid` for what is no open transaction on the store's database; otherwise what
 *   the store throws. After `store_unavailable` the transaction may be lost with its connection.
 */
export function enqueueInTransaction(
  connection: PostgresConnection,
  transaction: unknown,
  now: number | null,
  events: readonly NewEvent[],
): Promise<readonly EnqueueResult[]> {
  return inHostTransaction(connection, transaction, async (send) => {
    const { results, due } = await enqueue(send, now, events, null);
    // Delivered with the commit, and to this process too: it cannot know when that is.
    if (due) await send(NOTIFY, [channelOf(connection.schema), ""]);
    return results;
  });
}

/**
 * Runs statements in a transaction of the host's, one call after the other. A failure undoes what its call wrote, by a
 * savepoint, and leaves the transaction usable.
 *
 * @throws {@link WebhookError} `option_invalid` for what is no open transaction on the store's database; otherwise what
 *   `run` throws, as an error of the store's.
 */
export function inHostTransaction<Result>(
  connection: PostgresConnection,
  transaction: unknown,
  run: (send: Send) => Promise<Result>,
): Promise<Result> {
  if (!isQueryable(transaction)) throw invalid("is an object with `query(text, values)`, such as a client of pg");
  return inTurn(transaction, async () => {
    const send: Send = async (sql, values) => rowsOf(await transaction.query(connection.textOf(sql), [...values]));
    try {
      return await guarded(transaction, () => run(send));
    } catch (error) {
      const mistake = MISTAKES[sqlStateOf(error) ?? ""];
      throw mistake === undefined ? storeError(error) : invalid(mistake, error);
    }
  });
}

async function guarded<Result>(transaction: PostgresQueryable, run: () => Promise<Result>): Promise<Result> {
  await transaction.query(SAVEPOINT);
  try {
    const result = await run();
    await transaction.query(RELEASE);
    return result;
  } catch (error) {
    try {
      await transaction.query(ROLLBACK_TO);
      await transaction.query(RELEASE);
    } catch {
      // The connection is gone, and the transaction with it; the error that led here is the one to tell.
    }
    throw error;
  }
}

function inTurn<Result>(transaction: object, run: () => Promise<Result>): Promise<Result> {
  const turn = (lastOn.get(transaction) ?? Promise.resolve()).then(run, run);
  lastOn.set(transaction, turn);
  return turn;
}

function invalid(expected: string, cause?: unknown): WebhookError {
  return new WebhookError("option_invalid", `\`transaction\` ${expected}.`, { field: "transaction", cause });
}
