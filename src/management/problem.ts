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

const HEADERS = new Set(["Idempotency-Key", "If-Match", "Authorization", "Content-Type"]);

/** What is known of a request that came to a problem. */
export interface ProblemContext {
  readonly operation?: Operation | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A problem document (RFC 9457) for an error. Anything but a {@link WebhookError} is told as `api_failed` and no more. */
export function problemReply(error: unknown, { operation, headers }: ProblemContext = {}): ManagementReply {
  const known = WebhookError.is(error) && isTold(error) ? error : plainError("api_failed");
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
    operation !== undefined && (operation.query.includes(name) || name in (operation.bodySchema?.shape ?? {}));
  return isGiven ? new WebhookError("request_invalid", error.message, { field: name }) : error;
}

/** What went wrong inside is told by its code alone where its words were written for the host. */
function isTold({ status, code }: WebhookError): boolean {
  return status < 500 || code === "store_unavailable";
}

function place(
  field: string | undefined,
  operation: Operation | undefined,
): { readonly pointer?: string; readonly parameter?: string } {
  if (field === undefined) return {};
  if (field.startsWith("?")) return { parameter: field.slice(1) };
  const [first = "", ...rest] = field.split(/[.[]/).map((step) => step.replace(/\]$/, ""));
  const name = wireName(first);
  const isParameter = operation !== undefined && (name in operation.parameters || operation.query.includes(name));
  if (HEADERS.has(name) || isParameter) return { parameter: name };
  const steps = [name, ...rest].map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"));
  return { pointer: `/${steps.join("/")}` };
}

function wireName(name: string): string {
  return Object.hasOwn(WIRE_NAMES, name) ? (WIRE_NAMES[name] ?? name) : name;
}
