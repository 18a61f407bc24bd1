import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import type {
  AuraConnectCatalog,
  NewWebhook as NewWebhookOf,
  WebhookUpdate as WebhookUpdateOf,
} from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import {
  databaseFile,
  endpoint,
  makeSender,
  sample,
  SECRET,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";

type NewWebhook = NewWebhookOf<AuraConnectCatalog>;
type WebhookUpdate = WebhookUpdateOf<AuraConnectCatalog>;

const url = "http://127.0.0.1:9/hook";
const valid: NewWebhook = { url, events: ["order.*"] };
const MASKED = "webhook_secret_***";

describe("create", () => {
  test("answers the webhook with every default, and a generated secret in full", async () => {
    const sender = makeSender({ clock: simulatedClock() });
    const webhook = await sender.webhooks.create(valid);
    expect(webhook).toEqual({
      id: expect.stringMatching(/^webhook_[0-9a-z]{20}$/) as string,
      accountId: "default",
      url,
      events: ["order.*"],
      filters: null,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
      active: true,
      disabledReason: null,
      description: null,
      headers: {},
      throttle: null,
      debugMode: false,
      debugUntil: null,
      rateLimit: 1_000,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
      revision: 1,
    });
    const { webhookId } = { webhookId: webhook.id };
    expect(await sender.webhooks.get({ webhookId })).toEqual({ ...webhook, secret: MASKED });
  });

  test("keeps every field that is given, and never shows a secret that was given", async () => {
    const sender = makeSender();
    const given = {
      accountId: "restaurant 7 – Größe",
      url,
      events: ["order.created", "staff.*"] as const,
      filters: { restaurant_id: [1, 2], status: "pending" },
      active: false,
      description: "Kitchen display \u{1f35d}",
      headers: { Authorization: "Bearer token", "X-Tenant": "7" },
      throttle: { requests: 10, perSeconds: 1 },
    };
    const webhook = await sender.webhooks.create({ ...given, secret: SECRET });
    expect(webhook).toMatchObject({ ...given, secret: MASKED });
    expect(await sender.webhooks.get({ accountId: given.accountId, webhookId: webhook.id })).toEqual(webhook);
  });

  test("names what it cannot be", async () => {
    const sender = makeSender({ addressPolicy: {} });
    const error = await rejection(sender.webhooks.create({ url: "https://10.0.0.1/", events: ["*"] }));
    expect(error).toMatchObject({ code: "address_refused", field: "url", status: 400 });
  });
});

const hostile: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
  ["no URL", { url: undefined }, "url_invalid", "url"],
  ["a URL that is null", { url: null }, "url_invalid", "url"],
  ["a URL that is an object", { url: new URL(url) }, "url_invalid", "url"],
  ["an empty URL", { url: "" }, "url_invalid", "url"],
  ["a relative URL", { url: "/hook" }, "url_invalid", "url"],
  ["ftp", { url: "ftp://example.com/" }, "url_invalid", "url"],
  ["javascript", { url: "javascript:alert(1)" }, "url_invalid", "url"],
  ["credentials", { url: "https://user:pass@example.com/" }, "url_invalid", "url"],
  ["a line break in the URL", { url: "https://example.com/\nX: y" }, "url_invalid", "url"],
  ["a URL of 2,049 characters", { url: `https://example.com/${"x".repeat(2_029)}` }, "url_invalid", "url"],
  ["a private address", { url: "https://10.0.0.1/" }, "address_refused", "url"],
  ["an address in disguise", { url: "https://[::ffff:10.0.0.1]/" }, "address_refused", "url"],
  ["the metadata service", { url: "https://169.254.169.254/latest" }, "address_refused", "url"],
  ["no events", { events: undefined }, "pattern_invalid", "events"],
  ["an empty list of events", { events: [] }, "pattern_invalid", "events"],
  ["events that are no list", { events: "order.*" }, "pattern_invalid", "events"],
  ["a typing error", { events: ["order.*", "order.creatd"] }, "pattern_invalid", "events[1]"],
  ["a bare group", { events: ["order"] }, "pattern_invalid", "events[0]"],
  ["a suffix", { events: ["*.created"] }, "pattern_invalid", "events[0]"],
  ["a double asterisk", { events: ["order.**"] }, "pattern_invalid", "events[0]"],
  ["an unknown group", { events: ["table.*"] }, "pattern_invalid", "events[0]"],
  ["another case", { events: ["Order.Created"] }, "pattern_invalid", "events[0]"],
  ["an empty pattern", { events: [""] }, "pattern_invalid", "events[0]"],
  ["a pattern that is no string", { events: [7] }, "pattern_invalid", "events[0]"],
  ["what every object has", { events: ["constructor"] }, "pattern_invalid", "events[0]"],
  ["filters that are a list", { filters: [1] }, "filter_invalid", "filters"],
  ["a filter that is an object", { filters: { a: { b: 1 } } }, "filter_invalid", "filters.a"],
  ["a filter that lists nothing", { filters: { a: [] } }, "filter_invalid", "filters.a"],
  ["a filter that is not a number", { filters: { a: NaN } }, "filter_invalid", "filters.a"],
  ["a filter that is undefined", { filters: { a: undefined } }, "filter_invalid", "filters.a"],
  ["active as text", { active: "false" }, "webhook_invalid", "active"],
  ["active as null", { active: null }, "webhook_invalid", "active"],
  ["a description of 501 characters", { description: "x".repeat(501) }, "webhook_invalid", "description"],
  ["a description that is a number", { description: 5 }, "webhook_invalid", "description"],
  ["half a surrogate pair", { description: "\ud800" }, "webhook_invalid", "description"],
  ["headers that are a list", { headers: ["X"] }, "webhook_invalid", "headers"],
  ["a header with a line break", { headers: { "X-A": "1\r\nX-B: 2" } }, "webhook_invalid", "headers.X-A"],
  ["a header with a blank in its name", { headers: { "X A": "1" } }, "webhook_invalid", "headers.X A"],
  ["a header twice", { headers: { "X-A": "1", "x-a": "2" } }, "webhook_invalid", "headers.x-a"],
  ["a header that is a number", { headers: { "X-A": 1 } }, "webhook_invalid", "headers.X-A"],
  ["a throttle that is a number", { throttle: 10 }, "webhook_invalid", "throttle"],
  ["a throttle of no requests", { throttle: { requests: 0, perSeconds: 1 } }, "webhook_invalid", "throttle.requests"],
  ["a throttle without a time", { throttle: { requests: 10 } }, "webhook_invalid", "throttle.perSeconds"],
  [
    "a throttle of half a second",
    { throttle: { requests: 1, perSeconds: 0.5 } },
    "webhook_invalid",
    "throttle.perSeconds",
  ],
  ["a throttle of days", { throttle: { requests: 1, perSeconds: 86_400 } }, "webhook_invalid", "throttle.perSeconds"],
  ["a throttle as text", { throttle: { requests: "1", perSeconds: 1 } }, "webhook_invalid", "throttle.requests"],
  [
    "a typing error in a throttle",
    { throttle: { requests: 1, perSecond: 1 } },
    "webhook_invalid",
    "throttle.perSecond",
  ],
  ["a field that does not exist", { colour: "red" }, "webhook_invalid", "colour"],
  ["a field of the store", { revision: 7 }, "webhook_invalid", "revision"],
];
const reserved = ["X-AuraConnect-Signature", "x-auraconnect-anything", "Webhook-Id", "webhook-signature", "Host"];
const framing = ["Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "User-Agent", "Expect"];

describe("a field with a value it cannot have", () => {
  test.each(hostile)("%s is refused at create, and nothing is stored", async (_, fields, code, field) => {
    const sender = makeSender();
    const error = await rejection(sender.webhooks.create({ ...valid, ...fields }));
    expect({ code: error.code, field: error.field }).toEqual({ code, field });
    expect((await sender.webhooks.list()).webhooks).toEqual([]);
  });

  test.each(hostile.filter(([, fields]) => !Object.values(fields).includes(undefined)))(
    "%s is refused at update, and nothing changes",
    async (_, fields, code, field) => {
      const sender = makeSender();
      const { id: webhookId } = await sender.webhooks.create(valid);
      const before = await sender.webhooks.get({ webhookId });
      const changes = { description: "changed", ...fields } as WebhookUpdate["changes"];
      const error = await rejection(sender.webhooks.update({ webhookId, changes }));
      expect({ code: error.code, field: error.field }).toEqual({ code, field });
      expect(await sender.webhooks.get({ webhookId })).toEqual(before);
    },
  );

  test.each([...reserved, ...framing])("the header %s is the sender's own", async (name) => {
    const error = await rejection(makeSender().webhooks.create({ ...valid, headers: { [name]: "mine" } }));
    expect(error).toMatchObject({ code: "webhook_invalid", field: `headers.${name}` });
    expect(error.message).not.toContain("mine");
  });

  test.each([
    ["of 15 bytes", "x".repeat(15)],
    ["of 513 bytes", "x".repeat(513)],
    ["that is not base64 after whsec_", "whsec_this is not base64"],
    ["that is the mask", MASKED],
    ["of blanks", " ".repeat(20)],
    ["that is a number", 1_234_567_890_123_456],
    ["that is null", null],
  ])("a secret %s is refused, and not repeated", async (_, secret) => {
    const error = await rejection(makeSender().webhooks.create({ ...valid, secret: secret as string }));
    expect(error).toMatchObject({ code: "secret_invalid", field: "secret" });
    if (typeof secret === "string" && secret !== MASKED) expect(error.message).not.toContain(secret);
  });

  test.each([[undefined], [null], ["a text"], [[]], [7]])(
    "an input that is no webhook at all (%s) is refused",
    async (input) => {
      const error = await rejection(makeSender().webhooks.create(input as never));
      expect(error.code).toMatch(/^(webhook|url)_invalid$/);
    },
  );

  test.each([[undefined], [null], ["a text"], [[]], [7]])(
    "changes that are none at all (%s) are refused",
    async (changes) => {
      const sender = makeSender();
      const { id: webhookId } = await sender.webhooks.create(valid);
      expect(await rejection(sender.webhooks.update({ webhookId, changes: changes as never }))).toMatchObject({
        code: "webhook_invalid",
        field: "changes",
      });
    },
  );

  test("`__proto__` is a field that does not exist, a filter and a header like any other", async () => {
    const sender = makeSender();
    const polluting = JSON.parse(`{"url":"${url}","events":["*"],"__proto__":{"active":false}}`) as NewWebhook;
    expect(await rejection(sender.webhooks.create(polluting))).toMatchObject({
      code: "webhook_invalid",
      field: "__proto__",
    });
    const filters = JSON.parse(`{"__proto__":1}`) as Record<string, number>;
    const webhook = await sender.webhooks.create({ ...valid, filters });
    const { unmatched } = await sender.publish("order.created", sample("order.created"));
    expect(unmatched).toEqual([{ webhookId: webhook.id, reason: "attribute_missing", key: "__proto__" }]);
  });
});

describe("get, update, delete, rotate, confirm and logs", () => {
  test.each([["of another account"], ["that does not exist"], ["that is no id"]])(
    "do not know a webhook %s",
    async (which) => {
      const sender = makeSender();
      const { id } = await sender.webhooks.create({ ...valid, accountId: "a" });
      const webhookId = { "of another account": id, "that does not exist": "webhook_x" }[which] ?? (7 as never);
      const key = { accountId: "b", webhookId };
      const { webhooks } = sender;
      for (const call of [
        webhooks.get(key),
        webhooks.update({ ...key, changes: { active: false } }),
        webhooks.delete(key),
        webhooks.rotateSecret(key),
        webhooks.confirmSecret(key),
        webhooks.logs(key),
      ]) {
        expect(await rejection(call)).toMatchObject({ code: "webhook_not_found", status: 404 });
      }
      expect(await webhooks.get({ accountId: "a", webhookId: id })).toMatchObject({ active: true, revision: 1 });
    },
  );
});

describe("update", () => {
  test("changes the given fields only, all of them, and counts", async () => {
    const clock = simulatedClock();
    const sender = makeSender({ clock });
    const { id: webhookId } = await sender.webhooks.create({ ...valid, description: "kept", filters: { a: 1 } });
    const before = await sender.webhooks.get({ webhookId });
    await clock.advance(1_000);
    const changes = { url: `${url}/2`, events: ["*"] as const };
    const after = await sender.webhooks.update({ webhookId, changes });
    expect(after).toEqual({ ...before, ...changes, updatedAt: "2026-01-01T00:00:01.000Z", revision: 2 });
    expect(await sender.webhooks.get({ webhookId })).toEqual(after);
  });

  test("takes null as nothing where there can be nothing, and undefined as not given", async () => {
    const sender = makeSender();
    const { id: webhookId } = await sender.webhooks.create({ ...valid, description: "d", filters: { a: 1 } });
    const untouched = Object.fromEntries(
      ["url", "events", "filters", "active", "description", "headers"].map((name) => [name, undefined]),
    ) as WebhookUpdate["changes"];
    expect(await sender.webhooks.update({ webhookId, changes: untouched })).toMatchObject({
      description: "d",
      filters: { a: 1 },
      url,
    });
    const changes = { description: null, filters: null };
    expect(await sender.webhooks.update({ webhookId, changes })).toMatchObject(changes);
  });

  test("cannot change the secret and says what can", async () => {
    const sender = makeSender();
    const { id: webhookId } = await sender.webhooks.create(valid);
    const changes = { secret: "another-secret-of-mine" } as WebhookUpdate["changes"];
    const error = await rejection(sender.webhooks.update({ webhookId, changes }));
    expect(error.code).toBe("secret_invalid");
    expect(error.message).toContain("rotateSecret");
    expect(error.message).not.toContain("another-secret");
  });

  test("of a revision that has passed is refused", async () => {
    const sender = makeSender();
    const { id: webhookId, revision } = await sender.webhooks.create(valid);
    await sender.webhooks.update({ webhookId, revision, changes: { description: "first" } });
    const error = await rejection(sender.webhooks.update({ webhookId, revision, changes: { description: "second" } }));
    expect(error).toMatchObject({ code: "webhook_stale", status: 412 });
    expect(await sender.webhooks.get({ webhookId })).toMatchObject({ description: "first", revision: 2 });
  });

  test("from many places at once takes effect each, and of one revision once", async () => {
    const path = databaseFile();
    const senders = [0, 1].map(() => makeSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS }));
    const { id: webhookId } = await senders[0]!.webhooks.create(valid);
    await Promise.all([
      senders[0]!.webhooks.update({ webhookId, changes: { description: "both" } }),
      senders[1]!.webhooks.update({ webhookId, changes: { url: `${url}/both` } }),
      senders[0]!.webhooks.update({ webhookId, changes: { events: ["*"] } }),
      senders[1]!.webhooks.rotateSecret({ webhookId }),
    ]);
    const webhook = await senders[0]!.webhooks.get({ webhookId });
    expect(webhook).toMatchObject({ description: "both", url: `${url}/both`, events: ["*"], revision: 5 });
    const results = await Promise.allSettled(
      senders.map((sender, index) =>
        sender.webhooks.update({ webhookId, revision: 5, changes: { description: `${index}` } }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("the limit of webhooks", () => {
  test("is 100 per account; deleting one makes room", async () => {
    const sender = makeSender();
    const made = await Promise.all(Array.from({ length: 100 }, () => sender.webhooks.create(valid)));
    const error = await rejection(sender.webhooks.create(valid));
    expect(error).toMatchObject({ code: "webhook_limit_reached", status: 409 });
    expect(error.message).toContain("100");
    await sender.webhooks.create({ ...valid, accountId: "another" });
    await sender.webhooks.delete({ webhookId: made[0]!.id });
    await sender.webhooks.create(valid);
  });

  test("holds when two processes register at the same moment", async () => {
    const path = databaseFile();
    const senders = [0, 1].map(() =>
      makeSender({ store: sqliteStore({ path }), secretKeys: SECRET_KEYS, maxWebhooks: 5 }),
    );
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => senders[index % 2]!.webhooks.create(valid)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect((await senders[0]!.webhooks.list()).webhooks).toHaveLength(5);
  });
});

describe("list", () => {
  test("answers pages in the order of registration, even while webhooks come and go", async () => {
    const clock = simulatedClock();
    const sender = makeSender({ clock });
    const ids: string[] = [];
    for (let count = 0; count < 7; count++) {
      ids.push((await sender.webhooks.create(valid)).id);
      await clock.advance(1);
    }
    const first = await sender.webhooks.list({ limit: 3 });
    expect(first.webhooks.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    // What the cursor names is gone, and something new was registered.
    await sender.webhooks.delete({ webhookId: ids[2]! });
    const added = await sender.webhooks.create(valid);
    const second = await sender.webhooks.list({ limit: 3, cursor: first.nextCursor! });
    expect(second.webhooks.map(({ id }) => id)).toEqual(ids.slice(3, 6));
    const third = await sender.webhooks.list({ limit: 3, cursor: second.nextCursor! });
    expect(third.webhooks.map(({ id }) => id)).toEqual([ids[6], added.id]);
    expect(third.nextCursor).toBeNull();
  });

  test("ends without a cursor when the last page is full", async () => {
    const sender = makeSender();
    for (let count = 0; count < 4; count++) await sender.webhooks.create(valid);
    const { nextCursor } = await sender.webhooks.list({ limit: 2 });
    expect((await sender.webhooks.list({ limit: 2, cursor: nextCursor! })).nextCursor).toBeNull();
    expect(await sender.webhooks.list({ accountId: "nobody" })).toEqual({ webhooks: [], nextCursor: null });
  });

  test.each([
    [{ limit: 0 }, "option_invalid"],
    [{ limit: 201 }, "option_invalid"],
    [{ limit: 1.5 }, "option_invalid"],
    [{ limit: "5" as never }, "option_invalid"],
    [{ cursor: "" }, "cursor_invalid"],
    [{ cursor: "webhook_x" }, "cursor_invalid"],
    [{ cursor: "1.webhook_x'; drop table" }, "cursor_invalid"],
    [{ accountId: "" }, "account_id_invalid"],
  ])("refuses %o", async (query, code) => {
    expect((await rejection(makeSender().webhooks.list(query))).code).toBe(code);
  });
});

describe("the log", () => {
  test("is paged newest first, and filtered by status, type, event and time", async () => {
    const { url: answering } = await endpoint(({ headers }) =>
      headers["x-auraconnect-event"] === "order.created" ? 200 : 500,
    );
    const clock = simulatedClock();
    const sender = await startSender({ clock, retrySchedule: [] });
    const { id: webhookId } = await sender.webhooks.create({ url: answering, events: ["*"] });
    const ids: string[] = [];
    const ended = new Set<string>();
    for (const name of ["delivery.succeeded", "delivery.failed"] as const) {
      sender.on(name, ({ delivery }) => {
        ended.add(delivery.eventId);
      });
    }
    for (let count = 0; count < 6; count++) {
      const type = count % 2 === 0 ? "order.created" : "order.updated";
      ids.unshift((await sender.publish(type, sample(type))).event.id);
      await clock.advance(1_000);
    }
    const eventIds = async (query: object) =>
      (await sender.webhooks.logs({ webhookId, ...query })).logs.map((row) => row.eventId);
    while (ended.size < 6) await new Promise((resolve) => setTimeout(resolve, 2));

    const first = await sender.webhooks.logs({ webhookId, limit: 4 });
    expect(first.logs.map(({ eventId }) => eventId)).toEqual(ids.slice(0, 4));
    expect(await eventIds({ limit: 4, cursor: first.nextCursor! })).toEqual(ids.slice(4));
    expect(await eventIds({ status: "success" })).toEqual([ids[1], ids[3], ids[5]]);
    expect(await eventIds({ status: "failed", eventType: "order.updated" })).toEqual([ids[0], ids[2], ids[4]]);
    expect(await eventIds({ eventId: ids[3] })).toEqual([ids[3]]);
    expect(await eventIds({ since: "2026-01-01T00:00:02Z", until: new Date("2026-01-01T00:00:04Z") })).toEqual([
      ids[2],
      ids[3],
    ]);
    expect(first.logs[0]).toEqual({
      deliveryId: expect.stringMatching(/^dlv_/) as string,
      webhookId,
      eventId: ids[0],
      eventType: "order.updated",
      status: "failed",
      attempts: 1,
      responseCode: 500,
      responseTimeMs: expect.any(Number) as number,
      timestamp: "2026-01-01T00:00:05.000Z",
      nextAttemptAt: null,
      error: expect.stringContaining("500") as string,
      debug: null,
      resends: 0,
      test: false,
    });
  });

  test("has nothing of a delivery's attempt before there was one", async () => {
    const clock = simulatedClock();
    const sender = makeSender({ clock });
    const { id: webhookId } = await sender.webhooks.create(valid);
    await sender.publish("order.created", sample("order.created"));
    expect((await sender.webhooks.logs({ webhookId })).logs).toMatchObject([
      { status: "pending", attempts: 0, responseCode: null, responseTimeMs: null, error: null },
    ]);
  });

  test.each([
    [{ status: "done" as never }, "option_invalid"],
    [{ since: "yesterday" }, "option_invalid"],
    [{ until: new Date(NaN) }, "option_invalid"],
    [{ since: 5 as never }, "option_invalid"],
    [{ limit: 201 }, "option_invalid"],
    [{ cursor: "x" }, "cursor_invalid"],
    [{ cursor: "dlv_doesnotexist" }, "cursor_invalid"],
  ])("refuses %o", async (query, code) => {
    const sender = makeSender({ store: memoryStore() });
    const { id: webhookId } = await sender.webhooks.create(valid);
    expect((await rejection(sender.webhooks.logs({ webhookId, ...query }))).code).toBe(code);
    expect((await rejection(sender.deliveries.list(query))).code).toBe(code);
  });
});
