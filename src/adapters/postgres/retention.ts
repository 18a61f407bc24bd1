import type { Retention } from "../../ports/retention.js";
import { EVENT_MAX_AGE_MS } from "../../protocol/limits.js";
import type { PostgresConnection } from "./connection.js";
import { DELETE_NOTES_OF } from "./notes-sql.js";
import { ERASE_EVENTS, PURGE_EVENTS } from "./retention-sql.js";
import { toStored } from "./text.js";

/** Events at which one transaction looks: an event may have a hundred deliveries. */
const CHUNK = 50;

/** Events at which one call looks at most though they must stay. */
const MAX_KEPT = 5_000;

/** Before the first event. */
const START = "0";

/** Removes what is old from PostgreSQL, a few events at a time. */
export class PostgresRetention implements Retention {
  /** The seq of the last event that was looked at. The next call begins behind it, and comes round to those before it. */
  #position = START;

  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async purge({ ageMs, limit }: Parameters<Retention["purge"]>[0]): Promise<number> {
    const connection = this.connection();
    let removed = 0;
    let kept = 0;
    let isWholeRound = this.#position === START;
    while (removed < limit && kept < MAX_KEPT) {
      const size = Math.min(CHUNK, limit - removed);
      const values = [this.#position, this.now(), ageMs, EVENT_MAX_AGE_MS, size];
      const [chunk] = await connection.all<{ looked: number; removed: number; last: string | null }>(
        PURGE_EVENTS,
        values,
      );
      const looked = Number(chunk?.looked);
      removed += Number(chunk?.removed);
      kept += looked - Number(chunk?.removed);
      this.#position = chunk?.last ?? this.#position;
      if (looked === size) continue;
      this.#position = START;
      if (isWholeRound) break;
      isWholeRound = true;
    }
    return removed;
  }

  async erase({ accountId, limit }: Parameters<Retention["erase"]>[0]): Promise<number> {
    const connection = this.connection();
    const account = toStored(accountId);
    await connection.all(DELETE_NOTES_OF, [account]);
    let removed = 0;
    while (removed < limit) {
      const size = Math.min(CHUNK, limit - removed);
      const [chunk] = await connection.all<{ removed: number }>(ERASE_EVENTS, [account, size]);
      removed += Number(chunk?.removed);
      if (Number(chunk?.removed) < size) break;
    }
    return removed;
  }
}
