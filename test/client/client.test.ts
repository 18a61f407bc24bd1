import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { describe, expect, expectTypeOf, test } from "vitest";
import { createClient, WebhookError, type AnswerOf, type ClientOptions } from "@auraconnect/webhooks/client";
import { ROUTES } from "../../src/management/routes.js";
import { rejection } from "../support/rejection.js";
import { managementApi, managementHosts, PREFIX } from "../support/management-scene.js";
import { endpoint, sample, startSender } from "../support/sender-scene.js";

const url = "https://example.com/hook";
const baseUrl = "https://api.example.com/api/v1/webhooks";

/** A client of an API that is played by a function, and the requests it was sent. */
function scripted(
  answers: (request: Request, number: number) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
) {
  const requests: Request[] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    requests.push(request);
    return Promise.resolve(answers(request, requests.length));
  };
  return { requests, client: createClient({ baseUrl, accessToken: "token", fetch, retryDelayMs: 0, ...options }) };
}

const json = (body: object, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers });
const problem = (code: string, status: number, headers: Record<string, string> = {}): Response =>
  json({ type: "about:blank", title: "x", status, code, detail: `it is ${code}` }, status, headers);

/** All rows, page by page. */
async function allOf<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const read: Row[] = [];
  for await (const row of rows) read.push(row);
  return read;
}

async function served() {
  const sender = await startSender();
  const host = managementHosts.find(({ name }) => name === "Express 5 below express.json()");
  const origin = await host!.serve(managementApi(sender));
  return {
    sender,
    client: createClient({ baseUrl: `${origin}${PREFIX}/`, accessToken: () => Promise.resolve("token-of-one") }),
  };
}

describe("a client", () => {
  test("has a typed method for every operation of the table", () => {
    const { client } = scripted(() => json({}));
    const methods = Object.entries(client).flatMap(([group, of]) => Object.keys(of).map((name) => `${group}.${name}`));
    expect(methods.sort()).toEqual(Object.keys(ROUTES).sort());
    expectTypeOf<AnswerOf<"webhooks.create">["debug_mode"]>().toEqualTypeOf<boolean>();
    expectTypeOf(client.webhooks.get).parameter(0).toEqualTypeOf<{ readonly webhook_id: string }>();
    const uncalled = (): void => {
      // @ts-expect-error -- a webhook needs a URL
      void client.webhooks.create({ events: ["*"] });
      // @ts-expect-error -- no such field
      void client.webhooks.update({ webhook_id: "", colour: "red" });
      // @ts-expect-error -- no such status
      void client.webhooks.logs({ webhook_id: "", status: "lost" });
      // @ts-expect-error -- only what changes can be conditional
      void client.webhooks.get({ webhook_id: "" }, { ifMatch: "" });
    };
    expect(uncalled).toBeTypeOf("function");
  });

  test("walks a webhook's whole life", async () => {
    const { client, sender } = await served();
    const there = await endpoint((_, number) => (number === 1 ? 500 : 200));
    const webhook = await client.webhooks.create({
      url: there.url,
      events: ["order.*"],
      secret: "a-secret-of-the-caller",
    });
    const key = { webhook_id: webhook.id };
    expect(webhook.etag).toBe('"1"');
    const changed = await client.webhooks.update({ ...key, description: "mine" }, { ifMatch: webhook.etag });
    expect(changed).toMatchObject({ description: "mine", etag: '"2"' });
    const stale = await rejection(client.webhooks.update({ ...key, active: false }, { ifMatch: webhook.etag }));
    expect(stale).toMatchObject({ code: "webhook_stale", status: 412 });
    expect((await client.webhooks.test({ ...key, event_type: "order.created" })).status).toBe("failed");
    const { event } = await sender.publish("order.created", sample("order.created"), { accountId: "account-1" });
    const delivery = { ...key, event_id: event.id };
    await expect.poll(async () => (await client.deliveries.get(delivery)).status).toBe("success");
    expect((await client.deliveries.resend(delivery)).resends).toBe(1);
    await expect.poll(async () => (await client.deliveries.get(delivery)).requests.length).toBe(2);
    expect((await client.events.explain({ event_id: event.id })).webhooks[0]?.verdict).toBe("delivered");
    expect((await client.webhooks.stats(key)).deliveries.success).toBe(1);
    const recovery = await client.webhooks.recover({ ...key, since: "2025-01-01T00:00:00Z" });
    await expect
      .poll(async () => (await client.webhooks.recovery({ ...key, recovery_id: recovery.id })).status)
      .toBe("done");
    expect((await client.webhooks.rotateSecret({ ...key, overlap_seconds: 0 })).secret).toMatch(/^whsec_/);
    await client.webhooks.confirmSecret(key);
    expect(await client.deliveries.cancel(delivery)).toEqual({ cancelled: 0 });
    expect((await client.eventTypes.list()).event_types).toHaveLength(11);
    expect((await client.api.openapi())["openapi"]).toBe("3.1.0");
    await client.webhooks.delete(key);
    expect(await rejection(client.webhooks.get(key))).toMatchObject({ code: "webhook_not_found", field: "webhook_id" });
  });

  test("iterates over the rows of all pages", async () => {
    const { client, sender } = await served();
    const { id } = await client.webhooks.create({ url, events: ["*"], active: false });
    await client.webhooks.update({ webhook_id: id, active: true });
    const published: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      published.unshift(
        (await sender.publish("order.created", sample("order.created"), { accountId: "account-1" })).event.id,
      );
    }
    const read: string[] = [];
    for await (const row of client.webhooks.logs({ webhook_id: id, limit: 2 })) read.push(row.event_id);
    expect(read).toEqual(published);
    const ids: string[] = [];
    for await (const webhook of client.webhooks.list()) ids.push(webhook.id);
    expect(ids).toEqual([id]);
  });
});

describe("retries", () => {
  test("repeat what failed for a while, a creating call under one key", async () => {
    const { client, requests } = scripted((_, number) => {
      if (number === 1) return Promise.reject(new TypeError("fetch failed"));
      if (number === 2) return problem("store_unavailable", 503);
      return number === 3 ? new Response("<html>", { status: 502 }) : json({ id: "webhook_1" }, 201);
    });
    expect(await client.webhooks.create({ url, events: ["*"] })).toMatchObject({ id: "webhook_1" });
    const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
    expect([keys.length, new Set(keys).size, keys[0]?.length]).toEqual([4, 1, expect.any(Number)]);
  });

  test("end after as many as were asked for, and are not made of what will not pass", async () => {
    const away = scripted(() => problem("store_unavailable", 503), { retries: 2 });
    expect((await rejection(away.client.webhooks.list())).code).toBe("store_unavailable");
    expect(away.requests).toHaveLength(3);
    for (const [code, status, headers] of [
      ["pattern_invalid", 400, {}],
      ["unauthorized", 401, {}],
      ["rate_limited", 429, { "Retry-After": "3660" }],
      ["api_failed", 500, {}],
    ] as const) {
      const { client, requests } = scripted(() => problem(code, status, headers));
      const error = await rejection(client.webhooks.list());
      expect([error.code, error.message, requests.length]).toEqual([code, `it is ${code}`, 1]);
    }
  });

  test("are not made of a conditional change, which would meet its own result", async () => {
    const { client, requests } = scripted(() => problem("store_unavailable", 503));
    await rejection(client.webhooks.update({ webhook_id: "w", active: true }, { ifMatch: '"1"' }));
    expect(requests).toHaveLength(1);
  });

  test("take a webhook that is gone for deleted by the attempt whose answer was lost", async () => {
    const { client } = scripted((_, number) =>
      number === 1 ? Promise.reject(new TypeError("fetch failed")) : problem("webhook_not_found", 404),
    );
    await expect(client.webhooks.delete({ webhook_id: "w" })).resolves.toBeUndefined();
  });
});

describe("what goes wrong", () => {
  test("a request that is not answered in time is api_timeout", async () => {
    const client = createClient({
      ...{ baseUrl, accessToken: "token", timeoutMs: 5, retries: 0 },
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            reject(new DOMException("aborted", "AbortError"));
          });
        }),
    });
    expect((await rejection(client.webhooks.list())).code).toBe("api_timeout");
  });

  test("time and the caller's signal end a call, also where the token or `fetch` never comes and heeds no signal", async () => {
    const never = () => new Promise<never>(() => undefined);
    for (const deaf of [{ accessToken: never }, { fetch: never }]) {
      const client = createClient({ baseUrl, accessToken: "token", timeoutMs: 5, retries: 0, ...deaf });
      expect((await rejection(client.webhooks.list())).code).toBe("api_timeout");
      const controller = new AbortController();
      const call = client.webhooks.list({}, { signal: controller.signal, timeoutMs: 300_000 });
      controller.abort(new Error("enough"));
      await expect(call).rejects.toThrow("enough");
    }
  });

  test("the caller's signal ends a call and its retries, with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { client, requests } = scripted(() => {
      controller.abort(reason);
      return problem("store_unavailable", 503, { "Retry-After": "10" });
    });
    await expect(client.webhooks.list({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
    await expect(client.webhooks.list({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ["a page of a website", new Response("<html>", { status: 200 }), "api_answer_invalid"],
    ["another API's error", json({ error: "no" }, 404), "api_answer_invalid"],
    ["a code that is not known", problem("code_of_tomorrow", 409), "api_answer_invalid"],
  ])("%s is told as such", async (_, answer, code) => {
    const { client } = scripted(() => answer.clone(), { retries: 0 });
    expect((await rejection(client.webhooks.list())).code).toBe(code);
  });

  test.each([
    ["a list", "[]"],
    ["an object without the list", "{}"],
    ["a list of another kind", '{"webhooks":{},"next_cursor":null}'],
    ["a cursor of another kind", '{"webhooks":[],"next_cursor":5}'],
    ["no cursor", '{"webhooks":[]}'],
    ["text", "null"],
  ])("%s in the place of a page is told as such, also to who iterates", async (_, body) => {
    const { client } = scripted(() => new Response(body));
    expect((await rejection(client.webhooks.list())).code).toBe("api_answer_invalid");
    expect((await rejection(allOf(client.webhooks.list()))).code).toBe("api_answer_invalid");
  });

  test("pages that go round in a circle come to an end", async () => {
    const { client, requests } = scripted(() => json({ webhooks: [{ id: "a" }], next_cursor: "the same" }));
    expect((await rejection(allOf(client.webhooks.list()))).code).toBe("api_answer_invalid");
    expect(requests).toHaveLength(2);
  });

  test("an answer without a body is one to a deletion alone, and a deletion has no other", async () => {
    const empty = scripted(() => new Response(null, { status: 204 }));
    expect((await rejection(empty.client.webhooks.get({ webhook_id: "w" }))).code).toBe("api_answer_invalid");
    await empty.client.webhooks.delete({ webhook_id: "w" });
    const website = scripted(() => new Response("<html>"));
    expect((await rejection(website.client.webhooks.delete({ webhook_id: "w" }))).code).toBe("api_answer_invalid");
  });

  test("a redirect is not followed, nor repeated, and told with its mend", async () => {
    const hidden = Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
    for (const answer of [new Response(null, { status: 308, headers: { Location: "https://x.y/" } }), hidden]) {
      const { client, requests } = scripted(() => answer);
      const error = await rejection(client.webhooks.list());
      expect([error.code, error.message.includes("baseUrl"), requests.length]).toEqual(["api_answer_invalid", true, 1]);
      // Cloudflare Workers refuse the mode `error` before they send anything.
      expect(requests[0]?.redirect).toBe("manual");
    }
  });

  test("what could not be sent as it is meant is refused before anything is sent", async () => {
    const { client, requests } = scripted(() => json({ webhooks: [], next_cursor: null }));
    const key = { webhook_id: "w" };
    const body = { url, events: ["*"] };
    for (const [code, field, call] of [
      ["request_invalid", "statuss", () => client.webhooks.logs({ ...key, statuss: "failed" } as never)],
      ["request_invalid", "colour", () => client.webhooks.delete({ ...key, colour: "red" } as never)],
      ["request_invalid", "since", () => client.webhooks.logs({ ...key, since: new Date(0) } as never)],
      ["request_invalid", "webhook_id", () => client.webhooks.get({ webhook_id: "\ud800" })],
      ["request_invalid", undefined, () => client.webhooks.list(null as never)],
      ["request_invalid", undefined, () => client.webhooks.create({ ...body, description: 1n } as never)],
      ["request_invalid", "ifMatch", () => client.webhooks.update({ ...key, active: true }, { ifMatch: "\n" })],
      ["idempotency_key_invalid", "idempotencyKey", () => client.webhooks.create(body, { idempotencyKey: "a\nb" })],
      ["option_invalid", "timeoutMs", () => client.webhooks.list({}, { timeoutMs: NaN })],
      ["option_invalid", "timeoutMs", () => client.webhooks.list({}, { timeoutMs: 1e12 })],
    ] as const) {
      expect(await rejection(call()), String(call)).toMatchObject({ code, field });
    }
    for (const token of ["", "a\nb", "\u00e9", undefined]) {
      const nobody = scripted(() => json({}), { accessToken: () => token! });
      expect(await rejection(nobody.client.webhooks.list())).toMatchObject({
        ...{ code: "option_invalid", field: "accessToken" },
      });
      expect(nobody.requests).toHaveLength(0);
    }
    const suggested = await rejection(client.webhooks.logs({ ...key, statuss: "failed" } as never));
    expect(suggested.message).toContain("did you mean `status`?");
    expect(requests).toHaveLength(0);
  });

  test("ids are encoded, and one that is missing is refused before anything is sent", async () => {
    const { client, requests } = scripted(() => json({}));
    await client.webhooks.get({ webhook_id: "../a?b#c" });
    expect(requests[0]?.url).toBe(`${baseUrl}/..%2Fa%3Fb%23c`);
    for (const id of ["", "..", undefined as unknown as string]) {
      expect((await rejection(client.webhooks.get({ webhook_id: id }))).code).toBe("request_invalid");
    }
    expect(requests).toHaveLength(1);
  });

  test.each([
    [{ baseUrl: "/api" }],
    [{ baseUrl: "ftp://a.b/" }],
    [{ baseUrl: "https://a.b/?x=1" }],
    [{ accessToken: "" }],
    [{ accessToken: "a b" }],
    [{ accessToken: 5 as unknown as string }],
    [{ timeoutMs: 0 }],
    [{ retries: 11 }],
  ])("%j is refused at once", (bad) => {
    expect(() => createClient({ baseUrl, accessToken: "token", ...bad })).toThrow(WebhookError);
  });
});

test("it runs in browsers: no module of Node's, no cryptography, no schema library, and it is small", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/doors/client.ts", import.meta.url))],
    ...{ bundle: true, write: false, minify: true, format: "esm", platform: "browser", metafile: true },
  });
  const [file] = outputFiles;
  expect(file?.text).not.toMatch(/node:|createHash|zod/);
  expect(file?.contents.length).toBeLessThan(25_000);
});
