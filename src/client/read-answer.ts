import { STATUSES, WebhookError, type ErrorCode } from "../errors.js";
import type { Route } from "../management/routes.js";

/** The body of an answer; undefined for one without. */
export type ApiAnswer = unknown;

/** Statuses with which what stands before an API says that it does not reach it at the moment. */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

/**
 * The body of an answer, with its `ETag` as `etag`.
 *
 * @throws {@link WebhookError} the problem it tells, with its code; `api_answer_invalid`, or `api_unreachable` for what a
 *   proxy answered in its place.
 */
export async function readAnswer(response: Response, { methods, pages }: Route): Promise<ApiAnswer> {
  const { status, type } = response;
  // Browsers hide the status of a redirect that they did not follow.
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    response.body?.cancel().catch(() => undefined);
    const mend = "give as `baseUrl` the URL that it leads to.";
    throw strangeAnswer(`The API redirects, and a redirect would carry the token with it; ${mend}`);
  }
  const isDelete = methods[0] === "DELETE";
  if (isDelete && status === 204) return undefined;
  const body = parse(await response.text());
  if (!response.ok) throw problemOf(response, body);
  if (isDelete || !isObject(body) || !isPage(body, pages)) throw stranger(status);
  const etag = response.headers.get("etag");
  return etag === null ? body : { ...body, etag };
}

function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null && !Array.isArray(body);
}

/** Whether a body has the list of its operation and where that goes on, if the operation has a list. */
function isPage({ next_cursor: cursor, ...body }: Readonly<Record<string, unknown>>, pages: string | undefined) {
  return pages === undefined || (Array.isArray(body[pages]) && (cursor === null || typeof cursor === "string"));
}

function problemOf(response: Response, body: unknown): WebhookError {
  const { code, detail, pointer, parameter } = isObject(body) ? body : {};
  const retryAfterMs = retryAfterOf(response.headers.get("retry-after"));
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (!isCode(code)) {
    if (!PASSING_STATUSES.has(response.status)) return stranger(response.status);
    return new WebhookError("api_unreachable", `Something before the API answered ${response.status}.`, details);
  }
  const field = typeof pointer === "string" ? pointer : parameter;
  const message = typeof detail === "string" ? detail : undefined;
  return new WebhookError(code, message, typeof field === "string" ? { ...details, field } : details);
}

function stranger(status: number): WebhookError {
  return strangeAnswer(
    `What answered ${status} is not the management API; look at \`baseUrl\`, or use the client of its version.`,
  );
}

/** An answer that the management API does not give. */
export function strangeAnswer(message: string): WebhookError {
  return new WebhookError("api_answer_invalid", message);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(STATUSES, code);
}

function retryAfterOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : undefined;
}
