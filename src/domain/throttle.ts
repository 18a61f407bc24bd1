import { WebhookError } from "../errors.js";
import { isPlainObject } from "./filters.js";
import { quote } from "./quote.js";

/** How many requests a webhook's endpoint is sent: at most `requests` in any `perSeconds`. */
export interface Throttle {
  /** 1 to 100,000. */
  readonly requests: number;
  /** 1 to 3,600. */
  readonly perSeconds: number;
}

const RANGES: { readonly [Name in keyof Throttle]: number } = { requests: 100_000, perSeconds: 3_600 };

/**
 * Checks the throttle that a webhook is given; null is none.
 *
 * @throws {@link WebhookError} `webhook_invalid`, naming the field at fault.
 */
export function validateThrottle(throttle: unknown): Throttle | null {
  if (throttle === undefined || throttle === null) return null;
  if (!isPlainObject(throttle)) {
    const message = "`throttle` is an object such as { requests: 10, perSeconds: 1 }, or null for any number.";
    throw new WebhookError("webhook_invalid", message, { field: "throttle" });
  }
  const stranger = Object.keys(throttle).find((name) => !Object.hasOwn(RANGES, name));
  if (stranger !== undefined) {
    const message = `\`throttle\` has no ${quote(stranger)}; it has requests and perSeconds.`;
    throw new WebhookError("webhook_invalid", message, { field: `throttle.${quote(stranger, "")}` });
  }
  return { requests: readRate(throttle, "requests"), perSeconds: readRate(throttle, "perSeconds") };
}

function readRate(throttle: Readonly<Record<string, unknown>>, name: keyof Throttle): number {
  const value = throttle[name];
  const max = RANGES[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= max) return value;
  const message = `\`throttle.${name}\` is a whole number from 1 to ${max}; it was ${quote(value)}.`;
  throw new WebhookError("webhook_invalid", message, { field: `throttle.${name}` });
}
