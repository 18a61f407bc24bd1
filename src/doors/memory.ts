import { memoryInboxStore, type MemoryInboxOptions } from "../adapters/memory/inbox.js";
import { createInbox } from "../receiver/create-inbox.js";
import type { Inbox } from "../receiver/inbox.js";

/**
 * An inbox for tests: what it holds is lost with the process, and it grows without bound. It takes part in no
 * transaction.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option, what it was and what it can be.
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  return createInbox(memoryInboxStore(options));
}

export type { MemoryInboxOptions };
export { memoryStore } from "../adapters/memory/store.js";
export { memoryIdempotency, type MemoryIdempotencyOptions } from "../adapters/memory/idempotency.js";
