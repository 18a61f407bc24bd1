import { expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";

test("memoryStore refuses a transaction of the caller's, and says what to use", async () => {
  await expect(memoryStore().queue.enqueue([], { transaction: {} })).rejects.toMatchObject({
    code: "transaction_unsupported",
  });
});
