import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { makeSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

describe.each(stores)("once on $name", ({ make }) => {
  const request = { key: "key-1", fingerprint: "create" };

  test("runs once, and answers later calls with what was kept", async () => {
    const clock = simulatedClock();
    const sender = makeSender({ ...make(), clock });
    let runs = 0;
    const run = () => Promise.resolve({ answer: { secret: "seen", run: ++runs }, kept: { secret: "***", run: runs } });
    expect(await sender.runOnce(request, run)).toEqual({ answer: { secret: "seen", run: 1 }, replayed: false });
    expect(await sender.runOnce(request, run)).toEqual({ answer: { secret: "***", run: 1 }, replayed: true });
    expect(await sender.runOnce({ ...request, accountId: "other" }, run)).toMatchObject({ answer: { run: 2 } });
    const other = await rejection(sender.runOnce({ ...request, fingerprint: "delete" }, run));
    expect(other).toMatchObject({ code: "idempotency_key_conflict", status: 409 });
    await clock.jump(24 * 3_600_000);
    expect(await sender.runOnce(request, run)).toMatchObject({ answer: { run: 3 }, replayed: false });
  });

  test("is taken while it runs, and free again when it failed or its process died", async () => {
    const clock = simulatedClock();
    const sender = makeSender({ ...make(), clock });
    const boom = new Error("boom");
    await expect(sender.runOnce(request, () => Promise.reject(boom))).rejects.toBe(boom);
    void sender.runOnce(request, () => new Promise<never>(() => undefined));
    const answered = () => sender.runOnce(request, () => Promise.resolve({ answer: 1 }));
    await expect
      .poll(() => rejection(answered()))
      .toMatchObject({ code: "idempotency_key_in_use", retryAfterMs: 1_000 });
    await clock.jump(60_000);
    expect(await answered()).toEqual({ answer: 1, replayed: false });
  });

  test("of many at the same moment one runs", async () => {
    const sender = makeSender(make());
    let runs = 0;
    const calls = Array.from({ length: 10 }, () =>
      sender.runOnce(request, () => Promise.resolve({ answer: ++runs })).catch((error: unknown) => error),
    );
    await Promise.all(calls);
    expect(runs).toBe(1);
  });
});

test.each(["", " ", " a", "a\n", "é", "x".repeat(256), 5])("refuses %j as a key", async (key) => {
  const run = () => Promise.resolve({ answer: 1 });
  const error = await rejection(makeSender().runOnce({ key: key as string, fingerprint: "" }, run));
  expect(error.code).toBe("idempotency_key_invalid");
});
