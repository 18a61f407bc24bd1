import { WebhookError } from "../errors.js";
import { routingAttributes, validateAttributes } from "../domain/attributes.js";
import { quote } from "../domain/quote.js";
import type { Attributes } from "../domain/subscription.js";
import { EVENT_ID } from "../protocol/envelope.js";
import { findDefinition, type EventCatalog, type WebhookEvent } from "../protocol/event-catalog.js";
import { parseInstant } from "../protocol/instant.js";
import { MAX_EVENT_BYTES } from "../protocol/limits.js";
import { checkPayload } from "../protocol/payload.js";
import { isPlainData } from "../protocol/plain-data.js";
import { readAccountId } from "./account-id.js";

/** An instant as it is sent. */
const UTC = /T.*Z$/;

/** What a publisher gives beside an event. */
export interface PublishOptions {
  /** Whose webhooks get it. Defaults to `"default"`. */
  readonly accountId?: string | undefined;
  /** What filters may ask for beside the payload's own scalars; wins over them. */
  readonly attributes?: Attributes | undefined;
  /** Makes publishing repeatable: 1 to 128 of `A-Z a-z 0-9 _ : -`. Defaults to a new `evt_…`. */
  readonly id?: string | undefined;
  /** When it happened, RFC 3339 or a Date. Defaults to now. */
  readonly created?: string | Date | undefined;
}

/**
 * An event that was checked and serialised, and not yet matched with webhooks. From here on its body is the event: what
 * the caller does to its object afterwards changes nothing.
 */
export interface DraftEvent {
  readonly accountId: string;
  readonly id: string;
  readonly type: string;
  readonly createdAt: number;
  /** The bytes that are signed, stored and sent, for every attempt and webhook. */
  readonly body: string;
  /** What the publisher gave beside the payload, as JSON with its keys in order. */
  readonly givenAttributes: string | null;
  /** Whether the publisher said when it happened; otherwise the same event published twice has two instants. */
  readonly createdGiven: boolean;
  /** What telemetry keeps with it. */
  readonly trace?: string | null;
  /** What filters compare with; made when the first filter asks. */
  readonly attributes: () => Attributes;
}

/**
 * Checks and serialises an event. Nothing has been stored when it throws.
 *
 * @throws {@link WebhookError} `event_type_unknown`, `event_invalid`, `event_id_invalid`, `created_invalid`,
 *   `attributes_invalid`, `account_id_invalid`, `payload_too_large`.
 */
export function draftEvent(
  catalog: EventCatalog,
  type: string,
  object: unknown,
  options: PublishOptions,
  fresh: { readonly id: () => string; readonly nowMs: number },
): DraftEvent {
  const definition = findDefinition(catalog, type);
  if (definition === null) {
    const known = Object.keys(catalog).join(", ");
    throw new WebhookError("event_type_unknown", `No event type is called ${quote(type)}; there are ${known}.`, {
      field: "type",
    });
  }
  const accountId = readAccountId(options.accountId);
  const given = validateAttributes(options.attributes);
  const created = readCreated(options.created, fresh.nowMs);
  const id = options.id === undefined ? fresh.id() : readEventId(options.id);
  const body = serialize({
    id,
    type,
    created: created.text,
    data: { object: object as WebhookEvent["data"]["object"] },
  });
  // What is sent is what is checked: an object may compute itself anew each time that it is read.
  checkPayload(type, definition, isPlainData(object) ? object : payloadOf(body));

  let attributes: Attributes | undefined;
  return {
    accountId,
    id,
    type,
    createdAt: created.instant,
    body,
    givenAttributes: given === undefined ? null : JSON.stringify(given, Object.keys(given).sort()),
    createdGiven: options.created !== undefined,
    attributes: () => (attributes ??= routingAttributes(payloadOf(body), given)),
  };
}

function payloadOf(body: string): unknown {
  return (JSON.parse(body) as WebhookEvent).data.object;
}

/** The envelope as JSON. @throws {@link WebhookError} `event_invalid`, `payload_too_large`. */
function serialize(event: WebhookEvent): string {
  let body: string;
  try {
    body = JSON.stringify(event);
  } catch (cause) {
    throw new WebhookError(
      "event_invalid",
      `The payload of \`${event.type}\` cannot be written as JSON: ${quote(cause instanceof Error ? cause.message : cause)}.`,
      { field: "data.object", cause },
    );
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_EVENT_BYTES) {
    throw new WebhookError(
      "payload_too_large",
      `The event has ${bytes.toLocaleString("en")} bytes; at most ${MAX_EVENT_BYTES.toLocaleString("en")} are allowed. Send an id and let consumers fetch the rest.`,
      { field: "data.object" },
    );
  }
  return body;
}

function readEventId(id: unknown): string {
  if (typeof id === "string" && EVENT_ID.test(id)) return id;
  throw new WebhookError(
    "event_id_invalid",
    `${quote(id)} cannot be an event id: it has 1 to 128 of A-Z a-z 0-9 _ : -.`,
    {
      field: "id",
    },
  );
}

function readCreated(created: unknown, nowMs: number): { readonly text: string; readonly instant: number } {
  if (created === undefined) {
    const now = new Date(nowMs);
    return { text: now.toISOString(), instant: now.getTime() };
  }
  const given = created instanceof Date && !Number.isNaN(created.getTime()) ? created.toISOString() : created;
  const instant = parseInstant(given);
  if (typeof given === "string" && instant !== null) {
    // Consumers compare texts: all of them are in UTC, and one that is keeps its precision.
    return { text: UTC.test(given) ? given : new Date(instant).toISOString(), instant };
  }
  throw new WebhookError(
    "created_invalid",
    `\`created\` is an RFC 3339 instant such as 2025-08-08T10:00:00Z, or a Date; not ${quote(created)}.`,
    {
      field: "created",
    },
  );
}
