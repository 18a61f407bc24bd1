import type { z } from "zod";
import { WebhookError } from "../errors.js";
import { isPayloadSchema, type PayloadSchema } from "./payload-schema.js";
import { checkPayload } from "./payload.js";

/** What is known of one event type. */
export interface EventDefinition<Schema extends PayloadSchema = PayloadSchema> {
  /**
   * Schema of the payload, `data.object`, as JSON holds it: a `z.date()` would refuse the string that arrives. It only
   * judges: defaults and transforms change nothing. Fields it does not name are allowed and kept.
   */
  readonly object: Schema;
  /** When the event happens, in a sentence. */
  readonly description: string;
  /** A payload as it may occur; test events send it. Null where the definition gave none. */
  readonly sample: z.input<Schema> | null;
  /** Id and instant of the documented example, for the types that have one. */
  readonly documented: { readonly id: string; readonly created: string } | null;
}

/** Event types by name. Made by {@link defineEvents}; spread it to define further types beside it. */
export type EventCatalog = Readonly<Record<string, EventDefinition>>;

/** An event as it is sent: the envelope around one payload. */
export interface WebhookEvent<Type extends string = string, Payload = Readonly<Record<string, unknown>>> {
  /** The same on every attempt and for every webhook. */
  readonly id: string;
  readonly type: Type;
  /** When it happened, RFC 3339. */
  readonly created: string;
  readonly data: { readonly object: Payload };
}

/** The names of the event types of a catalogue. */
export type EventType<Catalog extends EventCatalog> = keyof Catalog & string;

/** What comes before the dot: `order` for `order.created`. */
export type EventGroup<Catalog extends EventCatalog> =
  EventType<Catalog> extends infer Type ? (Type extends `${infer Group}.${string}` ? Group : never) : never;

/** What a webhook or a handler can subscribe to: an exact type, a group (`order.*`), or everything (`*`). */
export type EventPattern<Catalog extends EventCatalog> = keyof TypesByPattern<Catalog> & string;

/** The payload (`data.object`) of an event type. */
export type EventPayload<
  Catalog extends EventCatalog,
  Type extends EventType<Catalog>,
> = Catalog[Type]["object"]["_zod"]["input"];

/**
 * The events of the given types: a union that `event.type` tells apart. Each is the {@link WebhookEvent} of its type and
 * payload.
 */
// Written out, since an argument `WebhookEvent<Name, Payload>` is found with the event, and a payload is by far the
// dearest part of one: a property's type waits until somebody asks for it.
export type EventOf<Catalog extends EventCatalog, Type extends EventType<Catalog> = EventType<Catalog>> = {
  [Name in Type]: {
    /** The same on every attempt and for every webhook. */
    readonly id: string;
    readonly type: Name;
    /** When it happened, RFC 3339. */
    readonly created: string;
    readonly data: { readonly object: EventPayload<Catalog, Name> };
  };
}[Type];

/** The types that a pattern matches. */
export type TypesMatching<
  Catalog extends EventCatalog,
  Pattern extends EventPattern<Catalog>,
> = TypesByPattern<Catalog>[Pattern] & EventType<Catalog>;

/** The events that a pattern matches: a union that `event.type` tells apart. */
export type EventMatching<Catalog extends EventCatalog, Pattern extends EventPattern<Catalog>> = EventOf<
  Catalog,
  TypesMatching<Catalog, Pattern>
>;

// Tables that the compiler makes once for each catalogue; types of one group are joined under its pattern. `*` stands
// apart, for joining every type under it takes a union more for each type, and once more at every handler.
type TypesByPattern<Catalog extends EventCatalog> = TypesByName<Catalog> & { readonly "*": EventType<Catalog> };
type TypesByName<Catalog extends EventCatalog> = { [Type in EventType<Catalog> as NarrowPatternsOf<Type>]: Type };
type NarrowPatternsOf<Type extends string> = Type | (Type extends `${infer Group}.${string}` ? `${Group}.*` : never);

/** How an event type is written down: its payload's schema alone, or with words and a sample. */
export type EventInput<Schema extends PayloadSchema> =
  | Schema
  | {
      readonly object: Schema;
      readonly description?: string;
      readonly sample?: NoInfer<z.input<Schema>> | null;
      readonly documented?: { readonly id: string; readonly created: string } | null;
    };

const TYPE = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/;

/** Characters of an unknown type, and known types, that an error message repeats. */
const MAX_NAMED = 80;
const MAX_LISTED = 12;

/**
 * A catalogue of event types, for the `events` option of a sender and of a receiver.
 *
 * ```ts
 * const events = defineEvents({ ...auraconnectEvents, "table.reserved": z.object({ table: z.number() }) });
 * ```
 *
 * @param definitions By type: the zod schema of its payload, or that with a description and a sample.
 * @throws {@link WebhookError} `option_invalid` when a name is not `group.name` in lower case, a type has no
 *   schema or something that is no part of a definition, or a sample breaks its schema.
 */
export function defineEvents<const Schemas extends Readonly<Record<string, PayloadSchema>>>(definitions: {
  readonly [Type in keyof Schemas]: EventInput<Schemas[Type]>;
}): { readonly [Type in keyof Schemas]: EventDefinition<Schemas[Type]> } {
  requireRecord(
    definitions,
    'defineEvents takes the schemas of payloads by type: { "table.reserved": z.object({ … }) }.',
  );
  const catalog: Record<string, EventDefinition> = {};
  for (const [type, input] of Object.entries<EventInput<PayloadSchema>>(definitions)) {
    catalog[type] = define(type, input);
  }
  return Object.freeze(catalog) as { readonly [Type in keyof Schemas]: EventDefinition<Schemas[Type]> };
}

function define(type: string, input: EventInput<PayloadSchema> | null | undefined): EventDefinition {
  if (!TYPE.test(type)) {
    throw refused(type, "cannot name an event type; write group.name in lower case with digits and _ (table.reserved)");
  }
  const given = isPayloadSchema(input) ? { object: input } : input;
  if (!isPayloadSchema(given?.object)) {
    throw refused(
      type,
      "has no schema; give the zod schema of its payload, or { object: schema, description, sample }",
    );
  }
  const { object, description = "", sample = null, documented = null, ...rest } = given;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw refused(type, `has ${quoted(unknown)}; a definition has object, description, sample and documented`);
  }
  const definition: EventDefinition = { object, description, sample, documented };
  if (!isDefinition(definition))
    throw refused(type, "has a description that is no text, or no id and instant documented");
  if (definition.sample !== null) checkSample(type, definition);
  return Object.freeze(definition);
}

/** Whether this is what {@link defineEvents} makes of a type; untyped callers pass bare schemas, and definitions by half. */
export function isDefinition(input: unknown): input is EventDefinition {
  if (typeof input !== "object" || input === null) return false;
  const { object, description, sample, documented } = input as Partial<Record<keyof EventDefinition, unknown>>;
  return isPayloadSchema(object) && typeof description === "string" && sample !== undefined && isDocumented(documented);
}

function isDocumented(documented: unknown): boolean {
  if (documented === null) return true;
  if (typeof documented !== "object") return false;
  const { id, created } = documented as { readonly id?: unknown; readonly created?: unknown };
  return typeof id === "string" && typeof created === "string";
}

function checkSample(type: string, definition: EventDefinition): void {
  try {
    checkPayload(type, definition, definition.sample);
  } catch (cause) {
    if (!WebhookError.is(cause)) throw cause;
    throw refused(type, `has a sample that cannot be sent; change it or the schema. ${cause.message}`, cause);
  }
}

function refused(type: string, why: string, cause?: unknown): WebhookError {
  return new WebhookError("option_invalid", `\`${type}\` ${why}`, { field: type, cause });
}

/** The definition of a type, or null. Safe for any string, `constructor` included, and for what is none. */
export function findDefinition(catalog: EventCatalog, type: string): EventDefinition | null {
  return typeof type === "string" && Object.hasOwn(catalog, type) ? (catalog[type] ?? null) : null;
}

/**
 * Like {@link findDefinition}, for a type that has to be there.
 *
 * @throws {@link WebhookError} `event_type_unknown`, `option_invalid` without a catalogue.
 */
export function requireDefinition(catalog: EventCatalog, type: string): EventDefinition {
  requireRecord(catalog, "A catalogue of event types is what defineEvents makes; auraconnectEvents is one.");
  const definition = findDefinition(catalog, type);
  if (definition !== null) return definition;
  const name = typeof type === "string" ? quoted(type) : `what is a ${typeof type}`;
  const known = Object.keys(catalog).slice(0, MAX_LISTED).join(", ");
  throw new WebhookError(
    "event_type_unknown",
    `No event type is called ${name}; add it with defineEvents or use one of the catalogue (${known}).`,
  );
}

/** JSON's quotes keep control characters out of a log. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_NAMED));
}

function requireRecord(input: unknown, message: string): void {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return;
  throw new WebhookError("option_invalid", message);
}
