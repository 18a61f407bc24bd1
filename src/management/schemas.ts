import { z } from "zod";

/** Names under which schemas stand in the OpenAPI document, where they are used more than once. */
export const schemaNames = z.registry<{ readonly id: string }>();

const named = <Schema extends z.ZodType>(id: string, schema: Schema): Schema => {
  schemaNames.add(schema, { id });
  return schema;
};

const instant = (description: string) => z.string().meta({ format: "date-time" }).describe(description);
const instantOrNull = (description: string) =>
  z.string().meta({ format: "date-time" }).nullable().describe(description);
const scalar = z.union([z.string().max(256), z.number(), z.boolean(), z.null()]);
const filters = z.record(z.string(), z.union([scalar, z.array(scalar).min(1).max(100)]));
const headers = z.record(z.string(), z.string());
const status = named("DeliveryStatus", z.enum(["pending", "success", "failed", "expired", "cancelled"]));

export const webhookId = z.string().max(256).describe("Id of a webhook.");
export const eventId = z.string().max(256).describe("Id of an event.");
export const recoveryId = z.string().max(256).describe("Id of a recovery.");

/** The fields of a webhook that its account chooses. */
const fields = {
  url: z.string().max(2_048).describe("Where events are sent: https, without user name and password."),
  events: z
    .array(z.string().max(200))
    .min(1)
    .max(100)
    .describe("Patterns: an exact event type, `<group>.*`, or `*`; 1 to 100."),
  filters: filters
    .nullable()
    .describe("Routing attributes an event must have, each with this value or one of these; at most 20."),
  active: z
    .boolean()
    .describe("Whether it gets events. What waits for an inactive webhook is sent when it is active again."),
  description: z.string().max(500).nullable().describe("Words of your own."),
  headers: headers.describe("Headers to send beside the documented ones; at most 20."),
  throttle: z
    .strictObject({ requests: z.int().min(1).max(100_000), per_seconds: z.int().min(1).max(3_600) })
    .nullable()
    .describe("At most so many requests in any so many seconds, what exceeds it waits; null is any number."),
  debug_mode: z.boolean().describe("Whether attempts are recorded in full; ends by itself after 24 hours."),
};

const secret = z
  .string()
  .min(16)
  .max(512)
  .describe("16 to 512 bytes. Left out, one is generated and answered by this call only.");

export const newWebhook = named(
  "NewWebhook",
  z.strictObject({
    url: fields.url,
    events: fields.events,
    filters: fields.filters.optional(),
    secret: secret.optional(),
    active: fields.active.optional(),
    description: fields.description.optional(),
    headers: fields.headers.optional(),
    throttle: fields.throttle.optional(),
    debug_mode: fields.debug_mode.optional(),
  }),
);

export const webhookChanges = named(
  "WebhookChanges",
  z
    .strictObject({
      ...fields,
      secret: z
        .never("an update does not change the secret; POST to rotate-secret keeps the one before in use for a while")
        .describe("Refused: a secret is rotated, so that requests under way stay verifiable."),
    })
    .partial(),
);

export const webhook = named(
  "Webhook",
  z.object({
    id: webhookId,
    ...fields,
    secret: z.string().describe("`webhook_secret_***`, but in the answer of the call that generated it."),
    disabled_reason: z.string().nullable().describe("Why it was made inactive by the sender; null where it was not."),
    debug_until: instantOrNull("When debug mode ends."),
    rate_limit: z.int().nullable().describe("Requests the account may send in any 60 minutes; null is any number."),
    created_at: instant("When it was registered."),
    updated_at: instant("When it was changed last."),
  }),
);

const nextCursor = z.string().nullable().describe("Give it as `cursor` for the next page; null on the last.");

export const webhookPage = z.object({ webhooks: z.array(webhook), next_cursor: nextCursor });

/** Digits alone: `Number` also reads blanks, hexadecimal and exponents. */
const pageLimit = z
  .string()
  .regex(/^\d{1,9}$/, "a whole number from 1 to 200 was expected")
  .transform(Number)
  .pipe(z.int().min(1).max(200));

export const pageQuery = z.strictObject({
  limit: pageLimit.optional().describe("Rows of a page: 1 to 200. Defaults to 100."),
  cursor: z.string().max(256).optional().describe("`next_cursor` of the page before."),
});

export const attemptDebug = named(
  "AttemptDebug",
  z.object({
    attempt: z.int().describe("Its number; 1 for the first request."),
    sent_at: instant("When it was sent."),
    duration_ms: z.number(),
    request: z.object({ headers }),
    response: z
      .object({ status: z.int(), headers, body: z.string().describe("The first 4,096 bytes.") })
      .nullable()
      .describe("Null where no whole response came."),
    error: z.string().nullable(),
  }),
);

const logFields = {
  event_id: eventId,
  event_type: z.string(),
  status,
  attempts: z.int().describe("Requests sent."),
  response_code: z.int().nullable().describe("Of the last request; null before it, and where no response came."),
  response_time_ms: z.number().nullable(),
  timestamp: instant("When the last request was sent; before it, when the delivery was made."),
  next_attempt_at: instantOrNull("When the next request is due."),
  error: z.string().nullable().describe("Why the last request failed."),
  resends: z.int().describe("How often it was sent again by hand."),
  test: z.boolean().describe("Whether it was a test."),
};

export const logRow = named(
  "LogRow",
  z.object({
    ...logFields,
    debug: z.array(attemptDebug).optional().describe("What debug mode kept; absent where no attempt was made in it."),
  }),
);

export const logPage = z.object({ logs: z.array(logRow), next_cursor: nextCursor });

export const logQuery = z.strictObject({
  status: status.optional(),
  event_type: z.string().max(200).optional(),
  since: z.string().max(64).optional().describe("Deliveries made at this instant or later, RFC 3339."),
  until: z.string().max(64).optional().describe("Deliveries made before this instant, RFC 3339."),
  limit: pageLimit.optional().describe("Rows of a page: 1 to 200. Defaults to 50."),
  cursor: pageQuery.shape.cursor,
});

export const deliveryDetails = named(
  "Delivery",
  z.object({
    webhook_id: webhookId,
    ...logFields,
    requests: z.array(
      z.object({
        number: z.int(),
        sent_at: instant("When it was sent."),
        response_code: z.int().nullable(),
        response_time_ms: z.number(),
        error: z.string().nullable(),
        debug: attemptDebug.optional(),
      }),
    ),
  }),
);

export const testInput = z.strictObject({
  webhook_id: webhookId,
  event_type: z.string().max(200).describe("The event type to send."),
  object: z.record(z.string(), z.unknown()).optional().describe("The payload. Defaults to the sample of the type."),
});

export const testResult = z.object({
  ...logRow.shape,
  response_body: z.string().nullable().describe("The first 4,096 bytes of the answer; null where none came."),
});

export const rotation = z.strictObject({
  secret: secret.optional(),
  overlap_seconds: z
    .int()
    .min(0)
    .max(2_592_000)
    .optional()
    .describe("For how long the secret before stays in use; 0 after a leak. Defaults to 24 hours."),
});

export const statsQuery = z.strictObject({
  since: z.string().max(64).optional().describe("Deliveries made at this instant or later. Defaults to 24 hours ago."),
});

export const stats = z.object({
  webhook_id: webhookId,
  since: instant("From when on deliveries are counted."),
  deliveries: z
    .object({ pending: z.int(), success: z.int(), failed: z.int(), expired: z.int(), cancelled: z.int() })
    .describe("Deliveries made since then, tests left out, by what they are now."),
  attempts: z.int().describe("Requests sent for them."),
  complete: z.boolean().describe("False where there were more than 100,000: then the newest are counted."),
  success_rate: z.number().nullable().describe("Of those that ended, the share that succeeded."),
  response_time_ms: z.object({ median: z.number(), p95: z.number(), max: z.number() }).nullable(),
  failures_in_a_row: z.int().describe("Attempts that failed since the last that succeeded."),
  failing_since: instantOrNull("When the first of them failed."),
});

export const recoverInput = z.strictObject({
  since: z.string().max(64).describe("RFC 3339, not in the future: what failed then or later is sent again."),
});

export const recovery = named(
  "Recovery",
  z.object({
    id: recoveryId,
    webhook_id: webhookId,
    since: instant("What it was asked for."),
    status: z.enum(["running", "done"]),
    resent: z.int().describe("Deliveries that were made pending again."),
    too_old: z.int().describe("Deliveries left as they are: their events are older than 7 days."),
    reached_at: instantOrNull("It goes from the newest delivery to the oldest, and has come to those of this instant."),
    started_at: instant("When it began."),
    finished_at: instantOrNull("When it was done."),
  }),
);

export const cancelled = z.object({ cancelled: z.int().describe("1, or 0 where nothing waited.") });

export const explanation = z.object({
  event: z.object({
    id: eventId,
    type: z.string(),
    created: instant("When it happened."),
    stored_at: instant("When it was published."),
    test: z.boolean(),
  }),
  webhooks: z.array(
    z.object({
      webhook_id: webhookId,
      url: z.string().nullable().describe("Null for a webhook that was deleted."),
      verdict: z.enum([
        ...(["delivered", "waiting", "retrying", "rate_deferred", "waiting_inactive"] as const),
        ...(["failed", "expired", "cancelled", "not_subscribed", "filtered", "attribute_missing"] as const),
        ...(["inactive", "registered_later", "changed_later"] as const),
      ]),
      matches: z.boolean().nullable().describe("Whether the subscription, as it is now, takes the event."),
      pattern: z.string().nullable().describe("The pattern that takes the event's type."),
      filter: z
        .object({ key: z.string(), expected: z.union([scalar, z.array(scalar)]), actual: scalar.optional() })
        .nullable()
        .describe("The filter that does not; `actual` is absent where the event lacks the attribute."),
      delivery: deliveryDetails.nullable(),
      until: instantOrNull("When it goes on."),
      reason: z.string().describe("What happened."),
      advice: z.string().nullable().describe("What to do."),
    }),
  ),
});

export const eventTypes = z.object({
  event_types: z.array(
    z.object({
      type: z.string(),
      group: z.string(),
      description: z.string(),
      schema: z.record(z.string(), z.unknown()).describe("JSON Schema of the event as it is sent, envelope included."),
      sample: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});

export const openApiDocument = z.record(z.string(), z.unknown()).describe("This document.");

export const problem = named(
  "Problem",
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("A stable name of what is wrong."),
    detail: z.string().describe("What was wrong, what was expected, and the mend."),
    pointer: z.string().optional().describe("JSON Pointer to the field of the body at fault."),
    parameter: z.string().optional().describe("The header, or the parameter of path or query, at fault."),
  }),
);
