import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";

/** A server on 127.0.0.1 that ends with its test. */
export interface Loopback {
  readonly origin: string;
  readonly port: number;
  /** Every connection that was made to it, first to last. */
  readonly sockets: readonly Socket[];
  stop(): Promise<void>;
}

/**
 * A certificate for `localhost` alone, signed by itself, valid until 2126. Made with:
 *
 *     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=localhost" \
 *       -addext "subjectAltName=DNS:localhost" -keyout localhost-key.pem -out localhost-cert.pem
 */
export const certificate = {
  cert: readFileSync(new URL("fixtures/localhost-cert.pem", import.meta.url)),
  key: readFileSync(new URL("fixtures/localhost-key.pem", import.meta.url)),
};

export function httpServer(answer: RequestListener): Promise<Loopback> {
  return listen(createHttpServer(answer), "http");
}

export function httpsServer(answer: RequestListener): Promise<Loopback> {
  return listen(createHttpsServer(certificate, answer), "https");
}

/** A server that answers every connection with whatever `answer` writes once something has been received. */
export function rawServer(answer: (socket: Socket) => void): Promise<Loopback> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      answer(socket);
    });
  });
  return listen(server, "http");
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await rawServer(() => undefined);
  await server.stop();
  return server.port;
}

async function listen(server: Server, protocol: string): Promise<Loopback> {
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
  onTestFinished(stop);
  return { origin: `${protocol}://127.0.0.1:${port}`, port, sockets, stop };
}
