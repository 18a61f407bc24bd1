import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as an endpoint saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** What an endpoint does with a request: a status, or nothing at all. */
export type Answer =
  | number
  | "hang"
  | "reset"
  | { readonly status: number; readonly headers: Record<string, string>; readonly body?: string };

/** A real HTTP server on loopback that does what it is told and remembers what it saw. */
export interface Endpoint {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Resolves when this many requests were seen. */
  readonly seen: (count: number) => Promise<readonly SeenRequest[]>;
  readonly close: () => Promise<void>;
}

/** @param answer Called for each request with its number, from 1. Defaults to 200. */
export async function startEndpoint(
  answer: (request: SeenRequest, number: number) => Answer | Promise<Answer> = () => 200,
): Promise<Endpoint> {
  const requests: SeenRequest[] = [];
  const waiting = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const seen: SeenRequest = {
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
      };
      requests.push(seen);
      for (const check of waiting) check();
      void Promise.resolve(answer(seen, requests.length)).then((decided) => {
        if (decided === "hang") return;
        if (decided === "reset") request.socket.destroy();
        else if (typeof decided === "number") response.writeHead(decided).end();
        else response.writeHead(decided.status, decided.headers).end(decided.body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    seen: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve(requests);
        };
        waiting.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
