/**
 * A `WebhookError` for what cannot be signed, made without the table of codes: that is several times as large as the
 * functions that sign and verify, which are bundled by themselves.
 */
export function signingError(code: keyof typeof STATUSES, message: string, field?: string): Error {
  return Object.assign(new Error(message), { name: "WebhookError", code, status: STATUSES[code], field });
}

const STATUSES = { secret_invalid: 400, option_invalid: 500 } as const;
