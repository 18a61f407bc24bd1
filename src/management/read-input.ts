import type { z } from "zod";
import { WebhookError } from "../errors.js";
import { quote } from "../domain/quote.js";
import type { Operation } from "./operations.js";
import type { GivenBody, ManagementRequest } from "./request.js";

/** Largest body of a request to the management API, in bytes. */
export const MAX_BODY_BYTES = 65_536;

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
        `There is no query parameter ${quote(name)}; there ${known === "" ? "is none" : `are ${known}`}.`,
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
  const value = parse(await receive(request));
  if (value === undefined && body === "optional") return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(undefined, `The body is a JSON object; it was ${value === undefined ? "empty" : quote(value)}.`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(bodySchema.shape, name));
  if (unknown !== undefined) {
    const known = Object.keys(bodySchema.shape).join(", ");
    throw invalid(unknown.slice(0, 80), `There is no field ${quote(unknown)}; there are ${known}.`);
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
function parse(body: GivenBody): unknown {
  if (isParsed(body)) {
    if (body.parsed !== undefined) checkSize(Buffer.byteLength(JSON.stringify(body.parsed)));
    return body.parsed;
  }
  checkSize(Buffer.byteLength(body));
  const text = typeof body === "string" ? body : Buffer.from(body).toString();
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ""));
  } catch (cause) {
    throw new WebhookError("body_malformed", "The body is no JSON; look for a missing quote or a comma too many.", {
      cause,
    });
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
  const steps = path
    .slice(0, 6)
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${quote(String(step), "")}`));
  return steps.length === 0 ? undefined : steps.join("").slice(1);
}

function invalid(field: string | undefined, message: string): WebhookError {
  return new WebhookError("request_invalid", message, field === undefined ? {} : { field });
}
