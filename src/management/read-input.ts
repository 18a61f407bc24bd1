import type { z } from "zod";
import { WebhookError } from "../errors.js";
import { suggestion } from "../domain/nearest.js";
import { fieldStep, quote } from "../domain/quote.js";
import type { Operation } from "./operations.js";
import type { GivenBody, ManagementRequest } from "./request.js";

/** Largest body of a request to the management API, in bytes. */
export const MAX_BODY_BYTES = 65_536;

/** How deep lists and objects of a body may be nested. More than any event has, and less than would overflow a stack. */
const MAX_DEPTH = 64;

/** Steps of the path to a field that are shown. */
const MAX_STEPS = 6;

/** Refuses what is no UTF-8, and passes over a mark at the beginning. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** A JSON object as it was sent. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The query, checked and converted.
 *
 * @throws {@link WebhookError} `request_invalid`, with the parameter at fault.
 */
export function readQuery({ querySchema }: Operation, query: URLSearchParams): JsonObject {
  const given: Record<string, string> = {};
  for (const [name, value] of query) {
    if (querySchema === null || !Object.hasOwn(querySchema.shape, name)) {
      const known = Object.keys(querySchema?.shape ?? {}).join(", ");
      throw invalid(
        `?${name.slice(0, 80)}`,
        known === ""
          ? `There is no query parameter ${quote(name)}; there is none.`
          : `There is no query parameter ${quote(name)}${suggestion(name, Object.keys(querySchema?.shape ?? {}))} There are ${known}.`,
      );
    }
    if (Object.hasOwn(given, name)) throw invalid(name, `The query parameter ${quote(name)} stands there twice.`);
    given[name] = value;
  }
  return querySchema === null ? {} : (check(querySchema, given) as JsonObject);
}

/**
 * The body as it was sent, checked. What the schema cannot say the use case checks.
 *
 * @throws {@link WebhookError} `unsupported_media_type`, `payload_too_large`, `body_malformed`, `request_invalid`.
 */
export async function readBody({ body, bodySchema }: Operation, request: ManagementRequest): Promise<JsonObject> {
  if (body === "none" || bodySchema === null) return {};
  const contentType = request.header("content-type") ?? "";
  if (contentType.trim() !== "" && !isJson(contentType)) {
    throw new WebhookError("unsupported_media_type", `The body is application/json, not ${quote(contentType)}.`, {
      field: "Content-Type",
    });
  }
  const value = parse(await receive(request), request.header("content-encoding") ?? "");
  if (value === undefined && body === "optional") return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(undefined, `The body is a JSON object; it was ${value === undefined ? "empty" : quote(value)}.`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(bodySchema.shape, name));
  if (unknown !== undefined) {
    const known = Object.keys(bodySchema.shape).join(", ");
    throw invalid(
      pathOf([unknown]),
      `There is no field ${quote(unknown)}${suggestion(unknown, Object.keys(bodySchema.shape))} There are ${known}.`,
    );
  }
  check(bodySchema, value);
  return value as JsonObject;
}

async function receive(request: ManagementRequest): Promise<GivenBody> {
  try {
    return await request.body(MAX_BODY_BYTES);
  } catch (error) {
    throw WebhookError.is(error) && error.code === "payload_too_large" ? tooLarge() : error;
  }
}

function isJson(contentType: string): boolean {
  return /^application\/(?:json|[\w.+-]+\+json)$/i.test((contentType.split(";")[0] ?? "").trim());
}

/** Undefined for a body of nothing. */
function parse(body: GivenBody, contentEncoding: string): unknown {
  if (isParsed(body)) {
    checkDepth(body.parsed);
    if (body.parsed !== undefined) checkSize(Buffer.byteLength(JSON.stringify(body.parsed)));
    return body.parsed;
  }
  checkSize(Buffer.byteLength(body));
  const value = parseJson(body, contentEncoding);
  checkDepth(value);
  return value;
}

function parseJson(body: Uint8Array | string, contentEncoding: string): unknown {
  try {
    const text = typeof body === "string" ? body.replace(/^\u{feff}/u, "") : UTF_8.decode(body);
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw malformed(contentEncoding, cause);
  }
}

/** A body parser of the host's may have decompressed the body, so that its encoding tells only why it cannot be read. */
function malformed(contentEncoding: string, cause: unknown): WebhookError {
  if (/^(?:identity)?$/i.test(contentEncoding.trim())) {
    const message = "The body is no JSON in UTF-8; look for a missing quote or a comma too many.";
    return new WebhookError("body_malformed", message, { cause });
  }
  const message = `The body is sent as it is, not as ${quote(contentEncoding)}.`;
  return new WebhookError("unsupported_media_type", message, { field: "Content-Encoding", cause });
}

/** Level by level, so that no depth is too deep for it; whatever looks at the body later may descend. */
function checkDepth(value: unknown): void {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw invalid(undefined, `The body is nested more than ${MAX_DEPTH} levels deep.`);
    level = level.flatMap((each): unknown[] => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
}

function isParsed(body: GivenBody): body is { readonly parsed: unknown } {
  return typeof body === "object" && "parsed" in body;
}

function checkSize(bytes: number): void {
  if (bytes > MAX_BODY_BYTES) throw tooLarge();
}

function tooLarge(): WebhookError {
  return new WebhookError("payload_too_large", `The body has at most ${MAX_BODY_BYTES.toLocaleString("en")} bytes.`);
}

function check(schema: z.ZodObject, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const field = issue === undefined ? undefined : fieldOf(issue.path);
  const what = field === undefined ? "The request" : `\`${field}\``;
  throw invalid(field, `${what} cannot be as it is: ${(issue?.message ?? "").slice(0, 200)}.`);
}

function fieldOf(path: readonly PropertyKey[]): string | undefined {
  return path.length === 0 ? undefined : pathOf(path.slice(0, MAX_STEPS));
}

function pathOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : fieldStep(String(step))));
  return steps.join("").replace(/^\./, "");
}

function invalid(field: string | undefined, message: string): WebhookError {
  return new WebhookError("request_invalid", message, field === undefined ? {} : { field });
}
