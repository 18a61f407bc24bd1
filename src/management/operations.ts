import type { z } from "zod";
import type { ErrorCode } from "../errors.js";
import { ROUTES, type OperationName, type Route } from "./routes.js";
import * as schemas from "./schemas.js";

/** One operation of the management API: everything that router, validation, client, OpenAPI and docs are read from. */
export interface Operation extends Route {
  /** What it does, as a title. */
  readonly summary: string;
  /** What it promises, in sentences. */
  readonly description: string;
  readonly parameters: Readonly<Record<string, z.ZodType>>;
  readonly querySchema: z.ZodObject | null;
  readonly bodySchema: z.ZodObject | null;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType | null;
  /** Codes of its own, besides those that every operation has. */
  readonly errors: readonly ErrorCode[];
  /** Whether answers carry the revision of the webhook as `ETag`. */
  readonly etag?: true;
  /** Whether it heeds `If-Match`. */
  readonly ifMatch?: true;
}

const webhookId = { webhook_id: schemas.webhookId };
const delivery = { webhook_id: schemas.webhookId, event_id: schemas.eventId };
const plain = { parameters: {}, querySchema: null, bodySchema: null, status: 200, response: null, errors: [] } as const;

const FIELD_ERRORS = [
  "url_invalid",
  "address_refused",
  "pattern_invalid",
  "filter_invalid",
  "webhook_invalid",
  "secret_invalid",
] as const;

/** The operations of the management API. */
export const OPERATIONS = {
  "webhooks.create": {
    ...ROUTES["webhooks.create"],
    ...plain,
    summary: "Register a webhook",
    description: "Events published from now on are delivered to it. A secret that is generated is in this answer only.",
    bodySchema: schemas.newWebhook,
    status: 201,
    response: schemas.webhook,
    errors: [...FIELD_ERRORS, "webhook_limit_reached"],
    etag: true,
  },
  "webhooks.list": {
    ...ROUTES["webhooks.list"],
    ...plain,
    summary: "List webhooks",
    description: "In the order in which they were registered.",
    querySchema: schemas.pageQuery,
    response: schemas.webhookPage,
    errors: ["cursor_invalid"],
  },
  "webhooks.test": {
    ...ROUTES["webhooks.test"],
    ...plain,
    summary: "Test a webhook",
    description:
      "Sends one real, signed request with a sample of the event type, or with a payload of yours, and answers what the endpoint said. Works for inactive webhooks and for types that are not subscribed. It is not retried, counts in the rate window, and never toward disabling the webhook.",
    bodySchema: schemas.testInput,
    response: schemas.testResult,
    errors: ["webhook_not_found", "event_type_unknown", "event_invalid", "rate_limited"],
  },
  "webhooks.get": {
    ...ROUTES["webhooks.get"],
    ...plain,
    summary: "Read a webhook",
    description: "As it is now.",
    parameters: webhookId,
    response: schemas.webhook,
    errors: ["webhook_not_found"],
    etag: true,
  },
  "webhooks.update": {
    ...ROUTES["webhooks.update"],
    ...plain,
    summary: "Update a webhook",
    description:
      "Only the given fields change, all of them or none. With `If-Match` it changes only what you have read. Making it active again sends what waited for it. `debug_mode: true` lasts 24 hours and can be renewed.",
    parameters: webhookId,
    bodySchema: schemas.webhookChanges,
    response: schemas.webhook,
    errors: ["webhook_not_found", "webhook_stale", ...FIELD_ERRORS],
    etag: true,
    ifMatch: true,
  },
  "webhooks.delete": {
    ...ROUTES["webhooks.delete"],
    ...plain,
    summary: "Delete a webhook",
    description: "What waits for it is cancelled; its log stays readable.",
    parameters: webhookId,
    status: 204,
    errors: ["webhook_not_found"],
  },
  "webhooks.logs": {
    ...ROUTES["webhooks.logs"],
    ...plain,
    summary: "Read a webhook's log",
    description: "One row per delivery, newest first. Rows that are added meanwhile move none from page to page.",
    parameters: webhookId,
    querySchema: schemas.logQuery,
    response: schemas.logPage,
    errors: ["webhook_not_found", "cursor_invalid"],
  },
  "webhooks.stats": {
    ...ROUTES["webhooks.stats"],
    ...plain,
    summary: "Read a webhook's statistics",
    description: "What became of its deliveries of late, and how its endpoint is doing.",
    parameters: webhookId,
    querySchema: schemas.statsQuery,
    response: schemas.stats,
    errors: ["webhook_not_found"],
  },
  "webhooks.rotateSecret": {
    ...ROUTES["webhooks.rotateSecret"],
    ...plain,
    summary: "Rotate a secret",
    description:
      "For the overlap both secrets sign: `webhook-signature` carries both signatures, and `X-AuraConnect-Signature` the one of the secret before, until the new one is confirmed. Rotating again drops the oldest; to the secret that it has, changes nothing.",
    parameters: webhookId,
    bodySchema: schemas.rotation,
    response: schemas.webhook,
    errors: ["webhook_not_found", "secret_invalid"],
    etag: true,
  },
  "webhooks.confirmSecret": {
    ...ROUTES["webhooks.confirmSecret"],
    ...plain,
    summary: "Confirm a new secret",
    description: "Says that the consumer knows the new secret: `X-AuraConnect-Signature` is made with it from now on.",
    parameters: webhookId,
    response: schemas.webhook,
    errors: ["webhook_not_found"],
    etag: true,
  },
  "webhooks.recover": {
    ...ROUTES["webhooks.recover"],
    ...plain,
    summary: "Send again all that failed",
    description:
      "Everything of the webhook whose last attempt failed at `since` or later is sent again, in the background, each delivery once; it goes on after a crash. Events older than 7 days are left as they are, and counted. One recovery of a webhook at a time.",
    parameters: webhookId,
    bodySchema: schemas.recoverInput,
    status: 202,
    response: schemas.recovery,
    errors: ["webhook_not_found", "webhook_inactive", "recovery_running"],
  },
  "webhooks.recovery": {
    ...ROUTES["webhooks.recovery"],
    ...plain,
    summary: "See how far a recovery is",
    description: "The last recovery of each webhook is remembered for 7 days.",
    parameters: { ...webhookId, recovery_id: schemas.recoveryId },
    response: schemas.recovery,
    errors: ["recovery_not_found"],
  },
  "deliveries.get": {
    ...ROUTES["deliveries.get"],
    ...plain,
    summary: "Read a delivery",
    description: "One row of the log with each of its requests.",
    parameters: delivery,
    response: schemas.deliveryDetails,
    errors: ["delivery_not_found"],
  },
  "deliveries.resend": {
    ...ROUTES["deliveries.resend"],
    ...plain,
    summary: "Send a delivery again",
    description:
      "A delivery that has ended, also one that succeeded, is pending again with the whole schedule of retries; attempts keep counting. Events older than 7 days are refused.",
    parameters: delivery,
    status: 202,
    response: schemas.logRow,
    errors: ["webhook_not_found", "webhook_inactive", "delivery_not_found", "delivery_pending", "resend_too_late"],
  },
  "deliveries.cancel": {
    ...ROUTES["deliveries.cancel"],
    ...plain,
    summary: "Cancel a delivery",
    description: "Ends a delivery that waits. One that is being sent at this moment is not stopped.",
    parameters: delivery,
    response: schemas.cancelled,
    errors: ["webhook_not_found", "delivery_not_found"],
  },
  "events.explain": {
    ...ROUTES["events.explain"],
    ...plain,
    summary: "Explain what became of an event",
    description:
      "For every webhook of the account: whether it takes the event and by which pattern, which filter does not and why, every request, when it goes on, and what to do.",
    parameters: { event_id: schemas.eventId },
    response: schemas.explanation,
    errors: ["event_not_found"],
  },
  "eventTypes.list": {
    ...ROUTES["eventTypes.list"],
    ...plain,
    summary: "List event types",
    description: "Every type that can be subscribed to, with its JSON Schema and a sample.",
    response: schemas.eventTypes,
  },
  "api.openapi": {
    ...ROUTES["api.openapi"],
    ...plain,
    summary: "Read this API's OpenAPI document",
    description: "OpenAPI 3.1, with a `webhooks` section of all event types.",
    response: schemas.openApiDocument,
  },
} as const satisfies Readonly<Record<OperationName, Operation>>;

/** An operation by its name, without what is particular to it. */
export function operationOf(name: OperationName): Operation {
  return OPERATIONS[name];
}

/** Codes that every operation with a token may answer. */
export const COMMON_ERRORS: readonly ErrorCode[] = ["unauthorized", "request_invalid", "store_unavailable"];
