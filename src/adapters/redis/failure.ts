import { WebhookError } from "../../errors.js";

/** What servers answer while they cannot serve, in an error's first word or within that of a script. */
const AWAY =
  /\b(?:READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|TRYAGAIN|MOVED|ASK|BUSY|OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM|UNKILLABLE)\b/;

/** What a server refuses for good: the call itself, or data that is not as this version of the package wrote it. */
const REFUSED = /^(?:ERR|WRONGTYPE|CROSSSLOT)\b|user_script/;

/** Whether the server has not seen a script, or has forgotten it. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

/**
 * What a caller of the store gets for anything that went wrong: `store_refused` for what the server will refuse again,
 * `store_unavailable` for all else, an answer that did not come included.
 */
export function storeError(error: unknown): WebhookError {
  if (WebhookError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isRefusal(error, reason)) {
    return new WebhookError("store_refused", `Redis refused it: ${reason}. Calling again will not help.`, {
      cause: error,
    });
  }
  return new WebhookError("store_unavailable", `Redis did not do it: ${reason}. The call may be tried again.`, {
    cause: error,
  });
}

function isRefusal(error: unknown, reason: string): boolean {
  // A client that cannot even write its arguments throws what JavaScript throws.
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return REFUSED.test(reason) && !AWAY.test(reason) && !reason.includes("max number of clients");
}
