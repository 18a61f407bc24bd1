import { WebhookError } from "../../errors.js";
import type { Clock } from "../../ports/clock.js";
import type { Transport, TransportRequest, TransportResult } from "../../ports/transport.js";
import { openConnections, type Connections, type UndiciTransportOptions } from "./connections.js";
import { Exchange, type Target } from "./exchange.js";

export type { UndiciTransportOptions } from "./connections.js";

/** Parsed URLs that are remembered. */
const MAX_TARGETS = 10_000;

/**
 * The transport of production: HTTP/1.1 over undici, with connections kept alive for each origin and one request at a
 * time on each. What was sent is never sent again here; a request that found its kept-alive connection closed before
 * any of it was written is sent once more, within the same time.
 *
 * @throws {@link WebhookError} `option_invalid` for a proxy, certificate or number that cannot be used.
 */
export function undiciTransport(options: UndiciTransportOptions): Transport {
  const { addressPolicy, clock } = options;
  const targets = new Map<string, Target>();
  const open = openConnections(options);
  let connections: Connections | null = null;
  let closed: Promise<unknown> = Promise.resolve();

  const targetOf = (url: string): Target => {
    const known = targets.get(url);
    if (known !== undefined) return known;
    const { origin, pathname, search } = addressPolicy.checkUrl(url);
    const target = { origin, path: pathname + search };
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(url, target);
    return target;
  };

  return {
    send(request) {
      let target: Target;
      try {
        target = targetOf(request.url);
      } catch (error) {
        return Promise.resolve(refused(error));
      }
      const used = (connections ??= open());
      return exchange(used, target, request, clock);
    },
    async close() {
      const closing = connections;
      connections = null;
      closed = Promise.all([closed, closing?.close()]);
      await closed;
    },
  };
}

function exchange(
  connections: Connections,
  target: Target,
  request: TransportRequest,
  clock: Clock,
): Promise<TransportResult> {
  return new Promise((resolve) => {
    connections.begin(request.timeoutMs);
    const done = (result: TransportResult): void => {
      afterTurn(() => {
        connections.end();
        resolve(result);
      });
    };
    new Exchange({ dispatcher: connections.dispatcher, target, request, clock, done }).start();
  });
}

/**
 * Runs something when the connection of an exchange that has just ended can be used again, which undici allows a turn of
 * the event loop later. Whoever were told before would have the next request open a connection of its own.
 */
function afterTurn(run: () => void): void {
  // By way of a microtask, for undici asks for that turn after it has told of the end.
  queueMicrotask(() => setImmediate(run));
}

function refused(error: unknown): TransportResult {
  const message = WebhookError.is(error) ? error.message : "The URL cannot be read.";
  return { kind: "failure", reason: "address_refused", message, durationMs: 0 };
}
