import { memoryStore } from "@auraconnect/webhooks/memory";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { databaseFile, SECRET_KEYS } from "./sender-scene.js";

/** Options of a sender on each kind of store, for what must hold on all of them. */
export const stores = [
  { name: "memory", make: () => ({ store: memoryStore() }) },
  { name: "sqlite", make: () => ({ store: sqliteStore({ path: databaseFile() }), secretKeys: SECRET_KEYS }) },
];
