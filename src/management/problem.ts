import { STATUS_CODES } from "node:http";
import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import type { Operation } from "./operations.js";
import type { ManagementReply } from "./request.js";

/** Names of the sender's inputs and of its answers that are written otherwise over the wire. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  webhookId: "webhook_id",
  eventId: "event_id",
  eventType: "event_type",
  recoveryId: "recovery_id",
  debugMode: "debug_mode",
  overlapMs: "overlap_seconds",
};

const HEADERS = new Set(["Idempotency-Key", "If-Match", "Authorization", "Content-Type", "Content-Encoding"]);

/** What is known of a request that came to a problem. */
export interface ProblemContext {
  readonly operation?: Operation | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A problem document (RFC 9457) for an error. Anything but a {@link WebhookError} is told as `api_failed` and no more. */
export function problemReply(error: unknown, { operation, headers }: ProblemContext = {}): ManagementReply {
  const known = WebhookError.is(error) ? told(error) : plainError("api_failed");
  const { code, status, message, retryAfterMs } = known;
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail: message,
    ...place(known.field, operation),
  };
  return {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(retryAfterMs === undefined ? {} : { "Retry-After": String(Math.ceil(retryAfterMs / 1_000)) }),
      ...(code === "unauthorized" ? { "WWW-Authenticate": "Bearer" } : {}),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/**
 * The same error as it is for whoever called: what the sender refuses as an option of its caller's is here a field of the
 * request.
 */
export function errorOfRequest(error: unknown, operation: Operation | undefined): unknown {
  if (!WebhookError.is(error) || error.code !== "option_invalid" || error.field === undefined) return error;
  const name = wireName(error.field);
  const isGiven =
    operation !== undefined &&
    (operation.query.includes(name) || Object.hasOwn(operation.bodySchema?.shape ?? {}, name));
  return isGiven ? new WebhookError("request_invalid", error.message, { field: name }) : error;
}

/** What went wrong inside was written for the host: its words may name an address of the host's network, or a table. */
function told(error: WebhookError): WebhookError {
  if (error.status < 500) return error;
  return plainError(error.code === "store_unavailable" ? error.code : "api_failed");
}

function place(
  field: string | undefined,
  operation: Operation | undefined,
): { readonly pointer?: string; readonly parameter?: string } {
  if (field === undefined) return {};
  if (field.startsWith("?")) return { parameter: field.slice(1) };
  const [first = "", ...rest] = stepsOf(field);
  const name = wireName(first);
  const isParameter =
    operation !== undefined && (Object.hasOwn(operation.parameters, name) || operation.query.includes(name));
  if (HEADERS.has(name) || isParameter) return { parameter: name };
  const steps = [name, ...rest].map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"));
  return { pointer: `/${steps.join("/")}` };
}

/** An index, a name in quotes, or a plain name. */
const STEP = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[]+)/g;

/** The steps of the path that an error gives as its field. */
function stepsOf(field: string): readonly string[] {
  return [...field.matchAll(STEP)].map(([, index, quoted, plain]) =>
    quoted === undefined ? (index ?? plain ?? "") : (JSON.parse(quoted) as string),
  );
}

function wireName(name: string): string {
  return Object.hasOwn(WIRE_NAMES, name) ? (WIRE_NAMES[name] ?? name) : name;
}
