import { resolveAddressPolicy, type AddressPolicy, type AddressPolicyOptions } from "../domain/address-policy.js";
import { readEvents } from "../domain/events-option.js";
import {
  readArgument,
  readFlag,
  readFunction,
  readGroup,
  readObject,
  readWholeNumber,
  type NamesOf,
} from "../domain/option-value.js";
import { AURACONNECT_RETRY_SCHEDULE, validateRetrySchedule, type RetrySchedule } from "../domain/retry-schedule.js";
import { auraconnectEvents, type AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import {
  ATTEMPT_TIMEOUT_MS,
  DISABLE_AFTER,
  MAX_WEBHOOKS_PER_ACCOUNT,
  RATE_LIMIT_PER_HOUR,
  RETENTION_MS,
  ROTATION_OVERLAP_MS,
} from "../protocol/limits.js";
import type { Clock } from "../ports/clock.js";
import { silentLogger, type Logger } from "../ports/logger.js";
import type { SenderStore } from "../ports/sender-store.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { Transport } from "../ports/transport.js";
import type { DisableAfter } from "./health-watch.js";
import type { RateLimitOf } from "./rate-gate.js";
import type { SecretKey } from "./secret-vault.js";
import { readStore } from "./store-option.js";

/** What `createSender` takes. Only `undefined` means the default; what can be off is off with `false`. */
export interface SenderOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  /** Where webhooks, events and deliveries are kept: `memoryStore()`, `sqliteStore({ path })`, or one of your own. */
  readonly store: SenderStore;

  /** The event types that can be published. Defaults to the eleven documented ones. */
  readonly events?: Catalog | undefined;

  /**
   * Keys that encrypt webhook secrets at rest, newest first: the first encrypts, all decrypt. A durable store needs
   * them, or `plaintextSecrets`.
   */
  readonly secretKeys?: readonly SecretKey[] | undefined;

  /** Keeps webhook secrets readable in a durable store. Defaults to false. */
  readonly plaintextSecrets?: boolean | undefined;

  /** Milliseconds before each retry. Defaults to 10 s, 30 s, 1 m, 5 m, 30 m. Each is lengthened by up to 10 %. */
  readonly retrySchedule?: RetrySchedule | undefined;

  /** Milliseconds an attempt may take, name look-up and body included: 1 to 300,000. Defaults to 15,000. */
  readonly attemptTimeoutMs?: number | undefined;

  /** Attempts in flight in this process: 1 to 10,000. Defaults to 128. */
  readonly concurrency?: number | undefined;

  /** Attempts in flight per webhook: 1 to `concurrency`. Defaults to 8, or to `concurrency` where that is less. */
  readonly concurrencyPerWebhook?: number | undefined;

  /** Webhooks an account may have: 1 to 10,000. Defaults to 100. */
  readonly maxWebhooks?: number | undefined;

  /**
   * Requests that an account may send in any 60 minutes, over all processes; a function answers it per account, `false`
   * is any number. What exceeds it waits and is sent when there is room, oldest first; nothing is dropped and no retry
   * is spent. Defaults to 1,000 ("1000 webhook deliveries per hour").
   */
  readonly rateLimit?: number | false | RateLimitOf | undefined;

  /**
   * When a webhook whose endpoint keeps failing is made inactive, which `webhook.disabled` tells; `false` is never.
   * Defaults to 5 days in which at least 20 attempts failed and none succeeded.
   */
  readonly disableAfter?: DisableAfter | false | undefined;

  /**
   * How long events, deliveries and attempts are kept; `false` is for ever. An event id can be published anew when its
   * event is gone. Defaults to 30 days.
   */
  readonly retention?: Keep | false | undefined;

  /** What is opened of what is closed by default: plain http, private hosts, private networks. Defaults to nothing. */
  readonly addressPolicy?: AddressPolicyOptions | undefined;

  /** An HTTP proxy that all requests go through, such as `http://proxy.internal:3128`. Defaults to none. */
  readonly proxy?: string | undefined;

  /** Trust and identity for TLS, beside the system's. Defaults to none. */
  readonly tls?: TlsOptions | undefined;

  /** Whether requests also carry the Standard Webhooks headers. Defaults to true. */
  readonly standardSignature?: boolean | undefined;

  /** Milliseconds for which the secret before a rotation stays in use: 0 to 30 days. Defaults to 24 hours. */
  readonly rotationOverlapMs?: number | undefined;

  /**
   * Milliseconds after which what this process holds is taken over by others when it no longer says that it lives:
   * 1,000 to 300,000. It says so five times in that while. Defaults to 15,000.
   */
  readonly leaseMs?: number | undefined;

  /** Where the sender writes what happens in the background. Defaults to nowhere. */
  readonly logger?: Logger | undefined;

  /** Spans and metrics: `openTelemetry()` of `@auraconnect/webhooks/otel`, or one of your own. Defaults to none. */
  readonly telemetry?: Telemetry | undefined;

  /** Defaults to the machine's clock. With one of your own, the store works by it too. */
  readonly clock?: Clock | undefined;

  /** Numbers in [0, 1) for the jitter of retries. Defaults to `Math.random`. Ids and secrets never come from it. */
  readonly random?: (() => number) | undefined;

  /** What sends the requests. Defaults to undici; `addressPolicy`, `proxy` and `tls` are its options. */
  readonly transport?: Transport | undefined;
}

/** How long something is kept. */
export interface Keep {
  /** Milliseconds: 1,000 to 10 years. */
  readonly ageMs: number;
}

/** PEM text or bytes, as `node:tls` takes them. */
export interface TlsOptions {
  /** Further certificate authorities to trust. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** The client certificate, for endpoints that ask for one. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** What `key` is encrypted with. */
  readonly passphrase?: string | undefined;
}

/** {@link SenderOptions} with every default in its place. */
export interface ResolvedSenderOptions<Catalog extends EventCatalog = EventCatalog> {
  readonly store: SenderStore;
  readonly events: Catalog;
  readonly secretKeys: readonly SecretKey[];
  readonly plaintextSecrets: boolean;
  readonly retrySchedule: RetrySchedule;
  readonly attemptTimeoutMs: number;
  readonly concurrency: number;
  readonly concurrencyPerWebhook: number;
  readonly maxWebhooks: number;
  readonly limitOf: RateLimitOf;
  readonly disableAfter: DisableAfter | false;
  readonly keepMs: number | false;
  readonly standardSignature: boolean;
  readonly rotationOverlapMs: number;
  readonly leaseMs: number;
  readonly logger: Logger;
  readonly telemetry: Telemetry | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly addressPolicy: AddressPolicy;
  readonly transport: Transport;
}

/** What the sender's ring cannot reach itself. */
export interface SenderDefaults {
  readonly clock: Clock;
  transport(options: {
    readonly addressPolicy: AddressPolicy;
    readonly clock: Clock;
    readonly proxy: string | undefined;
    readonly tls: TlsOptions | undefined;
  }): Transport;
}

const NAMES: NamesOf<SenderOptions> = {
  store: true,
  events: true,
  secretKeys: true,
  plaintextSecrets: true,
  retrySchedule: true,
  attemptTimeoutMs: true,
  concurrency: true,
  concurrencyPerWebhook: true,
  maxWebhooks: true,
  rateLimit: true,
  disableAfter: true,
  retention: true,
  addressPolicy: true,
  proxy: true,
  tls: true,
  standardSignature: true,
  rotationOverlapMs: true,
  leaseMs: true,
  logger: true,
  telemetry: true,
  clock: true,
  random: true,
  transport: true,
};

const DISABLE_AFTER_NAMES: NamesOf<DisableAfter> = { failingForMs: true, failures: true };
const KEEP_NAMES: NamesOf<Keep> = { ageMs: true };

const MONTH_MS = 30 * 24 * 60 * 60 * 1_000;
const MAX_ATTEMPT_TIMEOUT_MS = 300_000;
const MAX_LEASE_MS = 300_000;
const MAX_RATE_LIMIT = 1_000_000_000;
const MAX_KEEP_MS = 120 * MONTH_MS;

/**
 * Applies the defaults and checks what was given.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option, what it was and what it can be.
 */
export function resolveSenderOptions<Catalog extends EventCatalog>(
  given: SenderOptions<Catalog>,
  defaults: SenderDefaults,
): ResolvedSenderOptions<Catalog> {
  const options = readArgument<SenderOptions<Catalog>>("createSender", given, NAMES);
  const { secretKeys = [], retrySchedule = AURACONNECT_RETRY_SCHEDULE, proxy, tls } = options;
  const concurrency = readWholeNumber("concurrency", options.concurrency, 128, { min: 1, max: 10_000 });
  const clock = readObject("clock", options.clock, defaults.clock, ["now", "monotonicMs", "schedule"]);
  const addressPolicy = resolveAddressPolicy(options.addressPolicy);
  const transport = defaults.transport({ addressPolicy, clock, proxy, tls });
  return {
    store: readStore(options.store),
    events: readEvents(options.events, auraconnectEvents as unknown as Catalog),
    secretKeys,
    plaintextSecrets: readFlag("plaintextSecrets", options.plaintextSecrets, false),
    retrySchedule: validateRetrySchedule(retrySchedule),
    attemptTimeoutMs: readWholeNumber("attemptTimeoutMs", options.attemptTimeoutMs, ATTEMPT_TIMEOUT_MS, {
      min: 1,
      max: MAX_ATTEMPT_TIMEOUT_MS,
    }),
    concurrency,
    concurrencyPerWebhook: readWholeNumber(
      "concurrencyPerWebhook",
      options.concurrencyPerWebhook,
      Math.min(8, concurrency),
      { min: 1, max: concurrency },
    ),
    maxWebhooks: readWholeNumber("maxWebhooks", options.maxWebhooks, MAX_WEBHOOKS_PER_ACCOUNT, { min: 1, max: 10_000 }),
    limitOf: readRateLimit(options.rateLimit),
    disableAfter: readDisableAfter(options.disableAfter),
    keepMs: readRetention(options.retention),
    standardSignature: readFlag("standardSignature", options.standardSignature, true),
    rotationOverlapMs: readWholeNumber("rotationOverlapMs", options.rotationOverlapMs, ROTATION_OVERLAP_MS, {
      min: 0,
      max: MONTH_MS,
    }),
    leaseMs: readWholeNumber("leaseMs", options.leaseMs, 15_000, { min: 1_000, max: MAX_LEASE_MS }),
    logger: readObject("logger", options.logger, silentLogger, ["debug", "info", "warn", "error"]),
    telemetry: readTelemetry(options.telemetry),
    clock,
    random: readRandom(options.random),
    addressPolicy,
    transport: readObject("transport", options.transport, transport, ["send", "close"]),
  };
}

/** A source that throws would have a request that was sent sent again, for ever: its outcome could not be judged. */
function readRandom(given: SenderOptions["random"]): () => number {
  const random = readFunction("random", given, Math.random);
  return () => {
    try {
      return random();
    } catch {
      return 0;
    }
  };
}

function readTelemetry(telemetry: SenderOptions["telemetry"]): Telemetry | null {
  if (telemetry === undefined) return null;
  return readObject("telemetry", telemetry, telemetry, ["publishing", "attempting", "ended", "watch"]);
}

function readRateLimit(rateLimit: SenderOptions["rateLimit"] = RATE_LIMIT_PER_HOUR): RateLimitOf {
  if (typeof rateLimit === "function") return (accountId) => readLimit(rateLimit(accountId));
  const limit = readLimit(rateLimit);
  return () => limit;
}

function readLimit(limit: number | false): number | false {
  return limit === false
    ? false
    : readWholeNumber("rateLimit", limit, RATE_LIMIT_PER_HOUR, { min: 1, max: MAX_RATE_LIMIT });
}

function readDisableAfter(disableAfter: SenderOptions["disableAfter"] = DISABLE_AFTER): DisableAfter | false {
  if (disableAfter === false) return false;
  const { failingForMs, failures } = readGroup("disableAfter", disableAfter, DISABLE_AFTER_NAMES);
  return {
    failingForMs: readWholeNumber("disableAfter.failingForMs", failingForMs, DISABLE_AFTER.failingForMs, {
      min: 0,
      max: MAX_KEEP_MS,
    }),
    failures: readWholeNumber("disableAfter.failures", failures, DISABLE_AFTER.failures, { min: 1, max: 1_000_000 }),
  };
}

function readRetention(retention: SenderOptions["retention"] = { ageMs: RETENTION_MS }): number | false {
  if (retention === false) return false;
  const { ageMs } = readGroup("retention", retention, KEEP_NAMES);
  return readWholeNumber("retention.ageMs", ageMs, RETENTION_MS, { min: 1_000, max: MAX_KEEP_MS });
}
