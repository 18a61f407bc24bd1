import type { Retention } from "../../ports/retention.js";
import { EVENT_MAX_AGE_MS } from "../../protocol/limits.js";
import { ERASE_NOTES } from "./notes-lua.js";
import type { OpenStore } from "./open-store.js";
import { listOf, numberOf, textOf } from "./reply.js";
import { ERASE, PURGE } from "./retention-lua.js";
import { toField } from "./text.js";

/** Events at which one script looks: an event may have a hundred deliveries, and other clients wait meanwhile. */
const CHUNK = 50;

/** Events at which one call looks at most though they must stay. */
const MAX_KEPT = 5_000;

/**
 * A place among the old events: how many accounts of a partition were passed, behind which instant of the next one it is,
 * and how many events of the instant after that were passed.
 */
interface Position {
  readonly partition: number;
  readonly accounts: number;
  readonly behind: string;
  readonly events: number;
}

const OLDEST: Position = { partition: 0, accounts: 0, behind: "-inf", events: 0 };

/** Removes what is old from Redis, a few events at a time, oldest first within an account. */
export class RedisRetention implements Retention {
  /** Behind what was looked at last. The next call goes on there, and comes round to what is before. */
  #position = OLDEST;

  constructor(private readonly store: () => OpenStore) {}

  async purge({ ageMs, limit }: Parameters<Retention["purge"]>[0]): Promise<number> {
    const { keyspace } = this.store();
    let removed = 0;
    let kept = 0;
    let isWholeRound = this.#position === OLDEST;
    while (removed < limit && kept < MAX_KEPT) {
      const { partition, accounts, behind, events } = this.#position;
      const chunk = Math.min(CHUNK, limit - removed);
      const args = [ageMs, EVENT_MAX_AGE_MS, chunk, accounts, behind, events].map(String);
      const [looked, gone, nextAccounts, nextBehind, nextEvents] = listOf(await keyspace.run(partition, PURGE, args));
      removed += numberOf(gone);
      kept += numberOf(looked) - numberOf(gone);
      const next = {
        partition,
        accounts: numberOf(nextAccounts),
        behind: textOf(nextBehind),
        events: numberOf(nextEvents),
      };
      if (next.accounts >= 0) {
        this.#position = next;
        continue;
      }
      if (partition + 1 < keyspace.count) {
        this.#position = { ...OLDEST, partition: partition + 1 };
        continue;
      }
      this.#position = OLDEST;
      if (isWholeRound) break;
      isWholeRound = true;
    }
    return removed;
  }

  async erase({ accountId, limit }: Parameters<Retention["erase"]>[0]): Promise<number> {
    const { keyspace } = this.store();
    const partition = keyspace.partitionOf(accountId);
    const account = toField(accountId);
    for (let left = true; left;) left = numberOf(await keyspace.run(partition, ERASE_NOTES, [account])) === 1;
    let removed = 0;
    while (removed < limit) {
      const wanted = Math.min(CHUNK, limit - removed);
      const count = numberOf(await keyspace.run(partition, ERASE, [account, String(wanted)]));
      removed += count;
      if (count < wanted) break;
    }
    return removed;
  }
}
