import { describe, expect, test } from "vitest";
import { delaysOf, delayText } from "../../bench/delays.js";
import type { Arrival } from "../../bench/recording-endpoint.js";

const arrival = (path: string, event: number, atMs: number): Arrival => ({
  ...{ path, event, atMs },
  ...{ answered: 1, answeredFirstAtMs: atMs },
});

describe("delaysOf", () => {
  test("counts from the call to the first arrival, at each path, after the warm-up", () => {
    const calledAtMs = [0, 100, 200];
    const arrivals = [arrival("/a", 0, 90), arrival("/a", 1, 101), arrival("/a", 2, 203), arrival("/b", 2, 900)];
    const { p50, p99 } = delaysOf({ calledAtMs, arrivals, paths: ["/a"], from: 1, untilMs: 1_000 });
    expect(p50).toEqual({ ms: 3, isAtLeast: false });
    expect(p99).toEqual({ ms: 3, isAtLeast: false });
  });

  test("takes what never arrived as a bound", () => {
    const arrivals = [arrival("/a", 0, 1), arrival("/a", 1, 1)];
    const { p50, p99 } = delaysOf({ calledAtMs: [0, 0, 0], arrivals, paths: ["/a"], from: 0, untilMs: 5_000 });
    expect(delayText(p50)).toBe("1.00 ms");
    expect(delayText(p99)).toBe("> 5.0 s");
  });
});
