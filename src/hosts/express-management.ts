import type { ServerResponse } from "node:http";
import { isUint8Array } from "node:util/types";
import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import { nodeHeader, type ManagementApi } from "../management/create-management-api.js";
import { problemReply } from "../management/problem.js";
import type { GivenBody } from "../management/request.js";
import { cutShort } from "../receiver/request-body.js";
import type { ExpressHandler, ExpressRequest } from "./express.js";
import { bodyDeadline } from "./body-deadline.js";
import { readBody } from "./read-body.js";
import { sendReply } from "./send-reply.js";
import { pathOf } from "./target.js";

/** What the API needs of Express's request. */
export type ExpressManagementRequest = ExpressRequest & { readonly baseUrl?: string };

/** Fits as an error handler into Express 4 and 5. */
export type ExpressErrorHandler = (
  error: unknown,
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

const MEND = "Mount expressManagement where nothing reads the request's stream before it but a body parser.";

/**
 * Mounts the management API in Express, above or below `express.json()`:
 *
 * ```ts
 * app.use("/api/v1/webhooks", expressManagement(api));
 * ```
 *
 * Its second handler answers what a body parser above refused (no JSON, too large), for this path alone.
 */
export function expressManagement(api: ManagementApi): [ExpressHandler, ExpressErrorHandler] {
  return [
    async (request: ExpressManagementRequest, response, next) => {
      try {
        const reply = await api.handle({
          method: request.method ?? "",
          target: pathOf(request.url ?? ""),
          prefix: request.baseUrl ?? "",
          header: nodeHeader(request.headers),
          body: (maxBytes) => bodyOf(request, maxBytes),
          raw: request,
        });
        sendReply(response, reply);
      } catch (error) {
        next(error);
      }
    },
    (error, _request, response, next) => {
      const refusal = parserRefusal(error);
      if (refusal === null) next(error);
      else sendReply(response, problemReply(refusal));
    },
  ];
}

function bodyOf(request: ExpressRequest, maxBytes: number): GivenBody | Promise<GivenBody> {
  const { rawBody, body } = request;
  if (isUint8Array(rawBody)) return rawBody;
  if (isUint8Array(body) || (typeof body === "string" && body !== "")) return body;
  const { readableDidRead, readableEnded } = request;
  // Express 4 leaves an empty object where no parser felt responsible; only the stream tells whether it was read.
  if (body !== undefined && (readableDidRead || readableEnded)) return { parsed: body };
  if (readableEnded && !readableDidRead) return "";
  return readBody(request, maxBytes, bodyDeadline(), MEND);
}

/** What Express's own parsers refuse with, as an error of ours; null for any other error. */
function parserRefusal(error: unknown): WebhookError | null {
  if (typeof error !== "object" || error === null) return null;
  // A body that cannot be decompressed is refused with the words of zlib, and a status.
  if ("code" in error && String(error.code).startsWith("Z_") && "status" in error) return plainError("body_malformed");
  switch ("type" in error ? error.type : null) {
    case "entity.parse.failed":
      return plainError("body_malformed");
    case "entity.too.large":
      return new WebhookError("payload_too_large", "The body is larger than the body parser of this host takes.");
    case "encoding.unsupported":
    case "charset.unsupported":
      return new WebhookError(
        "unsupported_media_type",
        "The body is application/json in UTF-8, not encoded otherwise.",
      );
    case "request.aborted":
    case "request.size.invalid":
      return cutShort();
    default:
      return null;
  }
}
