import { readEvents } from "../domain/events-option.js";
import {
  readArgument,
  readChoice,
  readFunction,
  readObject,
  readWholeNumber,
  type NamesOf,
} from "../domain/option-value.js";
import type { RetrySchedule } from "../domain/retry-schedule.js";
import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { IdempotencyStore } from "../ports/idempotency.js";
import { silentLogger, type Logger } from "../ports/logger.js";
import { auraconnectEvents, type AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import {
  BODY_TIMEOUT_MS,
  CLAIM_GRACE_MS,
  HANDLER_TIMEOUT_MS,
  IDEMPOTENCY_RETENTION_MS,
  INBOX_HANDLER_TIMEOUT_MS,
  MAX_EVENT_BYTES,
  TIMESTAMP_TOLERANCE_MS,
} from "../protocol/limits.js";
import type { Inbox } from "./inbox.js";
import { secretsFrom, type SecretSource } from "./secret-source.js";
import type {
  InvalidEventJudge,
  InvalidEventPolicy,
  ReceiverErrorListener,
  ReceiverSettings,
  SignatureRequirement,
} from "./settings.js";

/** What a receiver can be told. Only `undefined` means the default. */
export interface ReceiverOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  /**
   * The webhook's secret, a list of secrets of which any may have signed, or a function that looks them up. All
   * webhooks of a receiver share what it remembers of handled ids, so give accounts that do not trust each other a
   * receiver each.
   */
  readonly secret: SecretSource;

  /** The event types to expect. Defaults to those of the AuraConnect documentation. */
  readonly events?: Catalog | undefined;

  /**
   * Remembers which events were handled. Defaults to the memory of this process, which is not enough where several
   * processes receive or where an event must not be handled again after a restart.
   */
  readonly idempotency?: IdempotencyStore | undefined;

  /**
   * Keeps verified events until they are handled: each is stored with its id in one write, acknowledged, and handled in
   * the background once `receiver.start()` was called, here or in another process. It remembers the ids itself, so it
   * takes the place of `idempotency`. Without it handlers run while the sender waits.
   */
  readonly inbox?: Inbox | undefined;

  /** With an inbox: how many events this process handles at the same time. Defaults to 10. */
  readonly concurrency?: number | undefined;

  /**
   * With an inbox: milliseconds to wait before each retry of an event whose handlers failed, up to 10 % more; after the
   * last one it is dead. Defaults to ten retries over almost a day.
   */
  readonly retrySchedule?: RetrySchedule | undefined;

  /**
   * Which signatures a request must carry. Each one that is there must hold in any case. Only `standard` and `both`
   * prove when a request was sent. Defaults to `any`.
   */
  readonly require?: SignatureRequirement | undefined;

  /** How far a signed timestamp may be from now, in milliseconds; 1,000 at the least. Defaults to 5 minutes. */
  readonly toleranceMs?: number | undefined;

  /**
   * Milliseconds after its `created` at which an event is refused; so is one created more than `toleranceMs` in the
   * future. Handled ids are remembered for longer than this, so that no captured request can be replayed. Defaults to
   * `false`, which accepts events of any age.
   */
  readonly maxEventAgeMs?: number | false | undefined;

  /** Largest body that is read, in bytes. Defaults to 262,144. */
  readonly maxBodyBytes?: number | undefined;

  /**
   * Milliseconds that a body may take to arrive in all, however steadily it drips. Defaults to 10,000. Counts where the
   * receiver reads the body itself; a host that hands over what it has read keeps its own time.
   */
  readonly bodyTimeoutMs?: number | undefined;

  /**
   * Milliseconds that the handlers of an event have together. Defaults to 12,000, less than the sender waits; with an
   * inbox, where no sender waits, to 60,000.
   */
  readonly handlerTimeoutMs?: number | undefined;

  /**
   * What to do with an event of a known type whose payload breaks its schema: `refuse` it with 400, `accept` it as it
   * is, or decide by a function. Defaults to `refuse`.
   */
  readonly onInvalid?: InvalidEventPolicy | InvalidEventJudge | undefined;

  /** Gets every failure that is not the request's: what is answered with 500, and what fails after the answer. */
  readonly onError?: ReceiverErrorListener | undefined;

  /** A number in [0, 1), which spreads the retries of an inbox. Defaults to `Math.random`. */
  readonly random?: (() => number) | undefined;

  /** Defaults to one that writes nothing. */
  readonly logger?: Logger | undefined;

  /** Defaults to the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** What the options of a receiver come to. */
export interface ResolvedReceiverOptions extends ReceiverSettings {
  readonly inbox: Inbox | null;
}

/** What the receiver's ring cannot reach itself. */
export interface ReceiverDefaults {
  readonly clock: Clock;
  idempotency(clock: Clock): IdempotencyStore;
}

const NAMES: NamesOf<ReceiverOptions> = {
  secret: true,
  events: true,
  idempotency: true,
  inbox: true,
  concurrency: true,
  retrySchedule: true,
  require: true,
  toleranceMs: true,
  maxEventAgeMs: true,
  maxBodyBytes: true,
  bodyTimeoutMs: true,
  handlerTimeoutMs: true,
  onInvalid: true,
  onError: true,
  logger: true,
  clock: true,
  random: true,
};

const DAY_MS = 86_400_000;
const DEFAULT_CONCURRENCY = 10;

/**
 * Applies the defaults and checks what was given.
 *
 * @throws {@link WebhookError} `option_invalid` and `secret_invalid`, naming the option, what it was and what it can be.
 */
export function resolveReceiverOptions<Catalog extends EventCatalog>(
  given: ReceiverOptions<Catalog>,
  defaults: ReceiverDefaults,
): ResolvedReceiverOptions {
  const options = readArgument<ReceiverOptions<Catalog>>("createReceiver", given, NAMES);
  const clock = readObject("clock", options.clock, defaults.clock, ["now", "monotonicMs", "schedule"]);
  const toleranceMs = readWholeNumber("toleranceMs", options.toleranceMs, TIMESTAMP_TOLERANCE_MS, {
    min: 1_000,
    max: DAY_MS,
  });
  const maxEventAgeMs =
    options.maxEventAgeMs !== false &&
    readWholeNumber("maxEventAgeMs", options.maxEventAgeMs, false, { min: 1, max: Number.MAX_SAFE_INTEGER });
  const inbox = readInbox(options);
  const timeoutMs = inbox === null ? HANDLER_TIMEOUT_MS : INBOX_HANDLER_TIMEOUT_MS;
  const handlerTimeoutMs = readWholeNumber("handlerTimeoutMs", options.handlerTimeoutMs, timeoutMs, {
    min: 1,
    max: DAY_MS,
  });
  return {
    secretsFor: secretsFrom(options.secret),
    events: readEvents<EventCatalog>(options.events, auraconnectEvents),
    idempotency: readObject("idempotency", options.idempotency, defaults.idempotency(clock), [
      "claim",
      "complete",
      "release",
    ]),
    inbox,
    concurrency: readWholeNumber("concurrency", options.concurrency, DEFAULT_CONCURRENCY, { min: 1, max: 1_000 }),
    retrySchedule: options.retrySchedule,
    require: readChoice("require", options.require, "any", ["any", "auraconnect", "standard", "both"]),
    toleranceMs,
    maxEventAgeMs,
    maxBodyBytes: readWholeNumber("maxBodyBytes", options.maxBodyBytes, MAX_EVENT_BYTES, {
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
    }),
    bodyTimeoutMs: readWholeNumber("bodyTimeoutMs", options.bodyTimeoutMs, BODY_TIMEOUT_MS, { min: 1, max: DAY_MS }),
    handlerTimeoutMs,
    leaseMs: handlerTimeoutMs + CLAIM_GRACE_MS,
    retentionMs: Math.max(IDEMPOTENCY_RETENTION_MS, maxEventAgeMs === false ? 0 : maxEventAgeMs + toleranceMs),
    onInvalid: readOnInvalid(options.onInvalid),
    onError: readFunction("onError", options.onError, () => undefined),
    random: readFunction("random", options.random, Math.random),
    logger: readObject("logger", options.logger, silentLogger, ["debug", "info", "warn", "error"]),
    clock,
  };
}

function readInbox(options: ReceiverOptions<EventCatalog>): Inbox | null {
  const { inbox } = options;
  if (inbox !== undefined) {
    if (!isInbox(inbox)) {
      const message = `\`inbox\` is what sqliteInbox, postgresInbox or createInbox made; it was ${quote(inbox)}.`;
      throw new WebhookError("option_invalid", message, { field: "inbox" });
    }
    if (options.idempotency === undefined) return inbox;
    const message = "An `inbox` remembers ids itself; leave `idempotency` out.";
    throw new WebhookError("option_invalid", message, { field: "idempotency" });
  }
  const needy = (["concurrency", "retrySchedule"] as const).find((name) => options[name] !== undefined);
  if (needy === undefined) return null;
  const message = `\`${needy}\` is of an \`inbox\`, and there is none: without one handlers run while the sender waits, which tries again by its own schedule.`;
  throw new WebhookError("option_invalid", message, { field: needy });
}

/** What made it has looked at the rest. */
function isInbox(inbox: unknown): inbox is Inbox {
  return typeof inbox === "object" && inbox !== null && "work" in inbox && typeof inbox.work === "function";
}

function readOnInvalid(onInvalid: ReceiverOptions["onInvalid"]): InvalidEventPolicy | InvalidEventJudge {
  return typeof onInvalid === "function"
    ? onInvalid
    : readChoice<InvalidEventPolicy>("onInvalid", onInvalid, "refuse", ["refuse", "accept"]);
}
