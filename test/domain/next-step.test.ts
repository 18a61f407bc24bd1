import { describe, expect, test } from "vitest";
import { stepAfterAttempt, stepBeforeAttempt, isTooOld, type FinishedAttempt } from "../../src/domain/next-step.js";
import { AURACONNECT_RETRY_SCHEDULE } from "../../src/domain/retry-schedule.js";

const DAY = 86_400_000;
const now = Date.UTC(2026, 0, 10);

function after(change: Partial<FinishedAttempt>): ReturnType<typeof stepAfterAttempt> {
  const failed: FinishedAttempt = {
    result: { kind: "failure" },
    schedule: AURACONNECT_RETRY_SCHEDULE,
    attempts: 1,
    eventCreatedAt: now,
    now,
    random: 0,
  };
  return stepAfterAttempt({ ...failed, ...change });
}

const answer = (status: number, headers = {}): FinishedAttempt["result"] => ({ kind: "response", status, headers });

describe("after an attempt", () => {
  test.each([200, 201, 204, 299])("%i is success", (status) => {
    expect(after({ result: answer(status) })).toEqual({ kind: "success" });
  });

  test.each([199, 300, 302, 304, 400, 410, 500])("%i is tried again", (status) => {
    expect(after({ result: answer(status) })).toEqual({ kind: "retry", delayMs: 10_000 });
  });

  test("no whole response is tried again", () => {
    expect(after({})).toEqual({ kind: "retry", delayMs: 10_000 });
    expect(after({ attempts: 5, random: 0.5 })).toEqual({ kind: "retry", delayMs: 1_890_000 });
  });

  test("the sixth request is the last", () => {
    expect(after({ attempts: 6 })).toEqual({ kind: "failed" });
  });

  test("Retry-After makes the wait longer, and adds no attempt", () => {
    const busy = answer(503, { "retry-after": "90" });
    expect(after({ result: busy })).toEqual({ kind: "retry", delayMs: 90_000 });
    expect(after({ result: busy, attempts: 4 })).toEqual({ kind: "retry", delayMs: 300_000 });
    expect(after({ result: busy, attempts: 6 })).toEqual({ kind: "failed" });
    expect(after({ result: answer(500, { "retry-after": "90" }) })).toEqual({ kind: "retry", delayMs: 10_000 });
  });

  test("an event of more than 7 days gets no retry", () => {
    expect(after({ eventCreatedAt: now - 7 * DAY })).toEqual({ kind: "retry", delayMs: 10_000 });
    expect(after({ eventCreatedAt: now - 7 * DAY - 1 })).toEqual({ kind: "expired" });
    expect(after({ eventCreatedAt: now - 30 * DAY, attempts: 6 })).toEqual({ kind: "failed" });
    expect(after({ eventCreatedAt: now - 30 * DAY, result: answer(200) })).toEqual({ kind: "success" });
  });
});

describe("before an attempt", () => {
  const due = { attempts: 0, eventCreatedAt: now, storedAt: now, activeSince: now - DAY, now };

  test("the first one is made, however old the event is", () => {
    expect(stepBeforeAttempt(due)).toBe("send");
    expect(stepBeforeAttempt({ ...due, eventCreatedAt: now - 30 * DAY })).toBe("send");
  });

  test("a retry is made within the 7 days", () => {
    expect(stepBeforeAttempt({ ...due, attempts: 1, eventCreatedAt: now - 7 * DAY })).toBe("send");
    expect(stepBeforeAttempt({ ...due, attempts: 1, eventCreatedAt: now - 7 * DAY - 1 })).toBe("expire");
  });

  test("a delivery whose 7 days ended while its webhook was inactive expires unsent", () => {
    const created = now - 9 * DAY;
    const waited = { ...due, eventCreatedAt: created, storedAt: created };
    expect(stepBeforeAttempt({ ...waited, activeSince: created + 7 * DAY + 1 })).toBe("expire");
    expect(stepBeforeAttempt({ ...waited, activeSince: created + 7 * DAY })).toBe("send");
    expect(stepBeforeAttempt({ ...waited, activeSince: created - 1 })).toBe("send");
  });

  test("a webhook that was made while the clock was ahead loses nothing when it is set right", () => {
    expect(stepBeforeAttempt({ ...due, storedAt: now, activeSince: now + 30 * DAY })).toBe("send");
  });

  test("an old event that was published after its webhook became active is sent", () => {
    expect(stepBeforeAttempt({ ...due, eventCreatedAt: now - 30 * DAY, storedAt: now, activeSince: now })).toBe("send");
  });
});

test("an event is too old after 7 days, and one from the future is not", () => {
  expect(isTooOld(now - 7 * DAY, now)).toBe(false);
  expect(isTooOld(now - 7 * DAY - 1, now)).toBe(true);
  expect(isTooOld(now + DAY, now)).toBe(false);
});
