import { suggestion } from "../domain/nearest.js";
import { kindOf, quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { Route } from "../management/routes.js";

/** What goes into the headers of a request. */
export interface RequestHeaders {
  readonly token: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
}

/** Fields of an input that have not found their place yet. */
type Rest = Map<string, unknown>;

/**
 * A request of an operation: each field of the input goes where the operation has it, path, query or body.
 *
 * @throws {@link WebhookError} `request_invalid` for a field that the operation does not have or that cannot be sent,
 *   `idempotency_key_invalid`, and `option_invalid` for a token that is none.
 */
export function writeRequest(
  baseUrl: string,
  route: Route,
  input: Readonly<Record<string, unknown>>,
  headersOf: RequestHeaders,
): { readonly url: string; readonly init: RequestInit } {
  if (typeof (input as unknown) !== "object" || (input as unknown) === null) {
    throw new WebhookError("request_invalid", `A call takes one object; it was ${kindOf(input)}.`);
  }
  const rest: Rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const url = baseUrl + writePath(route, rest) + writeQuery(route, rest);
  const headers = writeHeaders(headersOf);
  const [method] = route.methods;
  // Redirects would carry the token to wherever they lead. Workers know `manual` and not `error`.
  const init: RequestInit = { method: method ?? "GET", headers, redirect: "manual" };
  if (route.body === "none") {
    refuseRest(route, rest);
  } else {
    headers["Content-Type"] = "application/json";
    init.body = writeBody(rest);
  }
  return { url, init };
}

/** Whether a header can carry it. */
export function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
}

function writePath({ path }: Route, rest: Rest): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    if (typeof value !== "string" || value === "" || value === "." || value === "..") {
      throw refused(name, `\`${name}\` is missing; give the id.`);
    }
    try {
      return encodeURIComponent(value);
    } catch {
      throw refused(name, `\`${name}\` has half of a character in it, which no id has.`);
    }
  });
}

function writeQuery({ query }: Route, rest: Rest): string {
  const written = new URLSearchParams();
  for (const name of query) {
    const value = rest.get(name);
    if (value === undefined) continue;
    rest.delete(name);
    if (typeof value !== "string" && typeof value !== "number") {
      throw refused(name, `\`${name}\` is a string or a number; it was ${kindOf(value)}.`);
    }
    written.set(name, String(value));
  }
  const text = written.toString();
  return text === "" ? "" : `?${text}`;
}

function writeHeaders({ token, idempotencyKey, ifMatch }: RequestHeaders): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) {
    if (!isToken(token)) {
      const message = "`accessToken` answered what is no token of printable ASCII characters.";
      throw new WebhookError("option_invalid", message, { field: "accessToken" });
    }
    headers["Authorization"] = `Bearer ${token}`;
  }
  if (idempotencyKey !== undefined) {
    if (!isHeaderValue(idempotencyKey)) {
      throw new WebhookError("idempotency_key_invalid", undefined, { field: "idempotencyKey" });
    }
    headers["Idempotency-Key"] = idempotencyKey;
  }
  if (ifMatch !== undefined) {
    if (!isHeaderValue(ifMatch)) throw refused("ifMatch", "`ifMatch` is the `etag` of what was read.");
    headers["If-Match"] = ifMatch;
  }
  return headers;
}

/** Whether it arrives as it was given; what it may be beyond that the server says. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

function writeBody(rest: Rest): string {
  try {
    return JSON.stringify(Object.fromEntries(rest));
  } catch (cause) {
    throw new WebhookError("request_invalid", "The input cannot be written as JSON.", { cause });
  }
}

/** A misspelt filter of a list would be passed over, and the list be of everything. */
function refuseRest({ path, query }: Route, rest: Rest): void {
  const [name] = rest.keys();
  if (name === undefined) return;
  const known = [...[...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter), ...query];
  const list = known.length === 0 ? "It takes nothing." : `It takes ${known.join(", ")}.`;
  throw refused(name, `This call takes no ${quote(name)}${suggestion(name, known)} ${list}`);
}

function refused(field: string, message: string): WebhookError {
  return new WebhookError("request_invalid", message, { field });
}
