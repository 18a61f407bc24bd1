import { describe, expect, test } from "vitest";
import { createIdSource, randomText } from "../../src/sender/ids.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";

function clockAt(nowMs: number) {
  return { ...simulatedClock(), now: () => nowMs };
}

describe("ids", () => {
  test("are a prefix and 25 characters that fit an event id", () => {
    expect(createIdSource(clockAt(Date.now())).next("evt_")).toMatch(/^evt_[0-9a-z]{25}$/);
  });

  test("sort by the moment they were made", async () => {
    const clock = simulatedClock();
    const ids = createIdSource(clock);
    const made: string[] = [];
    for (let count = 0; count < 200; count++) {
      made.push(ids.next("evt_"));
      if (count % 3 === 0) await clock.advance(count);
    }
    expect([...made].sort()).toEqual(made);
  });

  test("of different sources sort by their clocks", () => {
    const earlier = createIdSource(clockAt(1_767_225_600_000)).next("evt_");
    const later = createIdSource(clockAt(1_767_225_600_001)).next("evt_");
    expect(earlier < later).toBe(true);
    // Until the year 3084, when 45 bits of milliseconds end.
    expect(createIdSource(clockAt(2 ** 45 - 1)).next("") > later).toBe(true);
  });

  test("go on in order while the clock stands still or is set back", () => {
    let nowMs = 1_767_225_600_000.75;
    const ids = createIdSource({ ...simulatedClock(), now: () => nowMs });
    const made = [ids.next("")];
    nowMs -= 3_600_000;
    for (let count = 0; count < 1_000; count++) made.push(ids.next(""));
    expect([...made].sort()).toEqual(made);
  });

  test("stay in order and unique beyond what one millisecond has numbers for", () => {
    const ids = createIdSource(clockAt(1_767_225_600_000));
    let last = "";
    let inOrder = true;
    for (let count = 0; count < 2 ** 20 + 3; count++) {
      const next = ids.next("");
      inOrder &&= last < next;
      last = next;
    }
    expect(inOrder).toBe(true);
  });

  test("never meet, though two sources made them at the same moment", () => {
    const sources = [createIdSource(clockAt(1)), createIdSource(clockAt(1))];
    const made = Array.from({ length: 20_000 }, (_, index) => sources[index % 2]!.next("dlv_"));
    expect(new Set(made).size).toBe(made.length);
  });
});

describe("randomText", () => {
  test("has its length and every character of its alphabet, about equally often", () => {
    const text = Array.from({ length: 1_000 }, () => randomText(32)).join("");
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].sort().join("")).toBe("0123456789abcdefghjkmnpqrstvwxyz");
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(250);
  });

  test("does not repeat where its pool of random bytes is refilled", () => {
    const texts = Array.from({ length: 5_000 }, () => randomText(7));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
