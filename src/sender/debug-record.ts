import type { TransportResult } from "../ports/transport.js";
import { SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER } from "../protocol/headers.js";
import { REDACTED } from "./redaction.js";

/** Header lines of a response that are kept, and characters of each. */
const MAX_HEADERS = 50;
const MAX_NAME_LENGTH = 100;
const MAX_VALUE_LENGTH = 500;

const SECRET_RESPONSE_HEADERS = new Set(["set-cookie", "authorization", "proxy-authorization"]);

/** What debug mode keeps of one attempt. Signatures, secrets and a webhook's own header values are `***`. */
export interface AttemptDebug {
  /** The number of the attempt; 1 for the first request of the delivery. */
  readonly attempt: number;
  /** When it was sent, RFC 3339. */
  readonly sentAt: string;
  readonly durationMs: number;
  readonly request: { readonly headers: Readonly<Record<string, string>> };
  /** Null where no whole response came. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** The first 4,096 bytes. */
    readonly body: string;
  } | null;
  /** Why it failed; null when it succeeded. */
  readonly error: string | null;
}

/** One exchange, and what of it must not be seen. */
export interface DebuggedExchange {
  readonly attempt: number;
  readonly sentAt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the webhook's own, whose values may be credentials. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  readonly result: TransportResult;
  readonly error: string | null;
  readonly redact: (text: string) => string;
}

/** A debug record, bounded and redacted. */
export function debugRecord(exchange: DebuggedExchange): AttemptDebug {
  const { attempt, sentAt, headers, ownHeaders, result, error, redact } = exchange;
  const hidden = new Set([SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, ...Object.keys(ownHeaders)]);
  return {
    attempt,
    sentAt: new Date(sentAt).toISOString(),
    durationMs: Math.round(result.durationMs),
    request: {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, hidden.has(name) ? REDACTED : value]),
      ),
    },
    response:
      result.kind === "failure"
        ? null
        : { status: result.status, headers: shownHeaders(result.headers, redact), body: redact(result.body) },
    error,
  };
}

function shownHeaders(headers: Readonly<Record<string, string>>, redact: (text: string) => string) {
  return Object.fromEntries(
    Object.entries(headers)
      .slice(0, MAX_HEADERS)
      .map(([name, value]) => [
        name.slice(0, MAX_NAME_LENGTH),
        SECRET_RESPONSE_HEADERS.has(name) ? REDACTED : redact(value).slice(0, MAX_VALUE_LENGTH),
      ]),
  );
}
