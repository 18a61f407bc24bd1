import { Redis } from "ioredis";
import { redisStore } from "@auraconnect/webhooks/redis";
import { sendOne } from "./send-one.js";

const client = new Redis(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
// It connects again by itself; without a listener ioredis prints each failure with its stack.
client.on("error", (error) => {
  console.error(error.message);
});

await sendOne(redisStore({ client, prefix: process.env["REDIS_PREFIX"] ?? "webhooks:" }));
await client.quit();
