import type { RedisConnection } from "./connection.js";
import { baseKey, partitionOf } from "./partitions.js";
import type { Script } from "./script.js";

/** The partitions of an open store, and the scripts that run in them. */
export class Keyspace {
  constructor(
    private readonly connection: RedisConnection,
    private readonly prefix: string,
    /** The prefix as the server sees it: a client may put one of its own before it. */
    private readonly seenPrefix: string,
    /** How many partitions there are. */
    readonly count: number,
    private readonly now: () => number | null,
  ) {}

  partitionOf(accountId: string): number {
    return partitionOf(accountId, this.count);
  }

  /** How keys of a partition begin where a script is given them as arguments, which no client puts a prefix before. */
  seenBase(partition: number): string {
    return baseKey(this.seenPrefix, partition);
  }

  /** Runs a script in a partition. Its first argument is the time, empty where the server's own rules. */
  run(partition: number, script: Script, args: readonly string[]): Promise<unknown> {
    const now = this.now();
    return this.connection.run(script, baseKey(this.prefix, partition), [now === null ? "" : String(now), ...args]);
  }

  /** Runs a script in every partition, in the order of their numbers. Rejects when one does, after all have ended. */
  async runInAll(script: Script, args: readonly string[]): Promise<readonly unknown[]> {
    const runs = Array.from({ length: this.count }, (_, partition) => this.run(partition, script, args));
    const ended = await Promise.allSettled(runs);
    return ended.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
  }
}
