import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { undiciTransport, type UndiciTransportOptions } from "../../../src/adapters/undici/transport.js";
import { systemClock } from "../../../src/adapters/system/clock.js";
import { resolveAddressPolicy } from "../../../src/domain/address-policy.js";
import type { Transport, TransportResult } from "../../../src/ports/transport.js";
import { certificate, closedPort, httpServer, httpsServer, rawServer } from "./loopback.js";

const openPolicy = resolveAddressPolicy({ allowHttp: true, allowHosts: ["localhost"], allowNetworks: ["127.0.0.0/8"] });

function transportOf(options: Partial<UndiciTransportOptions> = {}): Transport {
  const transport = undiciTransport({ addressPolicy: openPolicy, clock: systemClock, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

function post(
  transport: Transport,
  url: string,
  { timeoutMs = 5_000, body = "{}" }: { timeoutMs?: number; body?: string | Uint8Array } = {},
): Promise<TransportResult> {
  return transport.send({ url, headers: { "Content-Type": "application/json", "X-Test": "1" }, body, timeoutMs });
}

describe("a response", () => {
  test("is answered with its status, headers and body", async () => {
    const server = await httpServer((_, response) => {
      response.writeHead(200, { "X-Some": "thing", "Set-Cookie": ["a=1", "b=2"] }).end("done");
    });
    const result = await post(transportOf(), `${server.origin}/hook`);
    expect(result).toMatchObject({ kind: "response", status: 200, body: "done" });
    expect(result).toHaveProperty("headers.x-some", "thing");
    expect(result).toHaveProperty("headers.set-cookie", "a=1, b=2");
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  test.each([204, 400, 404, 410, 500, 503])("of %i is a response", async (status) => {
    const server = await httpServer((_, response) => response.writeHead(status).end());
    expect(await post(transportOf(), server.origin)).toMatchObject({ kind: "response", status, body: "" });
  });

  test("that redirects is not followed", async () => {
    const asked: string[] = [];
    const server = await httpServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(await post(transportOf(), `${server.origin}/hook`)).toMatchObject({
      status: 302,
      headers: { location: "/elsewhere" },
    });
    expect(asked).toEqual(["/hook"]);
  });

  test("may come after interim responses", async () => {
    const server = await httpServer((_, response) => {
      response.writeEarlyHints({ link: "</a>; rel=preload" });
      response.writeProcessing();
      response.writeHead(201).end("made");
    });
    const result = await post(transportOf(), server.origin);
    expect(result).toMatchObject({ status: 201, body: "made" });
    expect(result).not.toHaveProperty("headers.link");
  });

  test("that is compressed is left as it is", async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync("x".repeat(50_000))),
    );
    const result = await post(transportOf(), server.origin);
    expect(result).toMatchObject({ kind: "response", status: 200 });
    expect(result.kind === "response" && result.body.includes("xxx")).toBe(false);
  });

  test("keeps the first 4,096 bytes of a body of 65,536", async () => {
    const server = await httpServer((_, response) => response.end("a".repeat(65_536)));
    expect(await post(transportOf(), server.origin)).toMatchObject({ kind: "response", body: "a".repeat(4_096) });
  });

  test("is kept without control characters, and without the half of a character that was cut", async () => {
    const server = await httpServer((_, response) =>
      response.end(`a\u0000\u001b[31m\tb\r\nc\u0085d${"€".repeat(2_000)}`),
    );
    const result = await post(transportOf(), server.origin);
    const body = result.kind === "response" ? result.body : "";
    expect(body.startsWith("a[31m\tb\r\ncd€")).toBe(true);
    expect(body).toMatch(/€$/);
  });

  test("may have header names that are JavaScript's own", async () => {
    const server = await rawServer((socket) => {
      socket.end("HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\n__proto__: c\r\ncontent-length: 0\r\n\r\n");
    });
    const result = await post(transportOf(), server.origin);
    expect(result.kind === "response" && Object.entries(result.headers)).toEqual([
      ["__proto__", "a, c"],
      ["constructor", "b"],
      ["content-length", "0"],
    ]);
  });
});

describe("a request", () => {
  test("is a POST of exactly the bytes and headers given", async () => {
    const body = '{"name":"Zoë","emoji":"🦉"}';
    const seen: unknown[] = [];
    const server = await httpServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push([
          request.method,
          request.url,
          request.headers["x-test"],
          request.headers["content-length"],
          Buffer.concat(chunks).toString(),
        ]);
        response.end();
      });
    });
    await post(transportOf(), `${server.origin}/hook?a=%20b#part`, { body });
    await post(transportOf(), `${server.origin}/hook?a=%20b`, { body: Buffer.from(body) });
    const expected = ["POST", "/hook?a=%20b", "1", String(Buffer.byteLength(body)), body];
    expect(seen).toEqual([expected, expected]);
  });

  test("whose header cannot be written is a failure, not an exception", async () => {
    const server = await httpServer((_, response) => response.end());
    const headers = { "X-Bad": "one\r\nX-Two: two" };
    const result = await transportOf().send({ url: server.origin, headers, body: "{}", timeoutMs: 1_000 });
    expect(result).toMatchObject({ kind: "failure", reason: "protocol" });
  });
});

describe("the time-out", () => {
  const timeoutMs = 200;

  test("ends an exchange that is never answered", async () => {
    const server = await httpServer(() => undefined);
    const result = await post(transportOf(), server.origin, { timeoutMs });
    expect(result).toMatchObject({
      kind: "failure",
      reason: "timeout",
      message: "The endpoint did not answer within 200 ms.",
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(190);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test("ends a body that drips", async () => {
    const server = await httpServer((request, response) => {
      const drip = setInterval(() => response.write("x"), 20);
      request.on("close", () => {
        clearInterval(drip);
      });
    });
    const result = await post(transportOf(), server.origin, { timeoutMs });
    expect(result).toMatchObject({
      reason: "timeout",
      message: "The endpoint did not finish its answer within 200 ms.",
    });
  });

  test("closes the connection of what it ended", async () => {
    const server = await httpServer(() => undefined);
    await post(transportOf(), server.origin, { timeoutMs });
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  test("counts the look-up of the name", async () => {
    const transport = transportOf({ resolve: () => undefined });
    const result = await post(transport, "http://localhost/", { timeoutMs });
    expect(result).toMatchObject({ reason: "timeout", message: "No connection could be made within 200 ms." });
  });

  test("counts the wait for a free connection, and what waited is not sent later", async () => {
    let requests = 0;
    const server = await httpServer((_, response) => {
      requests += 1;
      setTimeout(() => response.end(), 300);
    });
    const transport = transportOf({ connectionsPerOrigin: 1 });
    const first = post(transport, server.origin);
    expect(await post(transport, server.origin, { timeoutMs: 50 })).toMatchObject({ reason: "timeout" });
    expect(await first).toMatchObject({ status: 200 });
    expect(await post(transport, server.origin)).toMatchObject({ status: 200 });
    expect(requests).toBe(2);
  });
});

describe("a bad answer", () => {
  test("with an endless body is cut", async () => {
    const server = await httpServer((request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", pour);
      request.on("error", () => undefined);
      pour();
    });
    expect(await post(transportOf(), server.origin)).toMatchObject({
      reason: "response_too_large",
      message: "The body of the answer is larger than 65536 bytes.",
    });
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  test("with a megabyte of headers is cut", async () => {
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${`x-filler: ${"y".repeat(1_000)}\r\n`.repeat(1_000)}\r\n`);
    });
    expect(await post(transportOf(), server.origin)).toMatchObject({ reason: "response_too_large" });
  });

  test.each([
    "SSH-2.0-OpenSSH_9.0\r\n",
    "HTTP/1.1 banana\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ])("that is not HTTP is a failure: %j", async (text) => {
    const server = await rawServer((socket) => socket.end(text));
    expect(await post(transportOf(), server.origin)).toMatchObject({
      reason: "protocol",
      message: "The answer is not HTTP/1.1.",
    });
  });

  test.each([
    "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\nhalf",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n10\r\nhalf",
  ])("that breaks off is a failure: %j", async (text) => {
    const server = await rawServer((socket) => socket.end(text));
    expect(await post(transportOf(), server.origin)).toMatchObject({
      reason: "connection",
      message: "The endpoint closed the connection before its answer was whole.",
    });
  });

  test("that is a reset is a failure, and is not sent again", async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    expect(await post(transportOf(), server.origin)).toMatchObject({
      reason: "connection",
      message: "The endpoint closed the connection before it answered.",
    });
    expect(server.sockets).toHaveLength(1);
  });

  test("that is reset after its headers is a failure", async () => {
    const server = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    });
    expect(await post(transportOf(), server.origin)).toMatchObject({ reason: "connection" });
  });

  test("never comes where nothing listens", async () => {
    expect(await post(transportOf(), `http://127.0.0.1:${await closedPort()}/`)).toMatchObject({
      reason: "connection",
      message: "The connection was refused.",
    });
  });
});

describe("connections", () => {
  test("are kept alive and used again", async () => {
    const server = await httpServer((_, response) => response.end());
    const transport = transportOf();
    for (let round = 0; round < 20; round += 1) await post(transport, `${server.origin}/${round}`);
    // Two, not one: a connection rests for a turn of the event loop after each request.
    expect(server.sockets.length).toBeLessThanOrEqual(2);
  });

  test("carry one request at a time", async () => {
    let waiting = 0;
    let most = 0;
    const server = await httpServer((_, response) => {
      most = Math.max(most, ++waiting);
      setTimeout(() => {
        waiting -= 1;
        response.end();
      }, 20);
    });
    const transport = transportOf({ connectionsPerOrigin: 1 });
    await Promise.all(Array.from({ length: 5 }, () => post(transport, server.origin)));
    expect(most).toBe(1);
    expect(server.sockets).toHaveLength(1);
  });

  test("that were closed while idle cost no attempt", async () => {
    const requests: string[] = [];
    const server = await httpServer((request, response) => {
      requests.push(request.url ?? "");
      response.end();
    });
    const transport = transportOf();
    for (let round = 0; round < 20; round += 1) {
      expect(await post(transport, `${server.origin}/${round}`)).toMatchObject({ status: 200 });
      for (const idle of server.sockets) idle[round % 2 === 0 ? "resetAndDestroy" : "destroy"]();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(requests).toHaveLength(20);
  });

  test("end on close, after what is in flight; sending goes on afterwards", async () => {
    const server = await httpServer((_, response) => setTimeout(() => response.end("late"), 50));
    const transport = transportOf();
    const inFlight = post(transport, server.origin);
    await transport.close();
    expect(await inFlight).toMatchObject({ body: "late" });
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
    expect(await post(transport, server.origin)).toMatchObject({ body: "late" });
  });

  test("that are still being made do not hold up close", async () => {
    const transport = transportOf({ resolve: () => undefined });
    await post(transport, "http://localhost/", { timeoutMs: 20 });
    await transport.close();
    await transport.close();
  });
});

describe("the address policy", () => {
  const closed = resolveAddressPolicy({ allowHttp: true });
  // Lets every URL pass, so that what follows is decided by the socket's address.
  const atSocket = { ...closed, checkUrl: (url: string) => new URL(url) };
  const resolvingTo = (...addresses: string[]): Partial<UndiciTransportOptions> => ({
    addressPolicy: closed,
    resolve: (_, __, callback) => {
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    },
  });

  test.each(["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"])(
    "refuses the literal %s",
    async (host) => {
      const server = await httpServer((_, response) => response.end());
      for (const addressPolicy of [closed, atSocket]) {
        const result = await post(transportOf({ addressPolicy }), `http://${host}:${server.port}/`);
        expect(result).toMatchObject({ kind: "failure", reason: "address_refused" });
        expect(result).toHaveProperty("message", expect.stringContaining("is loopback"));
      }
      expect(server.sockets).toHaveLength(0);
    },
  );

  test("refuses a name by the address it really resolves to", async () => {
    const server = await httpServer((_, response) => response.end());
    const result = await post(transportOf({ addressPolicy: atSocket }), `http://localhost:${server.port}/`);
    expect(result).toMatchObject({ reason: "address_refused" });
    expect(server.sockets).toHaveLength(0);
  });

  test("says of which name, and how to allow it, and not what the name means inside", async () => {
    const result = await post(transportOf(resolvingTo("10.1.2.3")), "http://hooks.example.com/");
    expect(result).toMatchObject({
      reason: "address_refused",
      message: "An address of hooks.example.com is private; it can be allowed with addressPolicy.allowNetworks.",
    });
  });

  test("is asked again at every connection, so that a name cannot move", async () => {
    const server = await httpServer((_, response) => response.writeHead(200, { connection: "close" }).end());
    const answers = ["127.0.0.1", "127.0.0.2"];
    const transport = transportOf({
      addressPolicy: resolveAddressPolicy({ allowHttp: true, allowNetworks: ["127.0.0.1"] }),
      resolve: (_, __, callback) => {
        callback(null, [{ address: answers.shift() ?? "", family: 4 }]);
      },
    });
    const url = `http://moving.example.com:${server.port}/`;
    expect(await post(transport, url)).toMatchObject({ status: 200 });
    expect(await post(transport, url)).toMatchObject({ reason: "address_refused" });
  });

  test("leaves only the allowed ones of several addresses", async () => {
    const server = await httpServer((_, response) => response.end());
    const addressPolicy = resolveAddressPolicy({ allowHttp: true, allowNetworks: ["127.0.0.1"] });
    const mixed = ["::1", "127.0.0.2", "10.0.0.1", "::ffff:127.0.0.3", "127.0.0.1"];
    const result = await post(
      transportOf({ ...resolvingTo(...mixed), addressPolicy }),
      `http://mixed.example.com:${server.port}/`,
    );
    expect(result).toMatchObject({ status: 200 });
    expect(server.sockets.map((socket) => socket.localAddress)).toEqual(["127.0.0.1"]);
  });

  test("refuses a URL that it would not let be registered", async () => {
    const result = await post(transportOf({ addressPolicy: resolveAddressPolicy() }), "http://example.com/");
    expect(result).toMatchObject({
      reason: "address_refused",
      message: expect.stringContaining("allowHttp") as string,
    });
  });
});

describe("names", () => {
  test("that do not resolve are a failure of their own", async () => {
    const resolve: UndiciTransportOptions["resolve"] = (_, __, callback) => {
      callback(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
    };
    expect(await post(transportOf({ resolve }), "http://gone.example.com/")).toMatchObject({
      reason: "dns",
      message: "The name of the endpoint does not resolve (ENOTFOUND).",
    });
  });
});

describe("TLS", () => {
  test("refuses a certificate that nobody vouches for, whatever the environment says", async () => {
    const server = await httpsServer((_, response) => response.end());
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    expect(await post(transportOf(), `https://localhost:${server.port}/`)).toMatchObject({
      reason: "tls",
      message: "No trusted TLS connection could be made: the certificate is signed by itself.",
    });
  });

  test("trusts what `tls.ca` adds", async () => {
    const server = await httpsServer((_, response) => response.end("safe"));
    const transport = transportOf({ tls: { ca: certificate.cert } });
    expect(await post(transport, `https://localhost:${server.port}/`)).toMatchObject({ status: 200, body: "safe" });
    expect(await post(transport, `https://localhost:${server.port}/`)).toMatchObject({ status: 200, body: "safe" });
  });

  test("refuses a trusted certificate of another host", async () => {
    const server = await httpsServer((_, response) => response.end());
    expect(await post(transportOf({ tls: { ca: certificate.cert } }), server.origin)).toMatchObject({
      reason: "tls",
      message: "No trusted TLS connection could be made: the certificate is for another host.",
    });
  });

  test.each(["not TLS at all", ""])("is a failure where the endpoint answers %j", async (text) => {
    const server = await rawServer((socket) => socket.end(text));
    expect(await post(transportOf(), `https://127.0.0.1:${server.port}/`)).toMatchObject({ reason: "tls" });
  });
});

describe("the options", () => {
  test.each([
    ["a proxy that is no URL", { proxy: "user:pa55word" }],
    ["a proxy of another kind", { proxy: "socks5://user:pa55word@proxy.example.com" }],
    ["a certificate that is not PEM", { tls: { ca: "pa55word" } }],
    ["a key without sense", { tls: { key: "-----BEGIN PRIVATE KEY-----\npa55word\n-----END PRIVATE KEY-----" } }],
    ["no connection", { connectionsPerOrigin: 0 }],
    ["half a connection", { connectionsPerOrigin: 1.5 }],
  ])("refuse %s, and repeat no secret", (_, options) => {
    const make = (): unknown => undiciTransport({ addressPolicy: openPolicy, clock: systemClock, ...options });
    expect(make).toThrow(expect.objectContaining({ code: "option_invalid" }) as Error);
    expect(make).not.toThrow(/pa55word/);
  });
});
