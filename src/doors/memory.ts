export { memoryStore } from "../adapters/memory/store.js";
export { memoryInbox, type MemoryInboxOptions } from "../adapters/memory/inbox.js";
export { memoryIdempotency, type MemoryIdempotencyOptions } from "../adapters/memory/idempotency.js";
