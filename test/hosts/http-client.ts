import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from "node:http";
import { connect, type AddressInfo } from "node:net";

/** A request to a host under test. A body in several chunks is sent without a declared length. */
export interface HostRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | readonly Uint8Array[];
}

export interface HostAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Serves on a free port of the loopback. */
export async function listen(listener: RequestListener): Promise<{ port: number; close: () => Promise<void> }> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends a request on a connection of its own. */
export async function sendOver(port: number, { method, headers, body }: HostRequest, path = "/"): Promise<HostAnswer> {
  const request = httpRequest({ port, host: "127.0.0.1", path, method, headers, agent: false });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  // A host that answers before it has read everything may close while we still write.
  request.on("error", () => undefined);
  if (isChunked(body)) {
    for (const chunk of body) {
      request.write(chunk);
      await new Promise(setImmediate);
    }
    request.end();
  } else {
    request.end(body);
  }
  const [response] = await answered;
  const chunks = (await response.toArray()) as Uint8Array[];
  const received = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(received) as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
  };
}

function isChunked(body: HostRequest["body"]): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

/** Writes text to a connection and answers all it gets until the other side closes it. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
  socket.write(text);
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
}

/** Writes text to a connection and breaks it off. */
export async function breakOff(port: number, text: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  await new Promise((resolve) => socket.write(text, resolve));
  socket.resetAndDestroy();
  await once(socket, "close");
}
