import { WebhookError } from "../../errors.js";
import type { StoreContext } from "../../ports/sender-store.js";
import { RedisConnection } from "./connection.js";
import { warnOfLoss } from "./durability.js";
import { Keyspace } from "./keyspace.js";
import type { RedisPort } from "./port.js";
import { numberOf, textOf, listOf } from "./reply.js";
import { Script } from "./script.js";
import { WakeUp } from "./wake-up.js";
import { Whereabouts } from "./whereabouts.js";

/** Counts changes to what is stored and where. */
const VERSION = 1;

/** Partitions where none are there yet and nothing else is said: one is fastest, and a cluster has several nodes. */
const ON_ONE_SERVER = 1;
const ON_A_CLUSTER = 16;

/**
 * Finds out what a store is made of, or makes it.
 *
 * Key: of the store's description. Arguments: version, partitions. Result: the version and the partitions that are there
 * now, and the key as the server sees it.
 */
const DESCRIBE = new Script(/* lua */ `
redis.call('HSETNX', KEYS[1], 'version', ARGV[1])
redis.call('HSETNX', KEYS[1], 'partitions', ARGV[2])
return { redis.call('HGET', KEYS[1], 'version'), redis.call('HGET', KEYS[1], 'partitions'), KEYS[1] }`);

/** What the parts of an open store share. */
export interface OpenStore {
  readonly keyspace: Keyspace;
  readonly whereabouts: Whereabouts;
  readonly wakeUp: WakeUp;
}

/** Where a store is, and how it is reached. */
export interface StorePlace {
  readonly port: RedisPort;
  readonly prefix: string;
  /** Undefined where it is as it was made. */
  readonly partitions: number | undefined;
  readonly timeoutMs: number;
}

/** @throws {@link WebhookError} `store_incompatible`, `store_unavailable` or `store_refused`. */
export async function openStore(place: StorePlace, { logger, now }: StoreContext): Promise<OpenStore> {
  const { port, prefix, partitions, timeoutMs } = place;
  const connection = new RedisConnection(port, timeoutMs);
  const wanted = partitions ?? (port.isCluster ? ON_A_CLUSTER : ON_ONE_SERVER);
  const key = `${prefix}store`;
  const reply = listOf(await connection.run(DESCRIBE, key, [String(VERSION), String(wanted)]));
  const [version = 0, count = 0] = reply.map(numberOf);
  const seenKey = textOf(reply[2]);
  if (version !== VERSION) {
    throw new WebhookError(
      "store_incompatible",
      `What is stored under \`${prefix}\` is of version ${version} and this package knows ${VERSION}; ` +
        "use the version of @auraconnect/webhooks that wrote it, or another prefix.",
    );
  }
  if (partitions !== undefined && partitions !== count) {
    throw new WebhookError(
      "store_incompatible",
      `What is stored under \`${prefix}\` has ${count} partitions, which never change, and \`partitions\` is ` +
        `${partitions}; leave the option out, or use another prefix.`,
    );
  }
  await warnOfLoss(connection, logger);
  const seenPrefix = seenKey.slice(0, seenKey.length - "store".length);
  const storeNow = now === undefined ? () => null : () => Math.floor(now());
  return {
    keyspace: new Keyspace(connection, prefix, seenPrefix, count, storeNow),
    whereabouts: new Whereabouts(count),
    wakeUp: new WakeUp(port, connection, `${prefix}due`),
  };
}
