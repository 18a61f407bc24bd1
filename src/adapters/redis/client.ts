import { WebhookError } from "../../errors.js";
import { ioredisPort, type IoredisClient, type IoredisCluster } from "./ioredis-client.js";
import { nodeRedisPort, type NodeRedisClient, type NodeRedisCluster } from "./node-redis-client.js";
import type { RedisPort } from "./port.js";

/**
 * A client of the host's, typed by what is asked of it: `Redis` or `Cluster` of ioredis (5 and later), or what
 * `createClient` or `createCluster` of `redis` (4 and later) answers, connected.
 */
export type RedisClient = IoredisClient | IoredisCluster | NodeRedisClient | NodeRedisCluster;

/**
 * What the adapter works with, for either kind of client: they are told apart by what they can do.
 *
 * @throws {@link WebhookError} `option_invalid` for what is neither.
 */
export function portOf(client: RedisClient): RedisPort {
  if (typeof client === "object" && (client as unknown) !== null) {
    if ("evalsha" in client) return ioredisPort(client);
    if ("evalSha" in client) return nodeRedisPort(client);
  }
  const message = "`client` is a `Redis` or `Cluster` of ioredis, or a client or cluster made by `redis`.";
  throw new WebhookError("option_invalid", message, { field: "client" });
}
