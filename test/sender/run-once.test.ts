import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { makeSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

/** A request that runs until it is told to finish. `begun` resolves when it holds its key. */
function running<Answer>() {
  let begin = (): void => undefined;
  let finish = (_answer: Answer): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const run = () => {
    begin();
    return new Promise<{ answer: Answer }>((resolve) => {
      finish = (answer) => {
        resolve({ answer });
      };
    });
  };
  return {
    begun,
    run,
    finish: (answer: Answer) => {
      finish(answer);
    },
  };
}

describe.each(stores)("once on $name", ({ make, share }) => {
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
    const never = running<never>();
    void sender.runOnce(request, never.run);
    await never.begun;
    const answered = () => sender.runOnce(request, () => Promise.resolve({ answer: 1 }));
    expect(await rejection(answered())).toMatchObject({ code: "idempotency_key_in_use", retryAfterMs: 1_000 });
    await clock.jump(60_000);
    expect(await answered()).toEqual({ answer: 1, replayed: false });
  });

  test("stays taken for as long as it runs, and is replayed from then on", async () => {
    const clock = simulatedClock();
    const shared = share();
    const sender = makeSender({ ...shared(), clock });
    const other = makeSender({ ...shared(), clock });
    const long = running<string>();
    const first = sender.runOnce(request, long.run);
    await long.begun;
    const again = () => other.runOnce(request, () => Promise.resolve({ answer: "twice" }));
    for (let seconds = 0; seconds < 150; seconds += 10) {
      await clock.advance(10_000);
      // A server's store answers in real time, some of which passes here.
      for (let count = 0; count < 3; count += 1) {
        expect((await rejection(again())).code, `after ${seconds} s`).toBe("idempotency_key_in_use");
      }
    }
    long.finish("once");
    expect(await first).toEqual({ answer: "once", replayed: false });
    expect(await again()).toEqual({ answer: "once", replayed: true });
  });

  test("that lapsed while its process slept is left to whoever has taken it since", async () => {
    const [awake, asleep] = [simulatedClock(), simulatedClock()];
    const shared = share();
    const other = makeSender({ ...shared(), clock: awake });
    // A store in memory goes by the clock of whoever opens it first.
    await other.stats();
    const sleeper = makeSender({ ...shared(), clock: asleep });
    const late = running<string>();
    const first = sleeper.runOnce(request, late.run);
    await late.begun;
    await awake.jump(60_000);
    const next = running<string>();
    const second = other.runOnce(request, next.run);
    await next.begun;
    await asleep.jump(60_000);
    late.finish("late");
    expect(await first).toEqual({ answer: "late", replayed: false });
    const third = () => other.runOnce(request, () => Promise.reject(new Error("it was free")));
    expect((await rejection(third())).code).toBe("idempotency_key_in_use");
    next.finish("new");
    expect(await second).toEqual({ answer: "new", replayed: false });
    expect(await third()).toEqual({ answer: "new", replayed: true });
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
