export { redisStore, type RedisStoreOptions } from "../adapters/redis/store.js";
export { redisIdempotency, type RedisIdempotencyOptions } from "../adapters/redis/idempotency.js";
export type { RedisClient } from "../adapters/redis/client.js";
export type { IoredisClient, IoredisCluster, IoredisSubscriber } from "../adapters/redis/ioredis-client.js";
export type {
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisEvalOptions,
  NodeRedisSubscriber,
} from "../adapters/redis/node-redis-client.js";
