import type { z } from "zod";
import { plainError } from "../error-table.js";
import { eventJsonSchema } from "../protocol/json-schema.js";
import { sampleEvent } from "../protocol/sample-event.js";
import type { Sender } from "../sender/sender.js";
import type { Webhook } from "../sender/webhook.js";
import type { NewWebhook } from "../sender/webhooks.js";
import type { OPERATIONS } from "./operations.js";
import type { OperationName } from "./routes.js";
import type * as schemas from "./schemas.js";
import { detailsOnWire, explanationOnWire, logRowOnWire, recoveryOnWire, statsOnWire, webhookOnWire } from "./wire.js";

/** What a handler gets: checked as far as schemas go. */
export interface Call {
  readonly sender: Sender;
  /** Whose call it is; operations without a token have none and never look. */
  readonly accountId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The revisions that `If-Match` names. */
  readonly revisions: readonly number[] | undefined;
  /** The OpenAPI document, under the prefix of this request. */
  readonly openApi: () => object;
}

/** What a handler answers. */
export interface Answer<Body> {
  readonly body: Body;
  readonly revision?: number;
}

type ResponseOf<Name extends OperationName> = (typeof OPERATIONS)[Name]["response"] extends z.ZodType
  ? z.input<(typeof OPERATIONS)[Name]["response"]>
  : null;

type Handlers = { readonly [Name in OperationName]: (call: Call) => Promise<Answer<ResponseOf<Name>>> };

/** What each operation does. */
export const HANDLERS: Handlers = {
  async "webhooks.create"({ sender, accountId, body }) {
    return shown(await sender.webhooks.create({ ...fieldsOf(body), accountId } as NewWebhook));
  },
  async "webhooks.list"({ sender, accountId, query }) {
    const { webhooks, nextCursor } = await sender.webhooks.list({ accountId, ...pageOf(query) });
    return { body: { webhooks: webhooks.map(webhookOnWire), next_cursor: nextCursor } };
  },
  async "webhooks.test"({ sender, accountId, body }) {
    const given = body as z.input<typeof schemas.testInput>;
    const { responseBody, ...row } = await sender.webhooks.test({
      accountId,
      webhookId: given.webhook_id,
      eventType: given.event_type,
      object: given.object,
    });
    return { body: { ...logRowOnWire(row), response_body: responseBody } };
  },
  async "webhooks.get"(call) {
    return shown(await call.sender.webhooks.get(webhookKey(call)));
  },
  async "webhooks.update"(call) {
    const revision = await revisionOf(call);
    return shown(await call.sender.webhooks.update({ ...webhookKey(call), changes: fieldsOf(call.body), revision }));
  },
  async "webhooks.delete"(call) {
    await call.sender.webhooks.delete(webhookKey(call));
    return { body: null };
  },
  async "webhooks.logs"(call) {
    const query = call.query as z.output<typeof schemas.logQuery>;
    const { logs, nextCursor } = await call.sender.webhooks.logs({
      ...webhookKey(call),
      ...pageOf(query),
      status: query.status,
      eventType: query.event_type,
      since: query.since,
      until: query.until,
    });
    return { body: { logs: logs.map(logRowOnWire), next_cursor: nextCursor } };
  },
  async "webhooks.stats"(call) {
    const { since } = call.query as z.output<typeof schemas.statsQuery>;
    return { body: statsOnWire(await call.sender.webhooks.stats({ ...webhookKey(call), since })) };
  },
  async "webhooks.rotateSecret"(call) {
    const { secret, overlap_seconds: overlap } = call.body as z.input<typeof schemas.rotation>;
    const overlapMs = overlap === undefined ? undefined : overlap * 1_000;
    return shown(await call.sender.webhooks.rotateSecret({ ...webhookKey(call), secret, overlapMs }));
  },
  async "webhooks.confirmSecret"(call) {
    return shown(await call.sender.webhooks.confirmSecret(webhookKey(call)));
  },
  async "webhooks.recover"(call) {
    const { since } = call.body as z.input<typeof schemas.recoverInput>;
    return { body: recoveryOnWire(await call.sender.deliveries.recover({ ...webhookKey(call), since })) };
  },
  async "webhooks.recovery"(call) {
    const recoveryId = parameter(call, "recovery_id");
    return { body: recoveryOnWire(await call.sender.deliveries.recovery({ ...webhookKey(call), recoveryId })) };
  },
  async "deliveries.get"(call) {
    return { body: detailsOnWire(await call.sender.deliveries.get(deliveryKey(call))) };
  },
  async "deliveries.resend"(call) {
    return { body: logRowOnWire(await call.sender.deliveries.resend(deliveryKey(call))) };
  },
  async "deliveries.cancel"(call) {
    return { body: await call.sender.deliveries.cancel(deliveryKey(call)) };
  },
  async "events.explain"(call) {
    const eventId = parameter(call, "event_id");
    return { body: explanationOnWire(await call.sender.explain({ accountId: call.accountId, eventId })) };
  },
  "eventTypes.list"({ sender: { events } }) {
    const list = Object.entries(events).map(([type, { description, sample }]) => ({
      type,
      group: type.split(".")[0] ?? type,
      description,
      schema: { ...eventJsonSchema(events, type) },
      sample: sample === null ? null : { ...sampleEvent(events, type) },
    }));
    return Promise.resolve({ body: { event_types: list } });
  },
  "api.openapi"({ openApi }) {
    return Promise.resolve({ body: { ...openApi() } });
  },
};

function shown(webhook: Webhook): Answer<z.input<typeof schemas.webhook>> {
  return { body: webhookOnWire(webhook), revision: webhook.revision };
}

function parameter({ parameters }: Call, name: string): string {
  return parameters[name] ?? "";
}

function webhookKey(call: Call): { readonly accountId: string; readonly webhookId: string } {
  return { accountId: call.accountId, webhookId: parameter(call, "webhook_id") };
}

function deliveryKey(call: Call) {
  return { ...webhookKey(call), eventId: parameter(call, "event_id") };
}

function pageOf({ limit, cursor }: Readonly<Record<string, unknown>>) {
  return { limit: limit as number | undefined, cursor: cursor as string | undefined };
}

/** A webhook's fields as the sender takes them. What they may be is for it to say. */
function fieldsOf(body: Readonly<Record<string, unknown>>): Partial<NewWebhook> {
  const { debug_mode: debugMode, throttle, ...rest } = body as z.output<typeof schemas.webhookChanges>;
  return {
    ...(rest as Partial<NewWebhook>),
    ...(debugMode === undefined ? {} : { debugMode }),
    ...(throttle === undefined ? {} : { throttle: throttleOf(throttle) }),
  };
}

function throttleOf(given: z.output<typeof schemas.webhookChanges>["throttle"]): NewWebhook["throttle"] {
  return given && { requests: given.requests, perSeconds: given.per_seconds };
}

/** The one revision that an update may replace. Where several are named, it is the present one if it is among them. */
async function revisionOf(call: Call): Promise<number | undefined> {
  const { revisions } = call;
  if (revisions === undefined) return undefined;
  if (revisions.length === 1) return revisions[0];
  const { revision } = await call.sender.webhooks.get(webhookKey(call));
  if (revisions.includes(revision)) return revision;
  throw plainError("webhook_stale", { field: "If-Match" });
}
