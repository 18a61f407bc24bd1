import { createHash } from "node:crypto";
import { WebhookError } from "../errors.js";
import { silentLogger, type Logger } from "../ports/logger.js";
import { MASKED_SECRET } from "../protocol/secrets.js";
import { readAccountId } from "../sender/account-id.js";
import type { Sender } from "../sender/sender.js";
import { HANDLERS, type Call } from "./handlers.js";
import { etagOf, readIfMatch } from "./if-match.js";
import { describeApi, openApiUnder, type ApiDescription } from "./openapi.js";
import type { Operation } from "./operations.js";
import { errorOfRequest, problemReply } from "./problem.js";
import { readBody, readQuery } from "./read-input.js";
import type { AuthenticatedRequest, ManagementReply, ManagementRequest, ReadHeader } from "./request.js";
import { route, type RoutedCall } from "./router.js";

/** Whose calls a token makes. */
export interface AuthenticatedAccount {
  readonly accountId: string;
}

/** What `createManagementApi` takes. */
export interface ManagementApiOptions {
  /** The sender whose webhooks are managed. It need not have started in this process. */
  readonly sender: Sender;

  /**
   * Whose call it is, by the bearer token: an account, or null for a token that opens none (401). May throw a
   * `WebhookError`, such as `forbidden`; anything else it throws is answered as 500 and logged.
   */
  readonly authenticate: (
    token: string,
    request: AuthenticatedRequest,
  ) => AuthenticatedAccount | null | Promise<AuthenticatedAccount | null>;

  /** Where failures of ours and of the host's functions are written. Defaults to nowhere. */
  readonly logger?: Logger | undefined;
}

/** The management API. Every host calls `handle`; it has no state of its own. */
export interface ManagementApi {
  /** Answers a request. Never rejects: whatever fails is an answer. */
  handle(request: ManagementRequest): Promise<ManagementReply>;

  /** The OpenAPI 3.1 document, as it is served under a prefix. */
  openApi(prefix?: string): object;
}

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*) *$/i;

/**
 * Makes the management API of a sender, for `expressManagement`, `fastifyManagement`, `fetchManagement` or
 * `nodeManagement` to mount.
 *
 * ```ts
 * const api = createManagementApi({ sender, authenticate: (token) => accountOf(token) });
 * app.use("/api/v1/webhooks", expressManagement(api));
 * ```
 *
 * @throws {@link WebhookError} `option_invalid`.
 */
export function createManagementApi({
  sender,
  authenticate,
  logger = silentLogger,
}: ManagementApiOptions): ManagementApi {
  // Untyped callers leave it out, and an API without it would be open to everybody.
  if (typeof (authenticate as unknown) !== "function") {
    throw new WebhookError("option_invalid", "`authenticate` is a function that answers whose call it is.", {
      field: "authenticate",
    });
  }
  // Written once: a caller without a token can ask under many a prefix, where paths are compared without regard to case.
  let description: ApiDescription | undefined;
  const openApi = (prefix = "/api/v1/webhooks"): object =>
    openApiUnder((description ??= describeApi(sender.events)), prefix);

  const answer = async (request: ManagementRequest, routed: RoutedCall): Promise<ManagementReply> => {
    const { operation, parameters } = routed;
    const accountId = operation.open ? "" : await readAccount(authenticate, request);
    const query = readQuery(operation, routed.query);
    const body = await readBody(operation, request);
    const revisions = operation.ifMatch ? readIfMatch(request.header("if-match")) : undefined;
    const call: Call = {
      sender,
      accountId,
      parameters,
      query,
      body,
      revisions,
      openApi: () => openApi(request.prefix),
    };
    const run = async (): Promise<ManagementReply> => replyTo(operation, await HANDLERS[routed.name](call));
    const key = operation.repeatable === "with_key" ? request.header("idempotency-key") : undefined;
    return key === undefined || key === null ? run() : runOnce(call, routed, key, run);
  };

  return {
    openApi,
    async handle(request) {
      let operation: Operation | undefined;
      try {
        const routed = route(request.method, request.target);
        if (!("name" in routed)) return refuseMethod(request.method, routed);
        ({ operation } = routed);
        return await answer(request, routed);
      } catch (cause) {
        const error = errorOfRequest(cause, operation);
        if (!WebhookError.is(error) || error.status >= 500) {
          logger.error({ err: error, method: request.method }, "The management API could not answer a request.");
        }
        return problemReply(error, { operation });
      }
    },
  };
}

async function readAccount(
  authenticate: ManagementApiOptions["authenticate"],
  { method, target, header, raw }: ManagementRequest,
): Promise<string> {
  const token = BEARER.exec(header("authorization") ?? "")?.[1];
  if (token === undefined) {
    throw new WebhookError("unauthorized", "Send the header `Authorization: Bearer` with your access token.", {
      field: "Authorization",
    });
  }
  const account = await authenticate(token, { method, target, header, raw });
  // What is not an account is nobody: a host that answers undefined or false refuses.
  if (typeof account === "object" && account !== null && typeof account.accountId === "string") {
    return ofHost(account.accountId);
  }
  throw new WebhookError("unauthorized", "The access token opens no account; it may have ended.", {
    field: "Authorization",
  });
}

/** An id that no account can have is the host's mistake, and nothing that the caller could mend. */
function ofHost(accountId: string): string {
  try {
    return readAccountId(accountId);
  } catch (cause) {
    throw new WebhookError("option_invalid", "`authenticate` answered an `accountId` that no account can have.", {
      cause,
    });
  }
}

async function runOnce(
  { sender, accountId, body }: Call,
  { name, operation, parameters }: RoutedCall,
  key: string,
  run: () => Promise<ManagementReply>,
): Promise<ManagementReply> {
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([name, parameters, body]))
    .digest("base64");
  const { answer, replayed } = await sender.runOnce({ accountId, key, fingerprint }, async () => {
    const reply = await run();
    return { answer: reply, kept: { ...reply, body: withoutSecret(operation, reply.body) } };
  });
  return replayed ? { ...answer, headers: { ...answer.headers, "Idempotency-Replayed": "true" } } : answer;
}

function withoutSecret({ etag }: Operation, body: string): string {
  return etag ? JSON.stringify({ ...(JSON.parse(body) as object), secret: MASKED_SECRET }) : body;
}

function replyTo(
  { status, etag }: Operation,
  { body, revision }: { readonly body: unknown; readonly revision?: number },
): ManagementReply {
  // Answers hold what belongs to one account.
  const headers: Record<string, string> = { "Cache-Control": "no-store" };
  if (status === 204) return { status, headers, body: "" };
  if (etag && revision !== undefined) headers["ETag"] = etagOf(revision);
  return { status, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function refuseMethod(method: string, allowed: readonly string[]): ManagementReply {
  const known = /^[A-Z]{1,10}$/.test(method) ? `${method} is not among them.` : "";
  const error = new WebhookError("method_not_allowed", `This path has ${allowed.join(", ")}. ${known}`.trim());
  return problemReply(error, { headers: { Allow: allowed.join(", ") } });
}

/** Reads headers as `node:http` has them: by their names in lower case, of several values the first. */
export function nodeHeader(headers: Readonly<Record<string, string | readonly string[] | undefined>>): ReadHeader {
  return (name) => {
    const value = headers[name.toLowerCase()];
    return typeof value === "string" || value === undefined ? value : value[0];
  };
}
