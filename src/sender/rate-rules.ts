import type { WebhookRecord } from "../ports/webhook-registry.js";
import type { RateGateRules, RateLimitOf } from "./rate-gate.js";

/** The window of an account: the minute under way and the 60 before it. */
export function accountRules(limitOf: RateLimitOf): RateGateRules<string> {
  return {
    idOf: (accountId) => accountId,
    limitOf,
    windowOf: (accountId) => ({ key: accountId, slotMs: 60_000, slots: 60 }),
    blockOf: () => 50,
  };
}

/** The window of a webhook that has a throttle: the tenth of its length that is under way, and the ten before it. */
export const throttleRules: RateGateRules<WebhookRecord> = {
  idOf: ({ id }) => id,
  limitOf: ({ throttle }) => throttle?.requests ?? false,
  windowOf({ id, throttle }) {
    const perSeconds = throttle?.perSeconds ?? 1;
    // No account is called like that; and a window that is cut otherwise is another one.
    return { key: `${id}\n${perSeconds}`, slotMs: perSeconds * 100, slots: 10 };
  },
  blockOf: (limit) => Math.min(50, Math.ceil(limit / 10)),
};
