import { sqliteIdempotency } from "@auraconnect/webhooks/sqlite";

/** Opens the store of a file, for processes that share it. */
export function open(path: string) {
  const store = sqliteIdempotency({ path });
  return Promise.resolve({ store, close: () => store.close() });
}
