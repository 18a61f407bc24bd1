import type { Retention } from "../../ports/retention.js";
import { EVENT_MAX_AGE_MS } from "../../protocol/limits.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { DELETE_NOTES_OF } from "./notes-sql.js";
import { DELETE_ATTEMPTS, DELETE_DELIVERIES, DELETE_EVENT, LIST_EVENTS_OF, LIST_OLD_EVENTS } from "./retention-sql.js";
import { toStored } from "./text.js";

/** Events at which one transaction looks: an event may have a hundred deliveries, and other writers wait meanwhile. */
const CHUNK = 50;

/** Events at which one call looks at most though they must stay. */
const MAX_KEPT = 5_000;

/** A place among the events, oldest first. */
interface Position {
  readonly storedAt: number;
  readonly seq: number;
}

const OLDEST: Position = { storedAt: Number.MIN_SAFE_INTEGER, seq: 0 };

/** What one transaction looks at. */
interface Chunk {
  readonly after: Position;
  readonly storedBefore: number;
  readonly expiredBefore: number;
  readonly limit: number;
}

/** What it found. */
interface ChunkResult {
  readonly looked: number;
  readonly removed: number;
  readonly last: Position | undefined;
}

/** Removes what is old from SQLite, a few events at a time. */
export class SqliteRetention implements Retention {
  /** The last event that was looked at. The next call begins behind it, and comes round to those before it. */
  #position = OLDEST;

  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async purge({ ageMs, limit }: Parameters<Retention["purge"]>[0]): Promise<number> {
    const now = this.now();
    const range = { storedBefore: now - ageMs, expiredBefore: now - EVENT_MAX_AGE_MS };
    let removed = 0;
    let kept = 0;
    let isWholeRound = this.#position === OLDEST;
    while (removed < limit && kept < MAX_KEPT) {
      const chunk = { ...range, after: this.#position, limit: Math.min(CHUNK, limit - removed) };
      const result = await this.connection().write((statements) => purgeChunk(statements, chunk));
      removed += result.removed;
      kept += result.looked - result.removed;
      this.#position = result.last ?? this.#position;
      if (result.looked === chunk.limit) continue;
      this.#position = OLDEST;
      if (isWholeRound) break;
      isWholeRound = true;
    }
    return removed;
  }

  async erase({ accountId, limit }: Parameters<Retention["erase"]>[0]): Promise<number> {
    const account = toStored(accountId);
    await this.connection().write((statements) => statements.run(DELETE_NOTES_OF, account));
    let removed = 0;
    while (removed < limit) {
      const wanted = Math.min(CHUNK, limit - removed);
      const count = await this.connection().write((statements) => {
        const events = statements.all<{ seq: number }>(LIST_EVENTS_OF, account, wanted);
        for (const { seq } of events) remove(statements, seq);
        return events.length;
      });
      removed += count;
      if (count < wanted) break;
    }
    return removed;
  }
}

/** Removes those of the next events that may go, inside a write transaction. */
function purgeChunk(statements: Statements, { after, ...range }: Chunk): ChunkResult {
  const events = statements.allNamed<Position & { readonly stays: number }>(LIST_OLD_EVENTS, { ...after, ...range });
  const removed = events.filter(({ stays }) => stays === 0);
  for (const { seq } of removed) remove(statements, seq);
  const last = events.at(-1);
  return { looked: events.length, removed: removed.length, last };
}

function remove(statements: Statements, seq: number): void {
  statements.run(DELETE_ATTEMPTS, seq);
  statements.run(DELETE_DELIVERIES, seq);
  statements.run(DELETE_EVENT, seq);
}
