import { readArgument, readGroup, readWholeNumber, requireArgument, type NamesOf } from "../domain/option-value.js";
import { suggestion } from "../domain/nearest.js";
import { kindOf, quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import { readAccountId } from "./account-id.js";
import type { ListDeliveries } from "./delivery-logs.js";
import type { PublishOptions } from "./draft-event.js";
import type { OnceRequest } from "./run-once.js";
import type { SenderEventName } from "./sender-events.js";
import type { CancelDeliveries, Deliveries, RecoverDeliveries } from "./deliveries.js";
import type { InTransaction, Sender } from "./sender.js";
import type {
  ListWebhooks,
  SecretRotation,
  WebhookKey,
  Webhooks,
  WebhookStatsQuery,
  WebhookTest,
  WebhookUpdate,
} from "./webhooks.js";

/**
 * What a method takes in its one object. `any` is any names beside those it needs: what only says which webhook is meant
 * may be an object that says more, such as the delivery of an event. `own` is checked by the method itself.
 */
type Takes<Given extends object> = NamesOf<Given> | "any" | "own";

type GivenTo<Method> = Method extends (given: infer Given) => unknown ? Extract<Given, object> : never;

/** Every method of an owner with what it takes; a method that is added has to be entered here. */
type TakenBy<Owner> = { readonly [Name in keyof Owner]: Takes<GivenTo<Owner[Name]>> };

const WEBHOOK_KEY: NamesOf<WebhookKey> = { webhookId: true, accountId: true };

const LIST_DELIVERIES: NamesOf<ListDeliveries> = {
  accountId: true,
  webhookId: true,
  eventId: true,
  status: true,
  eventType: true,
  since: true,
  until: true,
  limit: true,
  cursor: true,
};

const WEBHOOKS: TakenBy<Webhooks> = {
  create: "own",
  get: "any",
  list: { accountId: true, limit: true, cursor: true } satisfies NamesOf<ListWebhooks>,
  update: { ...WEBHOOK_KEY, changes: true, revision: true } satisfies NamesOf<WebhookUpdate>,
  delete: "any",
  rotateSecret: { ...WEBHOOK_KEY, secret: true, overlapMs: true } satisfies NamesOf<SecretRotation>,
  confirmSecret: "any",
  test: { ...WEBHOOK_KEY, eventType: true, object: true } satisfies NamesOf<WebhookTest>,
  stats: { ...WEBHOOK_KEY, since: true } satisfies NamesOf<WebhookStatsQuery>,
  logs: { ...WEBHOOK_KEY, ...LIST_DELIVERIES },
};

const DELIVERIES: TakenBy<Deliveries> = {
  list: LIST_DELIVERIES,
  get: "any",
  resend: "any",
  recover: { ...WEBHOOK_KEY, since: true } satisfies NamesOf<RecoverDeliveries>,
  recovery: "any",
  cancel: { ...WEBHOOK_KEY, eventId: true } satisfies NamesOf<CancelDeliveries>,
};

const IN_TRANSACTION: NamesOf<InTransaction> = { transaction: true };
const BESIDE_EVENT: NamesOf<PublishOptions> = { accountId: true, attributes: true, id: true, created: true };
const BESIDE_PUBLISHED: NamesOf<PublishOptions & InTransaction> = { ...BESIDE_EVENT, ...IN_TRANSACTION };
const EVENT: NamesOf<PublishOptions & { readonly type: string; readonly object: unknown }> = {
  type: true,
  object: true,
  ...BESIDE_EVENT,
};

const ONCE: NamesOf<OnceRequest> = { key: true, fingerprint: true, accountId: true };

const EVENT_NAMES: Readonly<Record<SenderEventName, true>> = {
  "delivery.succeeded": true,
  "delivery.retrying": true,
  "delivery.failed": true,
  "delivery.expired": true,
  "delivery.cancelled": true,
  "webhook.disabled": true,
  "rate.deferred": true,
  "subscription.attribute_missing": true,
  error: true,
};

const MAX_STOP_MS = 86_400_000;

/**
 * A sender that first checks the shape of what a call is given, so that misuse is told by a `WebhookError` and changes
 * nothing. What a value may be is checked by the use case.
 */
export function guardedSender<Catalog extends EventCatalog>(sender: Sender<Catalog>): Sender<Catalog> {
  return {
    webhooks: guarded("webhooks", sender.webhooks, WEBHOOKS),
    deliveries: guarded("deliveries", sender.deliveries, DELIVERIES),
    async publish(type, object, options = {}) {
      readArgument("The third argument of publish", options, BESIDE_PUBLISHED);
      return sender.publish(type, object, options);
    },
    async publishMany(events, options = {}) {
      checkEvents(events);
      readArgument("The second argument of publishMany", options, IN_TRANSACTION);
      return sender.publishMany(events, options);
    },
    events: sender.events,
    async explain(given) {
      requireArgument("explain", given, { eventId: true, accountId: true });
      return sender.explain(given);
    },
    stats: () => sender.stats(),
    async runOnce(request, run) {
      readArgument("The first argument of runOnce", request, ONCE);
      if (typeof request.fingerprint !== "string") throw invalid("fingerprint", "a string", request.fingerprint);
      if (typeof run !== "function") throw invalid("run", "a function", run);
      return sender.runOnce(request, run);
    },
    async eraseAccount(given) {
      const { accountId } = readArgument<{ readonly accountId?: string }>("eraseAccount", given, { accountId: true });
      // Everywhere else it may be left out; here that would erase the default account by an oversight.
      return sender.eraseAccount({ accountId: readAccountId(accountId ?? null) });
    },
    rotateKeys: () => sender.rotateKeys(),
    start: () => sender.start(),
    async stop(options = {}) {
      const { timeoutMs } = readArgument<{ readonly timeoutMs?: number }>("stop", options, { timeoutMs: true });
      readWholeNumber("timeoutMs", timeoutMs, 0, { min: 0, max: MAX_STOP_MS });
      return sender.stop(options);
    },
    on(name, listener) {
      checkListener(name, listener);
      sender.on(name, listener);
      return this;
    },
    off(name, listener) {
      checkListener(name, listener);
      sender.off(name, listener);
      return this;
    },
  };
}

function guarded<Owner extends object>(path: string, owner: Owner, taken: TakenBy<Owner>): Owner {
  const methods = Object.entries<Takes<object>>(taken).map(([name, takes]) => {
    const method = (Reflect.get(owner, name) as (given: unknown) => Promise<unknown>).bind(owner);
    if (takes === "own") return [name, method] as const;
    const check = async (given: unknown = {}): Promise<unknown> => {
      if (takes === "any") requireArgument(`${path}.${name}`, given, WEBHOOK_KEY);
      else readArgument(`${path}.${name}`, given, takes);
      return method(given);
    };
    return [name, check] as const;
  });
  return Object.fromEntries(methods) as Owner;
}

function checkEvents(events: unknown): void {
  if (!Array.isArray(events)) {
    const message = `publishMany takes a list of events, each { type, object }; it was ${kindOf(events)}.`;
    throw new WebhookError("option_invalid", message, { field: "events" });
  }
  for (const [index, event] of (events as readonly unknown[]).entries()) readGroup(`events[${index}]`, event, EVENT);
}

/** Without a listener the emitter would take all others away. */
function checkListener(name: unknown, listener: unknown): void {
  if (typeof name !== "string" || !Object.hasOwn(EVENT_NAMES, name)) {
    const names = Object.keys(EVENT_NAMES);
    const message = `A sender tells of no ${quote(name)}${suggestion(name, names)} It tells of ${names.join(", ")}.`;
    throw new WebhookError("option_invalid", message, { field: "name" });
  }
  if (typeof listener !== "function") throw invalid("listener", "a function", listener);
}

function invalid(field: string, expected: string, given: unknown): WebhookError {
  return new WebhookError("option_invalid", `\`${field}\` is ${expected}; it was ${kindOf(given)}.`, { field });
}
