import { readWholeNumber } from "../../domain/option-value.js";
import { quote } from "../../domain/quote.js";
import { WebhookError } from "../../errors.js";

const PREFIX = /^[^{}\s]{1,100}$/;

/** How keys begin. @throws {@link WebhookError} `option_invalid` */
export function readPrefix(prefix: string | undefined, fallback: string): string {
  if (prefix === undefined) return fallback;
  if (typeof prefix === "string" && PREFIX.test(prefix)) return prefix;
  const message = `\`prefix\` is 1 to 100 characters without braces and blanks; it was ${quote(prefix)}.`;
  throw new WebhookError("option_invalid", message, { field: "prefix" });
}

/** How long a call waits for its answer. @throws {@link WebhookError} `option_invalid` */
export function readTimeoutMs(timeoutMs: number | undefined): number {
  return readWholeNumber("timeoutMs", timeoutMs, 5_000, { min: 100, max: 60_000 });
}
