import { expect, test } from "vitest";
import * as limits from "../../src/protocol/limits.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("the limits are those that are promised", () => {
  expect(limits).toMatchObject({
    MAX_EVENT_BYTES: 256 * 1024,
    EVENT_MAX_AGE_MS: 7 * DAY,
    MAX_WEBHOOKS_PER_ACCOUNT: 100,
    ATTEMPT_TIMEOUT_MS: 15 * SECOND,
    ROTATION_OVERLAP_MS: DAY,
    DEBUG_MODE_MS: DAY,
    TIMESTAMP_TOLERANCE_MS: 5 * MINUTE,
    IDEMPOTENCY_RETENTION_MS: 8 * DAY,
    HANDLER_TIMEOUT_MS: 12 * SECOND,
    CLAIM_GRACE_MS: 5 * SECOND,
  });
});

test("a handler that runs to its end is answered before the sender gives up", () => {
  expect(limits.HANDLER_TIMEOUT_MS).toBeLessThan(limits.ATTEMPT_TIMEOUT_MS);
});

test("ids are remembered for longer than events are retried", () => {
  expect(limits.IDEMPOTENCY_RETENTION_MS).toBeGreaterThan(limits.EVENT_MAX_AGE_MS);
});
