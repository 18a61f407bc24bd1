import { kindOf } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { SenderStore } from "../ports/sender-store.js";

const STORE_PARTS = ["webhooks", "queue", "log", "rate", "health", "retention", "notes"] as const;

/** @throws {@link WebhookError} `option_invalid`, naming what keeps it from being a store. */
export function readStore(store: unknown): SenderStore {
  const missing = missingOf(store);
  if (missing === null) return store as SenderStore;
  const message =
    "createSender needs a `store`, such as memoryStore() from @auraconnect/webhooks/memory or sqliteStore({ path }) from @auraconnect/webhooks/sqlite";
  throw new WebhookError("option_invalid", `${message}; ${missing}.`, { field: "store" });
}

/** What keeps it from being a store. Secrets are encrypted or not by its word on whether it is `durable`. */
function missingOf(store: unknown): string | null {
  if (typeof store !== "object" || store === null) return `it was ${kindOf(store)}`;
  const isA = (name: keyof SenderStore, type: string): boolean =>
    typeof Reflect.get(store, name) === type && Reflect.get(store, name) !== null;
  const part = STORE_PARTS.find((name) => !isA(name, "object"));
  if (part !== undefined) return `one of your own has ${STORE_PARTS.join(", ")}, and this one has no \`${part}\``;
  if (!isA("durable", "boolean"))
    return "one of your own says by `durable`, true or false, whether it outlives the process";
  const method = (["open", "close"] as const).find((name) => !isA(name, "function"));
  return method === undefined ? null : `one of your own has a method \`${method}\``;
}
