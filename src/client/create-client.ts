/*! Includes p-retry and is-network-error. MIT License, Copyright (c) Sindre Sorhus (https://sindresorhus.com). */
import pRetry from "p-retry";
import { WebhookError } from "../errors.js";
import { ROUTES, type OperationName, type Route } from "../management/routes.js";
import type { Client, KeyedCallOptions, MatchingCallOptions } from "./client.js";
import { readAnswer, type ApiAnswer } from "./read-answer.js";
import { writeRequest } from "./write-request.js";

/** What `createClient` takes. */
export interface ClientOptions {
  /** Where the API is mounted, prefix included: `https://api.example.com/api/v1/webhooks`. */
  readonly baseUrl: string;
  /** The bearer token, or a function that answers one and is asked for every request. */
  readonly accessToken: string | (() => string | Promise<string>);
  /** What sends requests. Defaults to the platform's own. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds for each request: 1 to 300,000. Defaults to 30,000, more than a test of a webhook takes. */
  readonly timeoutMs?: number | undefined;
  /** Repetitions of a request that failed for a while, where repeating is safe: 0 to 10. Defaults to 3. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first repetition, doubled before each further one. Defaults to 250. */
  readonly retryDelayMs?: number | undefined;
}

type AnyCallOptions = KeyedCallOptions & MatchingCallOptions;

/** What a client is made of: the options with their defaults. */
interface Settings {
  readonly baseUrl: string;
  readonly accessToken: ClientOptions["accessToken"];
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly retryDelayMs: number;
}

/** The longest `Retry-After` that is waited for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 15_000;

/** What failed for a while, and may succeed when it is repeated. */
const PASSING = new Set([
  "api_unreachable",
  "api_timeout",
  "store_unavailable",
  "rate_limited",
  "idempotency_key_in_use",
]);

/**
 * Makes a client of a management API, for browsers, workers and servers.
 *
 * ```ts
 * const client = createClient({ baseUrl: "https://api.example.com/api/v1/webhooks", accessToken });
 * const { id } = await client.webhooks.create({ url, events: ["order.*"] });
 * for await (const row of client.webhooks.logs({ webhook_id: id })) console.log(row.status);
 * ```
 *
 * Every method rejects with a {@link WebhookError} of the server's code, or with `api_unreachable`, `api_timeout` or
 * `api_answer_invalid`; and with the signal's reason where the caller ended it.
 *
 * @throws {@link WebhookError} `option_invalid`.
 */
export function createClient(options: ClientOptions): Client {
  const settings = resolve(options);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES) as [OperationName, Route][]) {
    const [group = "", short = ""] = name.split(".");
    (groups[group] ??= {})[short] = methodOf(settings, route);
  }
  return groups as unknown as Client;
}

function methodOf(settings: Settings, route: Route) {
  return (input: Readonly<Record<string, unknown>> = {}, options: AnyCallOptions = {}) => {
    const first = call(settings, route, input, options);
    const { pages } = route;
    if (pages === undefined) return first;
    return Object.assign(first, {
      async *[Symbol.asyncIterator]() {
        for (let page = await first; ;) {
          const { next_cursor: cursor, [pages]: rows } = page as Record<string, unknown>;
          yield* rows as readonly unknown[];
          if (typeof cursor !== "string") return;
          page = await call(settings, route, { ...input, cursor }, options);
        }
      },
    });
  };
}

/** Makes a call, and repeats it where that is safe. */
async function call(
  settings: Settings,
  route: Route,
  input: Readonly<Record<string, unknown>>,
  options: AnyCallOptions,
): Promise<ApiAnswer> {
  const { signal } = options;
  // Repeated after an answer that was lost, a conditional change would meet its own result.
  const retries = options.ifMatch === undefined ? settings.retries : 0;
  const key = route.repeatable === "with_key" ? (options.idempotencyKey ?? freshKey()) : undefined;
  const willRepeat = (error: unknown): boolean =>
    WebhookError.is(error) && PASSING.has(error.code) && (error.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS;
  return pRetry((attempt) => once(settings, route, input, { ...options, idempotencyKey: key }, attempt), {
    retries,
    minTimeout: settings.retryDelayMs,
    randomize: true,
    ...(signal === undefined ? {} : { signal }),
    shouldRetry: ({ error }) => willRepeat(error),
    async onFailedAttempt({ error, retriesLeft }) {
      const retryAfterMs = WebhookError.is(error) ? (error.retryAfterMs ?? 0) : 0;
      if (retriesLeft > 0 && willRepeat(error)) await pause(retryAfterMs, signal);
    },
  });
}

async function once(
  settings: Settings,
  route: Route,
  input: Readonly<Record<string, unknown>>,
  options: AnyCallOptions,
  attempt: number,
): Promise<ApiAnswer> {
  const { accessToken, baseUrl } = settings;
  const token = route.open ? null : typeof accessToken === "string" ? accessToken : await accessToken();
  const { url, init } = writeRequest(baseUrl, route, input, { ...options, token });
  try {
    return await exchange(settings, url, init, options);
  } catch (error) {
    // What an earlier attempt deleted, whose answer was lost, is as it was asked to be.
    const isGone = WebhookError.is(error) && error.code === "webhook_not_found";
    if (isGone && attempt > 1 && init.method === "DELETE") return undefined;
    throw error;
  }
}

async function exchange(
  { fetch, timeoutMs: defaultTimeoutMs }: Settings,
  url: string,
  init: RequestInit,
  { signal, timeoutMs = defaultTimeoutMs }: AnyCallOptions,
): Promise<ApiAnswer> {
  const ended = new AbortController();
  const timer = setTimeout(() => {
    ended.abort();
  }, timeoutMs);
  const onAbort = (): void => {
    ended.abort();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    return await readAnswer(await fetch(url, { ...init, signal: ended.signal }));
  } catch (cause) {
    signal?.throwIfAborted();
    if (WebhookError.is(cause)) throw cause;
    if (ended.signal.aborted) {
      throw new WebhookError("api_timeout", `The API did not answer within ${timeoutMs} ms (timeoutMs).`, { cause });
    }
    throw new WebhookError("api_unreachable", "No answer came from the management API.", { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** Unlike any other of an account's of the day. It guards nothing, so that it needs no better source. */
function freshKey(): string {
  const random = (): string => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${random()}-${random()}`;
}

function resolve(options: ClientOptions): Settings {
  const { accessToken, fetch = globalThis.fetch.bind(globalThis) } = options;
  if (typeof accessToken !== "function" && (typeof accessToken !== "string" || accessToken === "")) {
    throw refused("accessToken", "a token, or a function that answers one");
  }
  if (typeof fetch !== "function") throw refused("fetch", "a function");
  return {
    baseUrl: readBaseUrl(options.baseUrl),
    accessToken,
    fetch,
    timeoutMs: readNumber("timeoutMs", options.timeoutMs, 30_000, 1, 300_000),
    retries: readNumber("retries", options.retries, 3, 0, 10),
    retryDelayMs: readNumber("retryDelayMs", options.retryDelayMs, 250, 0, 60_000),
  };
}

function readBaseUrl(baseUrl: unknown): string {
  try {
    const { protocol, href, search, hash, username } = new URL(String(baseUrl));
    if (/^https?:$/.test(protocol) && search === "" && hash === "" && username === "") return href.replace(/\/+$/, "");
  } catch {
    // Told below.
  }
  throw refused("baseUrl", "the URL at which the API is mounted, such as https://api.example.com/api/v1/webhooks");
}

function readNumber(name: string, value: number | undefined, fallback: number, min: number, max: number): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw refused(name, `a whole number from ${min} to ${max}`);
}

function refused(field: string, expected: string): WebhookError {
  return new WebhookError("option_invalid", `\`${field}\` is ${expected}.`, { field });
}
