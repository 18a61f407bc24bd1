import { describe, expect, test } from "vitest";
import { simulatedClock } from "@auraconnect/webhooks/testing";

describe("a simulated clock", () => {
  test("stands still until it is moved", async () => {
    const clock = simulatedClock();
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
    expect(clock.monotonicMs()).toBe(0);
  });

  test("begins where it is told to", async () => {
    const clock = simulatedClock(1_000);
    await clock.advance(500);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_500, 500]);
  });

  test("runs what falls due on the way, in order, each at its own instant", async () => {
    const clock = simulatedClock(0);
    const ran: (readonly [string, number])[] = [];
    const at = (name: string, delayMs: number) => clock.schedule(delayMs, () => ran.push([name, clock.now()]));
    at("third", 30);
    at("first", 10);
    at("second", 10);
    at("later", 31);
    await clock.advance(30);
    expect(ran).toEqual([
      ["first", 10],
      ["second", 10],
      ["third", 30],
    ]);
    expect(clock.now()).toBe(30);
    await clock.advance(1);
    expect(ran).toHaveLength(4);
  });

  test("runs what is scheduled on the way, if it falls due by then", async () => {
    const clock = simulatedClock(0);
    const ticks: number[] = [];
    const tick = (): void => {
      ticks.push(clock.now());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
  });

  test("never runs anything at once, and a wait that is over only when it is moved", async () => {
    const clock = simulatedClock();
    let ran = 0;
    for (const delayMs of [0, -5]) clock.schedule(delayMs, () => (ran += 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toBe(0);
    await clock.advance(0);
    expect(ran).toBe(2);
  });

  test("does not run what was called off, however often and late that is done", async () => {
    const clock = simulatedClock();
    let ran = 0;
    const cancel = clock.schedule(10, () => (ran += 1));
    const late = clock.schedule(10, () => (ran += 10));
    cancel();
    cancel();
    await clock.advance(10);
    late();
    await clock.advance(10);
    expect(ran).toBe(10);
  });

  test("that jumps runs what fell due on the way afterwards, late and once", async () => {
    const clock = simulatedClock(0);
    const ticks: number[] = [];
    const tick = (): void => {
      ticks.push(clock.now());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    await clock.jump(1_000_000);
    expect(ticks).toEqual([1_000_000]);
    await clock.advance(10);
    expect(ticks).toEqual([1_000_000, 1_000_010]);
  });

  test("gives promises and what waits for the event loop a turn between two instants", async () => {
    const clock = simulatedClock(0);
    const seen: number[] = [];
    clock.schedule(10, () => {
      void Promise.resolve()
        .then(() => new Promise((resolve) => setImmediate(resolve)))
        .then(() => seen.push(clock.now()));
    });
    clock.schedule(20, () => undefined);
    await clock.advance(20);
    expect(seen).toEqual([10]);
  });
});
