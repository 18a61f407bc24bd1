import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";

const BATCH = 1_000;

/** A prefix that nobody else has. */
export function freshPrefix(): string {
  return `test:${randomUUID()}:`;
}

/** A prefix of the present test's own on a server that others use too; what lies under it goes when the test has ended. */
export function ownPrefix(url: string): string {
  const prefix = freshPrefix();
  onTestFinished(async () => {
    const redis = new Redis(url);
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: BATCH }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await redis.unlink(keys);
    }
    redis.disconnect();
  });
  return prefix;
}
