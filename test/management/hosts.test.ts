import { gzipSync } from "node:zlib";
import express from "express";
import { describe, expect, test } from "vitest";
import { expressManagement } from "@auraconnect/webhooks/express";
import { fetchManagement } from "@auraconnect/webhooks/fetch";
import { listen, sendOver } from "../hosts/http-client.js";
import { managementApi, managementHosts, PREFIX } from "../support/management-scene.js";
import { makeSender } from "../support/sender-scene.js";

const headers = { Authorization: "Bearer token-of-one", "Content-Type": "application/json" };
const input = JSON.stringify({ url: "https://example.com/", events: ["*"] });

describe.each(managementHosts)("through $name", ({ name, serve }) => {
  test("what is no JSON, too large or of another type is refused with a problem", async () => {
    const base = (await serve(managementApi(makeSender()))) + PREFIX;
    const post = (body: string, more: Record<string, string> = {}) =>
      fetch(base, { method: "POST", headers: { ...headers, ...more }, body });
    for (const [answer, status, code] of [
      [await post("{"), 400, "body_malformed"],
      [await post(`{"description":"${"x".repeat(66_000)}"}`), 413, "payload_too_large"],
      [await post(`{"description":"${"x".repeat(200_000)}"}`), 413, "payload_too_large"],
      [await post("url=a", { "Content-Type": "application/x-www-form-urlencoded" }), 415, "unsupported_media_type"],
      [await post("url", { "Content-Type": "text/plain" }), 415, "unsupported_media_type"],
      [await post(""), 400, "request_invalid"],
      [await post("{}"), 400, "request_invalid"],
      [await post(input, { Authorization: "Bearer nobody" }), 401, "unauthorized"],
    ] as const) {
      expect([answer.status, answer.headers.get("content-type")?.split(";")[0]]).toEqual([
        status,
        "application/problem+json",
      ]);
      expect(await answer.json()).toMatchObject({ status, code });
    }
    expect((await post(input)).status).toBe(201);
  });

  test("what is nested too deep is refused before anything descends into it", async () => {
    const base = (await serve(managementApi(makeSender()))) + PREFIX;
    const { id } = (await (await fetch(base, { method: "POST", headers, body: input })).json()) as { id: string };
    for (const depth of [100, 30_000]) {
      const deep = "[".repeat(depth) + "]".repeat(depth);
      for (const key of [{}, { "Idempotency-Key": `deep ${depth}` }]) {
        const test = `{"webhook_id":"${id}","event_type":"order.created","object":{"a":${deep}}}`;
        const answer = await fetch(`${base}/test`, { method: "POST", headers: { ...headers, ...key }, body: test });
        expect([answer.status, await answer.json()]).toMatchObject([400, { code: "request_invalid" }]);
      }
    }
  });

  test("a content type that is none, a body that is compressed, and bytes that are no UTF-8 get a problem", async () => {
    const origin = await serve(managementApi(makeSender()));
    const post = (more: Record<string, string>, body: Uint8Array | string) => {
      const { length } = Buffer.from(body);
      const sent = { ...headers, "Content-Length": String(length), ...more };
      return sendOver(Number(new URL(origin).port), { method: "POST", headers: sent, body }, PREFIX);
    };
    const latin1 = Buffer.from('{"url":"https://example.com/","events":["*"],"description":"\u00e9"}', "latin1");
    // Express's own parsers decompress, and put a mark in the place of what is no UTF-8.
    const decompresses = /parser|json|raw/.test(name);
    const decodes = /parser|json/.test(name);
    for (const [answer, status] of [
      [await post({ "Content-Type": "no type" }, input), 415],
      [await post({ "Content-Encoding": "gzip" }, gzipSync(input)), decompresses ? 201 : 415],
      [await post({ "Content-Encoding": "gzip" }, Buffer.of(0x1f, 0x8b, 8, 0, 1)), decompresses ? 400 : 415],
      [await post({ "Content-Encoding": "identity" }, input), 201],
      [await post({}, latin1), decodes ? 201 : 400],
    ] as const) {
      expect(answer.status, answer.body).toBe(status);
      if (status !== 201) expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    }
  });

  test("a request that names the origin is answered like any other", async () => {
    const origin = await serve(managementApi(makeSender()));
    const request = { method: "GET", headers: { Authorization: headers.Authorization }, body: "" };
    const answer = await sendOver(Number(new URL(origin).port), request, `${origin}${PREFIX}?limit=1`);
    // In the tests of fetch a host puts the URL together, which is not ours.
    if (name !== "fetch") expect(answer.status, answer.body).toBe(200);
  });

  test("queries, encoded ids, a slash at the end and unknown paths arrive as they were sent", async () => {
    const base = (await serve(managementApi(makeSender()))) + PREFIX;
    const get = async (path: string) => {
      const answer = await fetch(base + path, { headers: { Authorization: headers.Authorization } });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await get("/")).toEqual([200, undefined]);
    expect(await get("?limit=5")).toEqual([200, undefined]);
    expect(await get("?limit=0")).toEqual([400, "request_invalid"]);
    expect(await get("/a%2Fb%3Fc")).toEqual([404, "webhook_not_found"]);
    expect(await get("/a/b")).toEqual([404, "route_not_found"]);
    const document = await fetch(`${base}/openapi.json`);
    expect(await document.json(), name).toMatchObject({ servers: [{ url: "/api/v1" }] });
  });
});

test("Express hands other errors of the host on, and leaves other paths alone", async () => {
  const app = express();
  app.use(express.json());
  app.use(PREFIX, (_request, _response, next) => {
    next(new Error("of the host"));
  });
  app.use(PREFIX, expressManagement(managementApi(makeSender())));
  app.use(((error, _request, response, _next) => {
    response.status(418).send((error as Error).message);
  }) as express.ErrorRequestHandler);
  const { port, close } = await listen(app);
  const answer = await fetch(`http://127.0.0.1:${port}${PREFIX}`, { headers });
  expect([answer.status, await answer.text()]).toEqual([418, "of the host"]);
  const elsewhere = await fetch(`http://127.0.0.1:${port}/elsewhere`, { method: "POST", headers, body: "{" });
  expect(elsewhere.status).toBe(418);
  await close();
});

test.each([
  ["/", "/"],
  ["", ""],
  ["hooks/", "/hooks"],
  ["/a/b/c", "/a/b/c"],
])("fetch serves under the prefix %j alone", async (prefix, path) => {
  const handle = fetchManagement(managementApi(makeSender()), { prefix });
  const get = async (url: string) => (await handle(new Request(`http://localhost${url}`, { headers }))).status;
  expect(await get(path === "/" ? "/" : path)).toBe(200);
  expect(await get(`${path === "/" ? "" : path}/event-types`)).toBe(200);
  if (path.length > 1) expect([await get("/event-types"), await get(`${path}s`)]).toEqual([404, 404]);
});
