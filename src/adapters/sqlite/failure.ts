import { WebhookError } from "../../errors.js";

/** Results that another connection is the reason of. */
const BUSY = ["BUSY", "LOCKED"] as const;

/** Further results that say something of the file or the machine, and nothing of what was to be written. */
const AWAY = [
  "PERM",
  "NOMEM",
  "READONLY",
  "INTERRUPT",
  "IOERR",
  "CORRUPT",
  "FULL",
  "CANTOPEN",
  "PROTOCOL",
  "NOTADB",
] as const;

/** The numbers under which SQLite has them. */
const RESULTS = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  INTERRUPT: 9,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
} as const;

/**
 * Whether another connection is in the way, or a transaction of the host's on the connection it gave us, so that the
 * same call succeeds a little later. better-sqlite3 names the result in `code`, `node:sqlite` has its number in `errcode`.
 */
export function isBusy(error: unknown): boolean {
  return hasResult(error, BUSY) || isInsideTransaction(error);
}

function hasResult(error: unknown, results: readonly (keyof typeof RESULTS)[]): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // The low byte is the primary result; the rest, like what follows its name, says more about it.
  if (typeof errcode === "number") return results.some((result) => RESULTS[result] === (errcode & 0xff));
  return typeof code === "string" && results.some((result) => code.startsWith(`SQLITE_${result}`));
}

/** Whether BEGIN was refused because the connection has a transaction open, which then is the host's. */
export function isInsideTransaction(error: unknown): boolean {
  return error instanceof Error && error.message.includes("within a transaction");
}

/**
 * What a caller of the store gets for anything that went wrong in the driver: `store_unavailable` where the same call may
 * succeed later, `store_refused` where it will not.
 */
export function storeError(error: unknown): WebhookError {
  if (WebhookError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isAway = isBusy(error) || hasResult(error, AWAY) || isClosed(error);
  return isAway
    ? new WebhookError("store_unavailable", `SQLite did not do it: ${reason}. The call may be tried again.`, {
        cause: error,
      })
    : new WebhookError("store_refused", `SQLite refused it: ${reason}.`, { cause: error });
}

/** Whether the connection is closed or could not be opened: drivers say that in words. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && /not open|cannot open/i.test(error.message);
}
