import { describe, expect, test } from "vitest";
import { memoryIdempotency } from "@auraconnect/webhooks/memory";
import type { IdempotencyStore } from "../../../src/ports/idempotency.js";
import { thrownBy } from "../../protocol/thrown-by.js";
import { hostileBut } from "../../support/hostile-values.js";

async function handle(store: IdempotencyStore, key: string): Promise<void> {
  const claim = await store.claim({ key, leaseMs: 1_000 });
  if (claim.kind !== "claimed") throw new Error(`${key} is ${claim.kind}`);
  await store.complete({ key, token: claim.token, retentionMs: 60_000 });
}

const kindOf = async (store: IdempotencyStore, key: string): Promise<string> =>
  (await store.claim({ key, leaseMs: 1_000 })).kind;

describe("memoryIdempotency, at its bound", () => {
  test("forgets what was handled longest ago", async () => {
    const store = memoryIdempotency({ maxKeys: 3 });
    for (const key of ["a", "b", "c", "d"]) await handle(store, key);
    expect(await kindOf(store, "d")).toBe("done");
    expect(await kindOf(store, "c")).toBe("done");
    expect(await kindOf(store, "a")).toBe("claimed");
  });

  test("never forgets a key that is being handled", async () => {
    const store = memoryIdempotency({ maxKeys: 2 });
    await store.claim({ key: "slow", leaseMs: 60_000 });
    for (const key of ["a", "b", "c", "d"]) await handle(store, key);
    await store.claim({ key: "e", leaseMs: 60_000 });
    await store.claim({ key: "f", leaseMs: 60_000 });
    expect(await kindOf(store, "slow")).toBe("in_flight");
    expect(await kindOf(store, "e")).toBe("in_flight");
  });

  test.each([0, -1, 1.5, Number.NaN, 10_000_001, null as never])("is not %d keys", (maxKeys) => {
    expect(() => memoryIdempotency({ maxKeys })).toThrow(expect.objectContaining({ code: "option_invalid" }));
  });
});

describe("memoryIdempotency, made", () => {
  test.each(hostileBut("an object", "what cannot be text"))("refuses to be given %s", (_, options) => {
    expect(thrownBy(() => memoryIdempotency(options as object)).code).toBe("option_invalid");
  });

  test("refuses a misspelt name, and names the nearest", () => {
    const error = thrownBy(() => memoryIdempotency({ maxKey: 5 } as object));
    expect(error).toMatchObject({ code: "option_invalid", field: "maxKey" });
    expect(error.message).toContain("did you mean `maxKeys`?");
  });
});
