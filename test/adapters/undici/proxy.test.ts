import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/adapters/system/clock.js";
import { undiciTransport } from "../../../src/adapters/undici/transport.js";
import { resolveAddressPolicy } from "../../../src/domain/address-policy.js";
import type { Transport } from "../../../src/ports/transport.js";
import { certificate, httpServer, httpsServer } from "./loopback.js";

const addressPolicy = resolveAddressPolicy({ allowHttp: true });

/** A proxy that leads every tunnel to one port, or refuses it, and writes down where it was asked to go. */
async function proxyTo(port: number | null): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer();
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.on("error", () => undefined);
    if (port === null) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function transportThrough(proxy: string): Transport {
  const transport = undiciTransport({ addressPolicy, clock: systemClock, proxy, tls: { ca: certificate.cert } });
  onTestFinished(() => transport.close());
  return transport;
}

const request = { headers: {}, body: "{}", timeoutMs: 5_000 };

describe("a proxy", () => {
  test("carries requests to names that only it resolves", async () => {
    const server = await httpServer((_, response) => response.end("through"));
    const proxy = await proxyTo(server.port);
    const result = await transportThrough(proxy.url).send({ ...request, url: "http://only-there.example.com/" });
    expect(result).toMatchObject({ status: 200, body: "through" });
    expect(proxy.asked).toEqual(["only-there.example.com:80"]);
  });

  test("does not see through TLS, and the endpoint is still verified", async () => {
    const server = await httpsServer((_, response) => response.end());
    const proxy = await proxyTo(server.port);
    const result = await transportThrough(proxy.url).send({ ...request, url: "https://only-there.example.com/" });
    expect(result).toMatchObject({ kind: "failure", reason: "tls" });
  });

  test("does not open what the URL shows to be closed", async () => {
    const proxy = await proxyTo(null);
    const transport = transportThrough(proxy.url);
    for (const host of ["10.0.0.1", "localhost", "[::ffff:10.0.0.1]"]) {
      expect(await transport.send({ ...request, url: `http://${host}/` })).toMatchObject({ reason: "address_refused" });
    }
    expect(proxy.asked).toEqual([]);
  });

  test("leaves the headers it is given alone, and keeps its own to itself", async () => {
    const server = await httpServer((_, response) => response.end());
    const transport = transportThrough((await proxyTo(server.port)).url);
    const headers = Object.freeze({ "X-Test": "1" });
    expect(await transport.send({ ...request, headers, url: "http://one.example.com/" })).toMatchObject({
      status: 200,
    });
    const forged = { "Proxy-Authorization": "Basic eDp5" };
    expect(await transport.send({ ...request, headers: forged, url: "http://one.example.com/" })).toMatchObject({
      kind: "failure",
      reason: "protocol",
    });
  });

  test("that refuses is a failure of the connection", async () => {
    const proxy = await proxyTo(null);
    expect(await transportThrough(proxy.url).send({ ...request, url: "http://example.com/" })).toMatchObject({
      reason: "connection",
      message: "The proxy did not connect to the endpoint.",
    });
    expect(proxy.asked).toHaveLength(1);
  });
});
