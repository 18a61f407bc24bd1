import { WebhookError } from "../errors.js";
import { readChoice, readWholeNumber } from "./option-value.js";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const CURSOR = /^\d{1,15}$/;

/** A query whose values were checked. `after` is the place of the last event of the page before. */
export interface CheckedInboxQuery {
  readonly state: "pending" | "done" | "dead" | null;
  readonly limit: number;
  readonly after: number;
}

/**
 * Checks what a caller of an inbox's `list` asks for, and applies the defaults.
 *
 * @throws {@link WebhookError} `option_invalid` naming what it was, and `cursor_invalid`.
 */
export function readInboxQuery(query: {
  readonly state?: unknown;
  readonly limit?: unknown;
  readonly cursor?: unknown;
}): CheckedInboxQuery {
  const { state, limit, cursor = "0" } = query;
  if (typeof cursor !== "string" || !CURSOR.test(cursor)) {
    throw new WebhookError("cursor_invalid", "`cursor` is the `nextCursor` of the page before.", { field: "cursor" });
  }
  return {
    state:
      state === undefined ? null : readChoice("state", state, "pending" as const, ["pending", "done", "dead"] as const),
    limit: readWholeNumber("limit", limit, DEFAULT_LIMIT, { min: 1, max: MAX_LIMIT }),
    after: Number(cursor),
  };
}
