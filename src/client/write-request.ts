import { WebhookError } from "../errors.js";
import type { Route } from "../management/routes.js";

/** What goes into the headers of a request. */
export interface RequestHeaders {
  readonly token: string | null;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
}

/**
 * A request of an operation: each field of the input goes where the operation has it, path, query or body.
 *
 * @throws {@link WebhookError} `request_invalid` for a parameter of the path that is missing.
 */
export function writeRequest(
  baseUrl: string,
  route: Route,
  input: Readonly<Record<string, unknown>>,
  { token, idempotencyKey, ifMatch }: RequestHeaders,
): { readonly url: string; readonly init: RequestInit } {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    if (typeof value === "string" && value !== "" && value !== "." && value !== "..") return encodeURIComponent(value);
    throw new WebhookError("request_invalid", `\`${name}\` is missing; give the id.`, { field: name });
  });
  const query = new URLSearchParams();
  for (const name of route.query) {
    const value = rest.get(name);
    if (typeof value === "string" || typeof value === "number") query.set(name, String(value));
    rest.delete(name);
  }
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) headers["Authorization"] = `Bearer ${token}`;
  if (idempotencyKey !== undefined) headers["Idempotency-Key"] = idempotencyKey;
  if (ifMatch !== undefined) headers["If-Match"] = ifMatch;
  const [method] = route.methods;
  // Redirects would carry the token to wherever they lead.
  const init: RequestInit = { method: method ?? "GET", headers, redirect: "error" };
  if (route.body !== "none") {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(Object.fromEntries(rest));
  }
  const search = query.toString();
  return { url: baseUrl + path + (search === "" ? "" : `?${search}`), init };
}
