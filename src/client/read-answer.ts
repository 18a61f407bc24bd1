import { STATUSES, WebhookError, type ErrorCode } from "../errors.js";

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
export async function readAnswer(response: Response): Promise<ApiAnswer> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  const body = parse(text);
  if (!response.ok) throw problemOf(response, body);
  if (typeof body !== "object" || body === null) throw stranger(response.status);
  const etag = response.headers.get("etag");
  return etag === null ? body : { ...body, etag };
}

function problemOf(response: Response, body: unknown): WebhookError {
  const { code, detail, pointer, parameter } = (typeof body === "object" && body !== null ? body : {}) as Readonly<
    Record<string, unknown>
  >;
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
  return new WebhookError(
    "api_answer_invalid",
    `What answered ${status} is not the management API; look at \`baseUrl\`, or use the client of its version.`,
  );
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
