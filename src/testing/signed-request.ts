import { randomUUID } from "node:crypto";
import { readEvents } from "../domain/events-option.js";
import { readArgument, readFlag, type NamesOf } from "../domain/option-value.js";
import { WebhookError } from "../errors.js";
import { auraconnectEvents, type AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog, EventPayload, EventType } from "../protocol/event-catalog.js";
import {
  EVENT_HEADER,
  EVENT_ID_HEADER,
  SIGNATURE_HEADER,
  STANDARD_ID_HEADER,
  STANDARD_SIGNATURE_HEADER,
  STANDARD_TIMESTAMP_HEADER,
  TIMESTAMP_HEADER,
  WEBHOOK_ID_HEADER,
} from "../protocol/headers.js";
import { sampleEvent } from "../protocol/sample-event.js";
import { sign } from "../protocol/signature.js";
import { signStandard } from "../protocol/standard-signature.js";

/** What to sign. */
export interface SignedRequestOptions<Catalog extends EventCatalog, Type extends EventType<Catalog>> {
  readonly type: Type;
  readonly secret: string;
  /** The payload, sent as it is: a test may break its schema. Defaults to the sample of the type. */
  readonly object?: EventPayload<Catalog, Type>;
  /** Defaults to a fresh one, `evt_test_` and a UUID. */
  readonly id?: string;
  /** When the event happened, RFC 3339. Defaults to `now`. */
  readonly created?: string;
  /** Defaults to `webhook_test`. */
  readonly webhookId?: string;
  /** Whether the request is signed under the Standard Webhooks specification too. Defaults to true. */
  readonly standard?: boolean;
  /** When the request is sent, in milliseconds since the Unix epoch. Defaults to this moment. */
  readonly now?: number;
  /** Where the type is found. Defaults to the event types of the AuraConnect documentation. */
  readonly events?: Catalog;
}

const NAMES: NamesOf<SignedRequestOptions<EventCatalog, string>> = {
  type: true,
  secret: true,
  object: true,
  id: true,
  created: true,
  webhookId: true,
  standard: true,
  now: true,
  events: true,
};

/** A request as a sender would make it, for `fetch(url, request)` or for a receiver. */
export interface SignedRequest {
  readonly method: "POST";
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * Makes a signed webhook request, for tests of a receiver.
 *
 * ```ts
 * await fetch(url, signedRequest({ type: "order.created", secret }));
 * ```
 *
 * @throws {@link WebhookError} `secret_invalid`, `option_invalid`; when no `object` is given also `event_type_unknown`,
 *   and `option_invalid` for a type without a sample.
 */
export function signedRequest<
  Catalog extends EventCatalog = AuraConnectCatalog,
  Type extends EventType<Catalog> = EventType<Catalog>,
>(given: SignedRequestOptions<Catalog, Type>): SignedRequest {
  const options = readArgument<SignedRequestOptions<Catalog, Type>>("signedRequest", given, NAMES);
  const { type, secret, id = `evt_test_${randomUUID()}`, now = Date.now(), webhookId = "webhook_test" } = options;
  const events = readEvents<EventCatalog>(options.events, auraconnectEvents);
  const sentAt = readInstant(now);
  const { object = sampleEvent(events, type).data.object, created = sentAt.toISOString() } = options;
  const body = JSON.stringify({ id, type, created, data: { object } });
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    [EVENT_HEADER]: type,
    [SIGNATURE_HEADER]: sign(body, secret),
    [EVENT_ID_HEADER]: id,
    [TIMESTAMP_HEADER]: timestamp,
    [WEBHOOK_ID_HEADER]: webhookId,
  };
  if (readFlag("standard", options.standard, true)) {
    headers[STANDARD_ID_HEADER] = id;
    headers[STANDARD_TIMESTAMP_HEADER] = timestamp;
    headers[STANDARD_SIGNATURE_HEADER] = signStandard({ id, timestamp, body }, secret);
  }
  return { method: "POST", headers, body };
}

function readInstant(now: unknown): Date {
  const instant = new Date(typeof now === "number" ? now : NaN);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new WebhookError("option_invalid", "`now` is an instant in milliseconds since the Unix epoch.", {
    field: "now",
  });
}
