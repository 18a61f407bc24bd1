import { describe, expect, test } from "vitest";
import { WebhookError } from "@auraconnect/webhooks";
import { createManagementApi } from "@auraconnect/webhooks/management";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { apiCaller } from "../support/api-caller.js";
import { faultyStore } from "../support/faulty-store.js";
import { managementApi } from "../support/management-scene.js";
import { endpoint, makeSender, sample, SECRET } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

const url = "https://example.com/hook";
const input = { url, events: ["order.*"] };

describe("concurrent updates", () => {
  test("lose nothing silently: If-Match changes only what was read", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    const created = await call("webhooks.create", {}, { body: input });
    const key = { webhook_id: String(created.body["id"]) };
    const etag = created.headers.get("etag") ?? "";
    expect(etag).toBe('"1"');
    expect((await call("webhooks.get", key)).headers.get("etag")).toBe(etag);
    const update = (description: string, ifMatch: string) =>
      call("webhooks.update", key, { body: { description }, headers: { "If-Match": ifMatch } });
    const answers = await Promise.all([update("one", etag), update("two", etag)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(answers.find(({ status }) => status === 412)?.body).toMatchObject({ code: "webhook_stale" });
    expect((await update("three", '"1", "2"')).headers.get("etag")).toBe('"3"');
    for (const stale of ['"1"', 'W/"3"', '"x"', '"1", "2"', '"0"', '"03"', '"999999999999999"'])
      expect((await update("late", stale)).status).toBe(412);
    expect((await update("late", "3")).body).toMatchObject({ code: "request_invalid", parameter: "If-Match" });
    expect((await update("any", "*")).status).toBe(200);
    expect((await call("webhooks.get", key)).body["description"]).toBe("any");
  });
});

describe("a throttle", () => {
  test("is given, read, changed and taken away", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    const throttle = { requests: 10, per_seconds: 1 };
    const created = await call("webhooks.create", {}, { body: { ...input, throttle } });
    expect(created.body["throttle"]).toEqual(throttle);
    const key = { webhook_id: String(created.body["id"]) };
    const update = (body: object) => call("webhooks.update", key, { body });
    expect((await update({ description: "unchanged" })).body["throttle"]).toEqual(throttle);
    const wider = { requests: 600, per_seconds: 60 };
    expect((await update({ throttle: wider })).body["throttle"]).toEqual(wider);
    expect((await update({ throttle: null })).body["throttle"]).toBeNull();
    expect((await call("webhooks.get", key)).body["throttle"]).toBeNull();
  });
});

describe.each(stores)("Idempotency-Key on $name", ({ make }) => {
  test("replays the first answer, its secret masked, and makes nothing twice", async () => {
    const { call } = await apiCaller(managementApi(makeSender(make())));
    const headers = { "Idempotency-Key": "5f0c-key" };
    const first = await call("webhooks.create", {}, { body: input, headers });
    expect(first.body["secret"]).toMatch(/^whsec_/);
    const again = await call("webhooks.create", {}, { body: input, headers });
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("etag")).toBe('"1"');
    expect(again.body).toEqual({ ...first.body, secret: "webhook_secret_***" });
    expect((await call("webhooks.list")).body["webhooks"]).toHaveLength(1);
    const other = await call("webhooks.create", {}, { body: { ...input, active: false }, headers });
    expect([other.status, other.body["code"]]).toEqual([409, "idempotency_key_conflict"]);
    const bad = await call("webhooks.create", {}, { body: input, headers: { "Idempotency-Key": "x".repeat(256) } });
    expect(bad.body).toMatchObject({ code: "idempotency_key_invalid", parameter: "Idempotency-Key" });
  });

  test("of a call that was refused is free again", async () => {
    const { call } = await apiCaller(managementApi(makeSender(make())));
    const headers = { "Idempotency-Key": "key" };
    expect((await call("webhooks.create", {}, { body: { ...input, url: "ftp://x.y/" }, headers })).status).toBe(400);
    expect((await call("webhooks.create", {}, { body: input, headers })).status).toBe(201);
  });
});

describe("errors", () => {
  test.each<[string, object | string, number, string, string | undefined, RegExp]>([
    [
      "a bare group",
      { ...input, events: ["order.created", "order"] },
      400,
      "pattern_invalid",
      "/events/1",
      /did you mean `order\.\*`/,
    ],
    [
      "an unknown field",
      { ...input, colour: "red" },
      400,
      "request_invalid",
      "/colour",
      /no field `colour`. There are url, events/,
    ],
    ["a misspelt field", { ...input, event: ["*"] }, 400, "request_invalid", "/event", /did you mean `events`\?/],
    ["__proto__", '{"__proto__":{}}', 400, "request_invalid", "/__proto__", /no field `__proto__`/],
    ["constructor", { ...input, constructor: 1 }, 400, "request_invalid", "/constructor", /no field `constructor`/],
    [
      "half a character in the URL",
      { ...input, url: `${url}\ud800` },
      400,
      "url_invalid",
      "/url",
      /half of a character/,
    ],
    ["an account", { ...input, accountId: "account-2" }, 400, "request_invalid", "/accountId", /no field `accountId`/],
    ["no URL", { events: ["*"] }, 400, "request_invalid", "/url", /`url`/],
    ["a closed address", { ...input, url: "https://10.0.0.1/" }, 400, "address_refused", "/url", /./],
    [
      "a filter of an object",
      { ...input, filters: { a: { b: 1 } } },
      400,
      "request_invalid",
      "/filters/a",
      /filters\.a/,
    ],
    [
      "a filter with dots",
      { ...input, filters: { "a.b[0]/c~": [] } },
      400,
      "request_invalid",
      "/filters/a.b[0]~1c~0",
      /./,
    ],
    ["a long filter", { ...input, filters: { "a.b": "x".repeat(257) } }, 400, "request_invalid", "/filters/a.b", /./],
    ["no name", { ...input, filters: { "": 1 } }, 400, "filter_invalid", "/filters/", /1 to 64 characters/],
    ["a header with dots", { ...input, headers: { "X.Y": "\n" } }, 400, "webhook_invalid", "/headers/X.Y", /X\.Y/],
    ["a field with dots", { ...input, "a.b": 1 }, 400, "request_invalid", "/a.b", /no field `a\.b`/],
    ["a short secret", { ...input, secret: "short" }, 400, "request_invalid", "/secret", /secret/],
    [
      "a throttle of no requests",
      { ...input, throttle: { requests: 0, per_seconds: 1 } },
      400,
      "request_invalid",
      "/throttle/requests",
      /throttle\.requests/,
    ],
    ["a reserved header", { ...input, headers: { Host: "x" } }, 400, "webhook_invalid", "/headers/Host", /Host/],
    ["a list", [1], 400, "request_invalid", undefined, /JSON object; it was a list/],
    ["null", "null", 400, "request_invalid", undefined, /JSON object; it was null/],
    ["nothing", "", 400, "request_invalid", undefined, /it was empty/],
    ["no JSON", '{"url":', 400, "body_malformed", undefined, /no JSON/],
    ["too much", { ...input, description: "x".repeat(70_000) }, 413, "payload_too_large", undefined, /65,536/],
  ])("say where and how to mend it: %s", async (_, body, status, code, pointer, detail) => {
    const { call } = await apiCaller(managementApi(makeSender({ addressPolicy: {} })));
    const answer = await call("webhooks.create", {}, { body, headers: { "Content-Type": "application/json" } });
    expect([answer.status, answer.body["code"], answer.body["pointer"]]).toEqual([status, code, pointer]);
    expect(answer.body["detail"]).toMatch(detail);
    expect((await call("webhooks.list")).body["webhooks"]).toEqual([]);
  });

  test("a secret in an update is refused with a pointer to rotation", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    const { body } = await call("webhooks.create", {}, { body: input });
    const answer = await call("webhooks.update", { webhook_id: String(body["id"]) }, { body: { secret: SECRET } });
    expect(answer.body).toMatchObject({ code: "request_invalid", pointer: "/secret" });
    expect(answer.body["detail"]).toMatch(/rotate-secret/);
  });

  test("no token, a wrong one, or one in another form is 401 and asks for a bearer", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    for (const value of ["", "Bearer", "Bearer wrong", "Basic dG9rZW4tb2Ytb25l", "token-of-one", "Bearer a b"]) {
      const answer = await call("webhooks.list", {}, { token: null, headers: { Authorization: value } });
      expect([answer.status, answer.body["code"]]).toEqual([401, "unauthorized"]);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect(
      (await call("webhooks.list", {}, { token: null, headers: { Authorization: "bearer  token-of-one" } })).status,
    ).toBe(200);
  });

  test("another method, path or content type is refused, each in its way", async () => {
    const { baseUrl, call } = await apiCaller(managementApi(makeSender()));
    const headers = { Authorization: "Bearer token-of-one" };
    const wrong = await fetch(`${baseUrl}/webhook_1/logs`, { method: "DELETE", headers });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await fetch(baseUrl, { method: "PUT", headers })).headers.get("allow")).toBe("POST, GET");
    expect((await fetch(`${baseUrl}/webhook_1/nowhere`, { headers })).status).toBe(404);
    expect((await fetch(`${baseUrl}s`, { headers })).status).toBe(404);
    for (const path of ["", "/", "/event-types/"]) expect((await fetch(baseUrl + path, { headers })).status).toBe(200);
    expect((await fetch(baseUrl, { method: "HEAD", headers })).status).toBe(200);
    const form = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(baseUrl, { method: "POST", headers: form, body: "url=x" });
    expect([answer.status, await answer.json()]).toMatchObject([415, { code: "unsupported_media_type" }]);
    for (const type of ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]) {
      const accepted = await call("webhooks.create", {}, { body: input, headers: { "Content-Type": type } });
      expect(accepted.status).toBe(201);
    }
  });

  test("query parameters are checked, refused by name, and may not stand there twice", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    const { body } = await call("webhooks.create", {}, { body: input });
    const key = { webhook_id: String(body["id"]) };
    for (const [query, parameter] of [
      ["?limit=0", "limit"],
      ["?limit=201", "limit"],
      ["?limit=x", "limit"],
      ["?limit=0x10", "limit"],
      ["?limit=%205", "limit"],
      ["?limit=1e1", "limit"],
      ["?limit=1.0", "limit"],
      ["?limit=", "limit"],
      ["?__proto__=1", "__proto__"],
      ["?limit=1&limit=2", "limit"],
      ["?since=yesterday", "since"],
      ["?status=lost", "status"],
      ["?colour=red", "colour"],
      ["?cursor=x", "cursor"],
      ["?cursor=dlv_0", "cursor"],
      ["?since=9999-12-31T23:59:59-23:59", "since"],
    ] as const) {
      const answer = await call("webhooks.logs", key, { query });
      expect([answer.status, answer.body["parameter"]], query).toEqual([400, parameter]);
    }
  });

  test("what fails inside is told by its code alone, and logged", async () => {
    const errors: unknown[] = [];
    const quiet = () => undefined;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: (details: object) => void errors.push(details) };
    const { store, fault } = faultyStore(memoryStore());
    const boom = new Error("boom at /etc/passwd");
    let authenticate = (): { accountId: string } | null => ({ accountId: "account-1" });
    const api = createManagementApi({ sender: makeSender({ store }), authenticate: () => authenticate(), logger });
    const { call } = await apiCaller(api);
    const down = new WebhookError("store_unavailable", "PostgreSQL did not do it: connect ECONNREFUSED 10.0.0.5:5432.");
    fault("webhooks.read", () => Promise.reject(down));
    const unavailable = await call("webhooks.list");
    expect(unavailable.body).toMatchObject({ status: 503, code: "store_unavailable" });
    // A store says which of the host's machines it did not reach.
    expect(unavailable.text).not.toContain("10.0.0.5");
    fault("webhooks.read", () => Promise.reject(boom));
    const failed = await call("webhooks.list");
    expect([failed.status, failed.body["code"], failed.text.includes("boom")]).toEqual([500, "api_failed", false]);
    fault("webhooks.read", null);
    authenticate = () => {
      throw boom;
    };
    expect((await call("webhooks.list")).body["code"]).toBe("api_failed");
    authenticate = () => {
      throw new WebhookError("forbidden");
    };
    expect((await call("eventTypes.list")).status).toBe(200);
    expect(errors).toHaveLength(3);
    for (const accountId of ["", "x".repeat(129), "a\u0000"]) {
      authenticate = () => ({ accountId });
      expect((await call("webhooks.list")).body, "a mistake of the host's").toMatchObject({ status: 500 });
    }
    expect(errors).toHaveLength(6);
    for (const nobody of [undefined, false, {}, "account-1"]) {
      authenticate = () => nobody as never;
      expect((await call("webhooks.list")).status).toBe(401);
    }
  });

  test("of a test say where in its own body it is wrong", async () => {
    const { call } = await apiCaller(managementApi(makeSender()));
    const { body } = await call("webhooks.create", {}, { body: input });
    const wish = { webhook_id: String(body["id"]), event_type: "order.created" };
    const object = { ...sample("order.created"), id: "1001" };
    const payload = await call("webhooks.test", {}, { body: { ...wish, object } });
    expect(payload.body).toMatchObject({ code: "event_invalid", pointer: "/object/id" });
    expect(payload.body["detail"]).toMatch(/`object\.id`/);
    for (const given of [{}, { object }]) {
      const type = await call("webhooks.test", {}, { body: { ...wish, event_type: "order.creatd", ...given } });
      expect(type.body).toMatchObject({ code: "event_type_unknown", pointer: "/event_type" });
      expect(type.body["detail"]).toMatch(/did you mean `order\.created`\?/);
    }
  });

  test("an API without a way to authenticate is not made", () => {
    expect(() => createManagementApi({ sender: makeSender() } as never)).toThrow(/authenticate/);
  });
});

test("a full rate window is 429 with Retry-After", async () => {
  const { url: there } = await endpoint();
  const sender = makeSender({ clock: simulatedClock(), rateLimit: 1 });
  const { call } = await apiCaller(managementApi(sender));
  const { body } = await call("webhooks.create", {}, { body: { ...input, url: there } });
  const wish = { webhook_id: String(body["id"]), event_type: "order.created" };
  expect((await call("webhooks.test", {}, { body: wish })).status).toBe(200);
  const refused = await call("webhooks.test", {}, { body: wish });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3660"]);
});

test.each(stores)("pages stay stable on $name while rows are added, and the last says so", async ({ make }) => {
  const { url: there } = await endpoint();
  const sender = makeSender(make());
  const { call } = await apiCaller(managementApi(sender));
  const { body } = await call("webhooks.create", {}, { body: { ...input, url: there } });
  const key = { webhook_id: String(body["id"]) };
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    ids.unshift((await sender.publish("order.created", sample("order.created"), { accountId: "account-1" })).event.id);
  }
  const read: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`;
    const page = (await call("webhooks.logs", key, { query })).body as unknown as {
      logs: { event_id: string }[];
      next_cursor: string | null;
    };
    read.push(...page.logs.map((row) => row.event_id));
    cursor = page.next_cursor;
    await sender.publish("order.created", sample("order.created"), { accountId: "account-1" });
  }
  expect(read).toEqual(ids);
});

test.each(stores)("pages of webhooks stay stable on $name while some are added and deleted", async ({ make }) => {
  const { call } = await apiCaller(managementApi(makeSender(make())));
  const create = async () => String((await call("webhooks.create", {}, { body: input })).body["id"]);
  const remove = (id: string | undefined) => call("webhooks.delete", { webhook_id: String(id) });
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) ids.push(await create());
  const read: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`;
    const page = (await call("webhooks.list", {}, { query })).body as unknown as {
      webhooks: { id: string }[];
      next_cursor: string | null;
    };
    read.push(...page.webhooks.map(({ id }) => id));
    cursor = page.next_cursor;
    // The last of the page that was read, which the cursor names, and one far behind it.
    if (read.length === 2) for (const gone of [ids[1], ids[5]]) expect((await remove(gone)).status).toBe(204);
    if (read.length === 4) ids.push(await create());
  }
  expect(read).toEqual([ids[0], ids[1], ids[2], ids[3], ids[4], ids[6]]);
});
