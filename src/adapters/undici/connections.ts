import type { SecureContext } from "node:tls";
import { Agent, ProxyAgent, type Dispatcher } from "undici";
import type { AddressPolicy } from "../../domain/address-policy.js";
import { readWholeNumber } from "../../domain/option-value.js";
import { WebhookError } from "../../errors.js";
import type { Clock } from "../../ports/clock.js";
import { MAX_HEADER_BYTES } from "./exchange-failure.js";
import { guardedConnector, type ResolveName } from "./guarded-connector.js";
import { secureContextOf, type TransportTls } from "./secure-context.js";

/** What an undici transport is made of. */
export interface UndiciTransportOptions {
  /** Judges every URL, and every address before it is connected to. */
  readonly addressPolicy: AddressPolicy;
  /** Measures the exchanges and ends them in time. */
  readonly clock: Clock;
  /**
   * The most connections to one origin; a request that finds none free waits, within its own time. Defaults to no
   * limit: a connection for each request that its sender has in flight.
   */
  readonly connectionsPerOrigin?: number | undefined;
  /** Authorities trusted besides those of Node, and a client certificate. Endpoints are verified always. */
  readonly tls?: TransportTls | undefined;
  /** URL of an HTTP proxy through which everything is sent. It resolves the names, so that only URLs are judged here. */
  readonly proxy?: string | undefined;
  /** How names are looked up. Defaults to the system's resolver. What it answers is judged like anything else. */
  readonly resolve?: ResolveName | undefined;
}

/** The connections of a transport between two calls of `close`. */
export interface Connections {
  readonly dispatcher: Dispatcher;
  /** Counts an exchange in. */
  begin(timeoutMs: number): void;
  /** Counts an exchange out. */
  end(): void;
  /** Ends all connections once no exchange is under way. */
  close(): Promise<void>;
}

/** The longest that an endpoint can ask to keep an idle connection, in milliseconds. */
const MAX_KEEP_ALIVE_MS = 60_000;

/** Long enough to leave every time-out to the exchange, and an end for connections that nobody waits for any more. */
const PROXY_CONNECT_TIMEOUT_MS = 600_000;

/** One request at a time on a connection, and no time-out of undici's own: a dripped body would reset it for ever. */
const DISPATCHER_OPTIONS = {
  pipelining: 1,
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MAX_HEADER_BYTES,
  keepAliveMaxTimeout: MAX_KEEP_ALIVE_MS,
} as const;

/**
 * Checks the options and answers a function that opens connections with them.
 *
 * @throws {@link WebhookError} `option_invalid`.
 */
export function openConnections(options: UndiciTransportOptions): () => Connections {
  const { proxy } = options;
  const connections = readWholeNumber("connectionsPerOrigin", options.connectionsPerOrigin, false, {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  const limit = connections === false ? {} : { connections };
  const secureContext = options.tls === undefined ? undefined : secureContextOf(options.tls);
  if (proxy === undefined) return () => direct(options, limit, secureContext);
  checkProxy(proxy);
  return () => proxied(proxy, limit, secureContext);
}

function direct(
  options: UndiciTransportOptions,
  limit: Agent.Options,
  secureContext: SecureContext | undefined,
): Connections {
  let longestTimeoutMs = 0;
  const connector = guardedConnector({ ...options, secureContext, connectTimeoutMs: () => longestTimeoutMs });
  const agent = new Agent({ ...DISPATCHER_OPTIONS, ...limit, connect: connector.connect });
  return counted(agent, {
    begin(timeoutMs) {
      if (timeoutMs > longestTimeoutMs) longestTimeoutMs = timeoutMs;
    },
    end: connector.abandon,
  });
}

function proxied(uri: string, limit: Agent.Options, secureContext: SecureContext | undefined): Connections {
  const secured = {
    rejectUnauthorized: true,
    timeout: PROXY_CONNECT_TIMEOUT_MS,
    ...(secureContext && { secureContext }),
  };
  const agent = new ProxyAgent({ ...DISPATCHER_OPTIONS, ...limit, uri, requestTls: secured, proxyTls: secured });
  // It writes a host into the headers it is given, which are the caller's.
  const dispatcher = agent.compose(
    (dispatch) => (request, handler) => dispatch({ ...request, headers: Object.assign({}, request.headers) }, handler),
  );
  return counted(dispatcher, { begin: () => undefined, end: () => undefined });
}

/** Counts exchanges, because undici's own `close` also waits for requests whose exchange has timed out already. */
function counted(
  dispatcher: Dispatcher,
  hooks: { readonly begin: (timeoutMs: number) => void; readonly end: () => void },
): Connections {
  let underWay = 0;
  let whenIdle: (() => void) | null = null;
  return {
    dispatcher,
    begin(timeoutMs) {
      underWay += 1;
      hooks.begin(timeoutMs);
    },
    end() {
      underWay -= 1;
      if (underWay === 0) whenIdle?.();
    },
    async close() {
      if (underWay > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
      hooks.end();
      await dispatcher.destroy();
    },
  };
}

function checkProxy(proxy: unknown): void {
  // The message does not repeat the URL, which may hold a password.
  if (typeof proxy === "string" && URL.canParse(proxy) && ["http:", "https:"].includes(new URL(proxy).protocol)) return;
  const message = "`proxy` is the URL of an HTTP proxy, such as http://proxy.internal:3128.";
  throw new WebhookError("option_invalid", message, { field: "proxy" });
}
