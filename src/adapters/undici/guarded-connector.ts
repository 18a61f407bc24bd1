import { lookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import type { buildConnector } from "undici";
import type { AddressPolicy } from "../../domain/address-policy.js";
import type { Clock } from "../../ports/clock.js";
import { ConnectError, connectErrorOf } from "./connect-error.js";

/** Looks up all addresses of a name; Node's own `dns.lookup` is one. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What a connector works with. */
export interface GuardedConnectorOptions {
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  readonly secureContext: SecureContext | undefined;
  /** Defaults to the system's resolver. */
  readonly resolve?: ResolveName | undefined;
  /** Milliseconds after which a connection that is still being made is given up: nobody waits for it any more. */
  readonly connectTimeoutMs: () => number;
}

/** A connector for undici. */
export interface GuardedConnector {
  readonly connect: buildConnector.connector;
  /** Gives up all connections that are still being made. */
  readonly abandon: () => void;
}

type Target = buildConnector.Options;

/** TLS sessions that are kept for a quicker handshake. */
const MAX_SESSIONS = 500;

/** Idle connections are probed after this many milliseconds, so that a dead one is noticed. */
const PROBE_AFTER_MS = 60_000;

/**
 * Connects only to addresses that the policy allows. A literal is judged before a socket is made, since it is never
 * looked up; of a name's addresses a socket is shown only those that are allowed, whichever of them it then tries.
 */
export function guardedConnector(options: GuardedConnectorOptions): GuardedConnector {
  const connecting = new Set<Socket>();
  const openSocket = socketOpener(options);

  const connect: buildConnector.connector = (target, callback) => {
    const refusal = refusalOfLiteral(options.addressPolicy, target.hostname);
    if (refusal !== null) {
      // Not at once: undici would fail the request in the middle of dispatching it.
      queueMicrotask(() => {
        callback(refusal, null);
      });
      return;
    }
    const socket = openSocket(target);
    connecting.add(socket);
    const cancel = options.clock.schedule(options.connectTimeoutMs(), () =>
      socket.destroy(new ConnectError("timeout", "No connection could be made in time.")),
    );
    whenConnected(socket, target.protocol === "https:", (error) => {
      connecting.delete(socket);
      cancel();
      if (error === null) callback(null, socket);
      else callback(error, null);
    });
  };

  const abandon = (): void => {
    for (const socket of connecting) socket.destroy(new ConnectError("connection", "The transport was closed."));
  };
  return { connect, abandon };
}

function whenConnected(socket: Socket, encrypted: boolean, done: (error: ConnectError | null) => void): void {
  let state: "connecting" | "handshaking" | "done" = "connecting";
  const finish = (error: Error | null): void => {
    // Errors of a connection in use are undici's; it is listened for them only so that they are not unhandled.
    if (state === "done") return;
    const failure = error === null ? null : connectErrorOf(error, state === "handshaking");
    state = "done";
    done(failure);
  };
  socket.setNoDelay(true).setKeepAlive(true, PROBE_AFTER_MS);
  socket.on("error", finish);
  socket.once("connect", () => {
    if (encrypted) state = "handshaking";
    else finish(null);
  });
  if (encrypted) {
    socket.once("secureConnect", () => {
      finish(null);
    });
  }
}

function socketOpener({
  addressPolicy,
  secureContext,
  resolve = lookup,
}: GuardedConnectorOptions): (target: Target) => Socket {
  const guarded = guardedLookup(addressPolicy, resolve);
  const sessions = new Map<string, Buffer>();
  return ({ protocol, hostname: host, port }) => {
    if (protocol !== "https:") return connectTcp({ host, port: Number(port || 80), lookup: guarded });
    const key = `${host}:${port}`;
    const session = sessions.get(key);
    return connectTls({
      host,
      port: Number(port || 443),
      lookup: guarded,
      // A name with a dot at its end is the same name, but certificates are made without it.
      servername: isIP(host) === 0 ? host.replace(/\.$/, "") : "",
      ALPNProtocols: ["http/1.1"],
      // Said outright: an environment variable could turn the default off.
      rejectUnauthorized: true,
      ...(secureContext && { secureContext }),
      ...(session && { session }),
    }).on("session", (fresh) => {
      const [oldest] = sessions.keys();
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      sessions.set(key, fresh);
    });
  };
}

function guardedLookup(addressPolicy: AddressPolicy, resolve: ResolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(
          new ConnectError("dns", `The name of the endpoint does not resolve (${error.code ?? "no answer"}).`, error),
          [],
        );
        return;
      }
      const allowed = addresses.filter(({ address }) => addressPolicy.allows(hostname, address));
      const [first] = allowed;
      if (first === undefined)
        callback(new ConnectError("address_refused", refusalOf(addressPolicy, hostname, addresses)), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function refusalOfLiteral(addressPolicy: AddressPolicy, hostname: string): ConnectError | null {
  const refusal = isIP(hostname) === 0 ? null : addressPolicy.refusal(hostname, hostname);
  return refusal === null ? null : new ConnectError("address_refused", `${refusal}.`);
}

function refusalOf(addressPolicy: AddressPolicy, hostname: string, [first]: readonly LookupAddress[]): string {
  const refusal = first === undefined ? null : addressPolicy.refusal(hostname, first.address);
  return `${refusal ?? "The name of the endpoint has no address"}.`;
}
