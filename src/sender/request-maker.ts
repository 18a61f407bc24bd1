import { isSuccess } from "../domain/next-step.js";
import type { AttemptRecord } from "../ports/delivery-queue.js";
import type { AttemptSpan } from "../ports/telemetry.js";
import type { Transport, TransportRequest, TransportResult } from "../ports/transport.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import { SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER } from "../protocol/headers.js";
import { debugRecord } from "./debug-record.js";
import { redactValues } from "./redaction.js";
import { createRequestSigner, type OutgoingEvent, type RequestSigner } from "./request-signer.js";
import type { SecretVault } from "./secret-vault.js";

export interface RequestMakerContext {
  readonly vault: SecretVault;
  readonly transport: Transport;
  readonly attemptTimeoutMs: number;
  readonly standardSignature: boolean;
}

/** A request that is signed and not yet sent. */
export interface SignedAttempt {
  readonly webhook: WebhookRecord;
  readonly event: OutgoingEvent;
  /** Of the delivery's requests; 1 for the first. */
  readonly number: number;
  readonly sentAt: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that was made. */
export interface Exchange {
  readonly result: TransportResult;
  readonly attempt: AttemptRecord;
}

/** Signs requests to webhooks, sends them, and writes down how they went. */
export class RequestMaker {
  /** Per revision: a changed webhook is a new record. */
  readonly #signers = new WeakMap<WebhookRecord, RequestSigner>();

  constructor(private readonly context: RequestMakerContext) {}

  /** @throws {@link WebhookError} `secret_unreadable`, `secret_key_missing`. */
  sign(webhook: WebhookRecord, event: OutgoingEvent, number: number, sentAt: number): SignedAttempt {
    let signer = this.#signers.get(webhook);
    if (signer === undefined) {
      signer = createRequestSigner(webhook, this.context.vault, this.context.standardSignature);
      this.#signers.set(webhook, signer);
    }
    return { webhook, event, number, sentAt, headers: signer.headers(event, sentAt) };
  }

  /** Never rejects. */
  async send(given: SignedAttempt, span: AttemptSpan | null = null): Promise<Exchange> {
    const signed = span === null ? given : { ...given, headers: { ...given.headers, ...span.headers } };
    const { webhook, event, number, sentAt, headers } = signed;
    const { attemptTimeoutMs: timeoutMs } = this.context;
    const result = await this.#exchange({ url: webhook.url, headers, body: event.body, timeoutMs }, span);
    const error = describe(result);
    const attempt: AttemptRecord = {
      number,
      sentAt,
      responseCode: result.kind === "response" ? result.status : null,
      responseTimeMs: Math.round(result.durationMs),
      error,
      debug: isDebugged(webhook, sentAt) ? this.#debug(signed, result, error) : null,
    };
    return { result, attempt };
  }

  /** The request may have been made, so it counts, though a transport of the host's broke its promise. */
  #exchange(request: TransportRequest, span: AttemptSpan | null): Promise<TransportResult> {
    const { transport } = this.context;
    if (span === null) return transport.send(request).catch(brokenExchange);
    return new Promise<TransportResult>((resolve, reject) => {
      span.run(() => {
        // What it throws is not the telemetry's.
        (async () => transport.send(request))().then(resolve, reject);
      });
    }).catch(brokenExchange);
  }

  /** A function that hides, in what the endpoint answered, what only the two sides know. */
  redaction({ webhook, headers, sentAt }: SignedAttempt): (text: string) => string {
    const { vault } = this.context;
    const owner = { accountId: webhook.accountId, webhookId: webhook.id };
    const { secret, previousSecret } = webhook;
    const sealed =
      previousSecret !== null && sentAt < previousSecret.expiresAt ? [secret, previousSecret.secret] : [secret];
    const secrets = sealed.map((text) => vault.open(owner, text));
    return redactValues([
      ...secrets.flatMap((text) => [text, text.replace(/^whsec_/, "")]),
      headers[SIGNATURE_HEADER] ?? "",
      ...(headers[STANDARD_SIGNATURE_HEADER] ?? "").split(" "),
      ...Object.values(webhook.headers),
    ]);
  }

  #debug(signed: SignedAttempt, result: TransportResult, error: string | null): string {
    return JSON.stringify(
      debugRecord({
        attempt: signed.number,
        sentAt: signed.sentAt,
        headers: signed.headers,
        ownHeaders: signed.webhook.headers,
        result,
        error,
        redact: this.redaction(signed),
      }),
    );
  }
}

function isDebugged({ debugUntil }: WebhookRecord, nowMs: number): boolean {
  return debugUntil !== null && nowMs < debugUntil;
}

/** Why a request failed, in a sentence; null when it succeeded. */
function describe(result: TransportResult): string | null {
  if (result.kind === "failure") return result.message;
  if (isSuccess(result.status)) return null;
  const redirect = result.status >= 300 && result.status <= 399 ? "; redirects are not followed" : "";
  return `The endpoint answered ${result.status}${redirect}.`;
}

function brokenExchange(cause: unknown): TransportResult {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { kind: "failure", reason: "protocol", message: `The transport rejected: ${reason}`, durationMs: 0 };
}
