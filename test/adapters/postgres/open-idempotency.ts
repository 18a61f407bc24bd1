import { postgresIdempotency } from "@auraconnect/webhooks/postgres";

/** Opens the store of a schema, for processes that share it. `where` is a URL and the schema, as JSON. */
export function open(where: string) {
  const store = postgresIdempotency(JSON.parse(where) as { connectionString: string; schema: string });
  return Promise.resolve({ store, close: () => store.close() });
}
