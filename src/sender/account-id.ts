import { plainError } from "../error-table.js";

/** The account of hosts that have only one. */
export const DEFAULT_ACCOUNT_ID = "default";

const ACCOUNT_ID = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** @throws {@link WebhookError} `account_id_invalid`. */
export function readAccountId(accountId: unknown = DEFAULT_ACCOUNT_ID): string {
  if (typeof accountId === "string" && ACCOUNT_ID.test(accountId)) return accountId;
  throw plainError("account_id_invalid", { field: "accountId" });
}
