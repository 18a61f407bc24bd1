import { WebhookError } from "../../errors.js";

/**
 * Classes and codes of SQLSTATE that say that the server cannot do it now: connection lost (08), out of something (53),
 * being shut down or started (57P), cancelled by a time-out (57014), a lock not had in time (55P03), two transactions
 * that met (40), a server that only reads, as one that was a primary a moment ago (25006), I/O errors (58).
 */
const AWAY = /^(08|40|53|57P|58)|^(57014|55P03|25006)$/;

/** Two transactions met, and the server undid this one; the same statement succeeds when it is sent again. */
const CONFLICT = /^(40001|40P01)$/;

/** A table or schema that should be there is not, or not as this version has it. */
const MISSING = /^(42P01|42703|3F000)$/;

/**
 * A pooler in front of the server has lost a prepared statement, or has one of this name. Nothing was executed.
 */
const UNPREPARED = /^(26000|42P05)$/;

/** How deep an error may be wrapped. */
const MAX_DEPTH = 5;

/** The SQLSTATE of an error that the server sent. Codes of Node, such as EPIPE, have no digit. */
export function sqlStateOf(error: unknown): string | null {
  const root = rootOf(error);
  if (!(root instanceof Error) || !("code" in root) || typeof root.code !== "string") return null;
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(root.code) ? root.code : null;
}

/** Whether the same statement is worth sending again at once. */
export function isConflict(error: unknown): boolean {
  return CONFLICT.test(sqlStateOf(error) ?? "");
}

/** Whether prepared statements do not live here from one statement to the next. */
export function isUnprepared(error: unknown): boolean {
  return UNPREPARED.test(sqlStateOf(error) ?? "");
}

/** Whether a unique index kept a row out. */
export function isDuplicate(error: unknown): boolean {
  return sqlStateOf(error) === "23505";
}

/** What a caller of the store gets for anything that went wrong in the driver or the server. */
export function storeError(error: unknown): WebhookError {
  if (WebhookError.is(error)) return error;
  const cause = rootOf(error);
  const reason = reasonOf(cause);
  const state = sqlStateOf(cause);
  if (state === null || AWAY.test(state)) {
    const message = `PostgreSQL did not do it: ${reason}. The call may be tried again.`;
    return new WebhookError("store_unavailable", message, { cause });
  }
  if (MISSING.test(state)) {
    const message = `The tables are not as this version needs them: ${reason}. Start the sender, which migrates them.`;
    return new WebhookError("store_incompatible", message, { cause });
  }
  const message = `PostgreSQL refused it (${state}): ${reason}. Calling again will not help.`;
  return new WebhookError("store_refused", message, { cause });
}

/**
 * The driver's own error. Libraries around it throw errors of theirs, which say the statement with all its values: those
 * are what our users publish, and no message of ours may tell it.
 */
function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < MAX_DEPTH && root instanceof Error && root.cause instanceof Error; depth += 1)
    root = root.cause;
  return root;
}

/** Node gathers the failures of several addresses in an error that has no message of its own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return error.message || error.name;
}
