import { STATUSES, type ErrorCode } from "../errors.js";

/** The answer to a request, for the host to send as it is. */
export interface ReceiverReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer to an event that need not be sent again. */
export function received(): ReceiverReply {
  return reply(200, { received: true });
}

/** The answer to everything else: a code, and nothing that would help an attacker. */
export function failed(code: ErrorCode, headers: Readonly<Record<string, string>> = {}): ReceiverReply {
  return reply(STATUSES[code], { error: code }, headers);
}

function reply(status: number, body: object, headers: Readonly<Record<string, string>> = {}): ReceiverReply {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}
