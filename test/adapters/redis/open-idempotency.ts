import { Redis } from "ioredis";
import { redisIdempotency } from "@auraconnect/webhooks/redis";

/** Opens the store under a prefix, for processes that share it. `where` is a URL and the prefix, as JSON. */
export function open(where: string) {
  const { url, prefix } = JSON.parse(where) as { url: string; prefix: string };
  const client = new Redis(url);
  const close = async () => {
    await client.quit();
  };
  return Promise.resolve({ store: redisIdempotency({ client, prefix }), close });
}
