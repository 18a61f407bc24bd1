import { Redis } from "ioredis";

const CONNECT_MS = 1_000;

/** Whether a Redis server answers there and has read its files. */
export async function redisAnswers(url: string): Promise<boolean> {
  const options = { lazyConnect: true, connectTimeout: CONNECT_MS, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const client = new Redis(url, options);
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
