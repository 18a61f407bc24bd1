import { describe, test } from "vitest";
import { memoryIdempotency, memoryInbox, memoryStore } from "@auraconnect/webhooks/memory";
import { handClock, idempotencyCases, inboxCases, storeCases } from "@auraconnect/webhooks/testing";
import { silentLogger } from "../../../src/ports/logger.js";

describe("memoryStore keeps every promise of the storage port", () => {
  test.each(storeCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    const store = memoryStore();
    await store.open({ logger: silentLogger, now });
    await promise.run({ store, now, advance });
  });
});

describe("memoryIdempotency keeps every promise of the idempotency port", () => {
  test.each(idempotencyCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    await promise.run({ store: memoryIdempotency({ maxKeys: 1_000, now }), now, advance });
  });
});

describe("memoryInbox keeps every promise of the inbox port", () => {
  test.each(inboxCases)("$name", async (promise) => {
    const { now, advance } = handClock();
    await promise.run({ inbox: memoryInbox({ now }), now, advance });
  });
});
