import { checkPattern, matchesOne, patternsOf } from "../domain/pattern.js";
import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import {
  findDefinition,
  type EventCatalog,
  type EventMatching,
  type EventOf,
  type EventPattern,
  type WebhookEvent,
} from "../protocol/event-catalog.js";
import type { SignatureProof } from "./verify-signature.js";

/**
 * The type of an event that the catalogue does not have: some string, but none of the known ones. It never has the value
 * written here. An enum, because TypeScript would take every comparison of a plain string for a possible match.
 */
declare enum UnknownEventType {
  unknown = "not in the catalogue",
}

/**
 * A verified event of a type that the receiver's catalogue does not have, beside events that it has: a comparison such
 * as `event.type === "order.created"` still tells those apart.
 */
export type UnknownEvent = WebhookEvent<UnknownEventType>;

/** Any event that a receiver can get. */
export type ReceivedEvent<Catalog extends EventCatalog> = EventOf<Catalog> | UnknownEvent;

/** The events that the handlers of a pattern get: `*` also gets those of unknown types. */
export type HandledEvent<Catalog extends EventCatalog, Pattern extends EventPattern<Catalog>> =
  EventMatching<Catalog, Pattern> | ("*" extends Pattern ? UnknownEvent : never);

/** Handles one event. What it returns is awaited and otherwise ignored; what it throws makes the sender try again. */
export type EventHandler<Event> = (event: Event, context: EventContext) => unknown;

/** What is known of the request that brought an event. */
export interface EventContext extends SignatureProof {
  /** The body, byte for byte as it was signed. */
  readonly rawBody: Uint8Array;
  /** Aborts when the handlers' time is over. The event will be handled again. */
  readonly signal: AbortSignal;
  /**
   * Completes the event of an inbox inside a transaction that you have open on the same database, so that what the
   * handler wrote there and that it was done are one: both, or neither. Call it in the last handler of an event, as the
   * last thing before the commit. On SQLite it acts and throws at once; elsewhere await it.
   *
   * @throws {@link WebhookError} `lease_lost`, after which you roll back; `completion_too_early` in a handler that others
   *   follow; `option_invalid` for what is no transaction; `transaction_unsupported` without an inbox, or by one that
   *   has no transactions.
   */
  readonly complete: (transaction: unknown) => void | Promise<void>;
}

/** Who handles what, in the order of registration. */
export interface HandlerList {
  /** @throws {@link WebhookError} `pattern_invalid` naming the nearest pattern, `option_invalid` without a function. */
  add(pattern: string, handler: EventHandler<never>): void;
  addUnknown(handler: EventHandler<never>): void;
  /** Runs the handlers of an event one after the other. None is begun after the signal aborted. */
  run(event: WebhookEvent, context: EventContext): Promise<void>;
}

interface Registration {
  /** Null for the handlers of unknown types only. */
  readonly pattern: string | null;
  readonly handle: EventHandler<WebhookEvent>;
}

export function createHandlerList(catalog: EventCatalog): HandlerList {
  const registrations: Registration[] = [];
  const add = (pattern: string | null, handler: unknown): void => {
    if (typeof handler !== "function") {
      const of = pattern === null ? "onUnknown" : `on(${quote(pattern, '"')})`;
      throw new WebhookError("option_invalid", `The handler given to ${of} is ${quote(handler)}, not a function.`);
    }
    registrations.push({ pattern, handle: handler as EventHandler<WebhookEvent> });
  };
  return {
    add(pattern, handler) {
      add(checkPattern(pattern, "pattern", patternsOf(Object.keys(catalog))), handler);
    },
    addUnknown(handler) {
      add(null, handler);
    },
    async run(event, context) {
      const known = findDefinition(catalog, event.type) !== null;
      const matching = registrations.filter(({ pattern }) => handles(pattern, event.type, known));
      for (const [index, { handle }] of matching.entries()) {
        context.signal.throwIfAborted();
        const isLast = index === matching.length - 1;
        await handle(event, isLast ? context : { ...context, complete: completeTooEarly });
      }
    },
  };
}

/** The event would be done, and the handlers that follow would never run if the process died now. */
function completeTooEarly(): never {
  throw new WebhookError(
    "completion_too_early",
    "Other handlers of the event follow, and only the last one can complete it in a transaction.",
  );
}

/** A group's handlers are promised its known types only: an unknown one of the same group is not theirs. */
function handles(pattern: string | null, type: string, known: boolean): boolean {
  if (!known) return pattern === null || pattern === "*";
  return pattern !== null && matchesOne(pattern, type);
}
