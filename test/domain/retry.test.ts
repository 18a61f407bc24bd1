import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRetryAfter } from "../../src/domain/retry-after.js";
import { AURACONNECT_RETRY_SCHEDULE, retryDelayMs, validateRetrySchedule } from "../../src/domain/retry-schedule.js";

const HOUR = 3_600_000;

describe("the schedule of AuraConnect", () => {
  test("is five retries: 10 s, 30 s, 1 m, 5 m, 30 m", () => {
    const delays = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(AURACONNECT_RETRY_SCHEDULE, attempt, 0));
    expect(delays).toEqual([10_000, 30_000, 60_000, 300_000, 1_800_000, null]);
  });
});

describe("retryDelayMs", () => {
  test("gives up when the schedule is used up", () => {
    expect(retryDelayMs([1_000, 60_000], 3, 0)).toBeNull();
    expect(retryDelayMs([], 1, 0, 30_000)).toBeNull();
  });

  test("lengthens a delay by up to a tenth, and never shortens it", () => {
    expect(retryDelayMs([1_000], 1, 0.5)).toBe(1_050);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const delayMs = retryDelayMs([10_000], 1, random);
        expect(delayMs).toBeGreaterThanOrEqual(10_000);
        expect(delayMs).toBeLessThanOrEqual(11_000);
      }),
    );
  });

  test.each([NaN, -1, 1, Infinity, -Infinity, undefined, "0.5", 1n, null])(
    "takes %s for 0, whatever comes of the random source",
    (random) => {
      expect(retryDelayMs([10_000], 1, random as number)).toBe(10_000);
    },
  );

  test("lets the endpoint slow us down, but never speed us up", () => {
    expect(retryDelayMs([1_000], 1, 0, 30_000)).toBe(30_000);
    expect(retryDelayMs([1_000], 1, 0, 10)).toBe(1_000);
  });
});

describe("a schedule of the host's", () => {
  test("is a copy of what was given", () => {
    const given = [0, 1_000];
    const schedule = validateRetrySchedule(given);
    given.push(5);
    expect(schedule).toEqual([0, 1_000]);
    expect(validateRetrySchedule([])).toEqual([]);
  });

  test.each([
    ["10s", "retrySchedule"],
    [undefined, "retrySchedule"],
    [Array(51).fill(1), "retrySchedule"],
    [[1_000, -1], "retrySchedule[1]"],
    [[NaN], "retrySchedule[0]"],
    [[Infinity], "retrySchedule[0]"],
    [["1000"], "retrySchedule[0]"],
    [[7 * 24 * HOUR + 1], "retrySchedule[0]"],
    [Array(1), "retrySchedule[0]"],
  ])("is not %j", (schedule, field) => {
    expect(() => validateRetrySchedule(schedule)).toThrow(
      expect.objectContaining({ code: "option_invalid", field }) as Error,
    );
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 0);

  test.each([409, 429, 503])("is honoured with %i", (status) => {
    expect(parseRetryAfter(status, "120", now)).toBe(120_000);
  });

  test.each([200, 301, 400, 413, 500, 502, 504])("is not with %i", (status) => {
    expect(parseRetryAfter(status, "120", now)).toBe(0);
  });

  test.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "may be the date %j",
    (date) => {
      expect(parseRetryAfter(503, date, now)).toBe(37_000);
      expect(parseRetryAfter(503, date, now + 40_000)).toBe(0);
    },
  );

  test.each(["3601", "9999999999", "Sun, 06 Nov 2094 08:49:37 GMT"])("%j is one hour at most", (header) => {
    expect(parseRetryAfter(429, header, now)).toBe(HOUR);
  });

  test.each([
    "",
    "-1",
    "+5",
    "1.5",
    "1e3",
    "0x10",
    "10, 20",
    "soon",
    "99999999999",
    "Infinity",
    "2094-11-06",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "Xxx, 06 Xxx 2094 08:49:37 GMT",
    "Sun, 06 Nov 2094 08:49:37 +0100",
  ])("%j says nothing", (header) => {
    expect(parseRetryAfter(429, header, now)).toBe(0);
  });

  test("may be missing, and is an hour at most whatever it holds", () => {
    expect(parseRetryAfter(429, undefined, now)).toBe(0);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (header) => {
        const delayMs = parseRetryAfter(429, header, now);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(HOUR);
      }),
    );
  });
});
