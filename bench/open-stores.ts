import { join } from "node:path";
import { openShared, type OpenedStore } from "../test/workers/shared-store.js";
import type { Place } from "./place.js";

/**
 * How a process opens each durable store in a place that other processes share with it. What is kept there is taken away
 * with the place.
 */
export const openStores: Readonly<Record<string, (place: Place) => OpenedStore>> = {
  sqlite: ({ folder }) => openShared({ kind: "sqlite", path: join(folder, "webhooks.db") }),
  postgres: ({ postgresUrl, name }) => openShared({ kind: "postgres", url: postgresUrl ?? "", schema: name }),
  redis: ({ redisUrl, name }) => openShared({ kind: "redis", url: redisUrl ?? "", prefix: `${name}:` }),
};
