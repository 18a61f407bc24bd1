import type { RequestReceiver } from "../receiver/receiver.js";
import { tooLarge, type RawBody } from "../receiver/request-body.js";
import type { HeaderSource } from "../receiver/request-headers.js";
import { alreadyRead } from "./already-read.js";

/**
 * What the receiver needs of an event of AWS Lambda: an HTTP request as API Gateway (payload formats 1.0 and 2.0), a
 * function URL or a load balancer hands it over.
 */
export interface LambdaHttpEvent {
  /** Format 1.0 and load balancers. */
  readonly httpMethod?: string | undefined;
  /** In format 2.0 and function URLs, `http.method` is the method. */
  readonly requestContext?: object | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  /**
   * Format 1.0: every value of each header, of which `headers` has the last. A load balancer that is set so has this alone.
   */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/** The answer in the form that each of those event sources takes. */
export interface LambdaHttpResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** The same, for a load balancer that sends its own headers so: it drops `headers`. */
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const MEND =
  "Let API Gateway pass the request through as it came: a proxy integration, without a mapping template on this route.";

/**
 * Receives webhooks in AWS Lambda behind API Gateway, a function URL or a load balancer: a handler.
 *
 * ```ts
 * export const handler = lambdaReceiver(receiver);
 * ```
 *
 * Answer from handlers that have ended, or from an inbox that another process works: a function is frozen once it has
 * answered.
 *
 * @throws {@link WebhookError} `body_already_parsed`, at once, when the event holds an object in place of the body.
 */
export function lambdaReceiver(receiver: RequestReceiver): (event: LambdaHttpEvent) => Promise<LambdaHttpResult> {
  return async (event) => {
    const { status, headers, body } = await receiver.receive({
      method: methodOf(event),
      header: headersOf(event),
      body: (maxBytes) => bodyOf(event, maxBytes),
    });
    return { statusCode: status, headers: { ...headers }, ...listsFor(event, headers), body, isBase64Encoded: false };
  };
}

function methodOf({ httpMethod, requestContext }: LambdaHttpEvent): string {
  const { http } = (requestContext ?? {}) as { readonly http?: { readonly method?: string } };
  return httpMethod ?? http?.method ?? "";
}

function headersOf({ multiValueHeaders, headers }: LambdaHttpEvent): HeaderSource {
  return multiValueHeaders ?? headers ?? {};
}

function listsFor(
  event: LambdaHttpEvent,
  headers: Readonly<Record<string, string>>,
): Pick<LambdaHttpResult, "multiValueHeaders"> {
  const hasListsOnly = (event.headers ?? null) === null && (event.multiValueHeaders ?? null) !== null;
  if (!hasListsOnly) return {};
  return { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) };
}

function bodyOf({ body, isBase64Encoded }: LambdaHttpEvent, maxBytes: number): RawBody {
  if (body === null || body === undefined) return "";
  if (typeof body !== "string") throw alreadyRead("The event's body is no text", MEND);
  if (isBase64Encoded !== true) return body;
  const bytes = Buffer.byteLength(body, "base64");
  if (bytes > maxBytes) throw tooLarge(maxBytes, bytes);
  return Buffer.from(body, "base64");
}
