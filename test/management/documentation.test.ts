import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createClient, type Client } from "@auraconnect/webhooks/client";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { createSender, type Transport, type TransportRequest } from "@auraconnect/webhooks/sender";
import { sendOver } from "../hosts/http-client.js";
import { heard, sample, makeSender } from "../support/sender-scene.js";
import { managementApi, managementHosts, PREFIX } from "../support/management-scene.js";
import { OpenApiChecker, type OpenApi } from "../support/openapi-checker.js";
import { stores } from "../support/stores.js";

const read = (name: string): string =>
  readFileSync(new URL(`../fixtures/documentation/management/${name}`, import.meta.url), "utf8");

/** A request of the documentation as it is printed, and the answer that is printed below it, if any. */
function documented(name: string) {
  const [request = "", answer] = read(`${name}.http`).split("\nResponse:\n");
  const [head = "", ...body] = request.trimEnd().split("\n\n");
  const [line = "", ...headers] = head.split("\n");
  const [method = "", path = ""] = line.split(" ");
  return {
    method,
    path,
    headers: Object.fromEntries(headers.map((header) => header.split(": ", 2))) as Record<string, string>,
    body: body.join("\n\n"),
    answer: answer === undefined ? null : (JSON.parse(answer) as Record<string, unknown>),
  };
}

/** Sends a documented request literally, with nothing put in but the token and the ids that the server made. */
async function send(origin: string, name: string, webhookId: string) {
  const { method, path, headers, body } = documented(name);
  const put = (text: string): string =>
    text.replaceAll("{access_token}", "token-of-one").replaceAll(/\{webhook_id\}|webhook_123/g, webhookId);
  const sent = Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, put(value)]));
  const length = body === "" ? {} : { "Content-Length": String(Buffer.byteLength(put(body))) };
  const { port } = new URL(origin);
  const request = { method, headers: { ...sent, ...length }, body: put(body) };
  return sendOver(Number(port), request, put(path));
}

/** An endpoint that answers as the documentation's log says, and remembers what it was sent. */
function endpoint(): { transport: Transport; requests: TransportRequest[] } {
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    send(request) {
      requests.push(request);
      return Promise.resolve({
        kind: "response",
        status: 200,
        headers: {},
        body: '{"received":true}',
        durationMs: 150,
      });
    },
    close: () => Promise.resolve(),
  };
  return { transport, requests };
}

const [nodeHttp] = managementHosts.filter(({ name }) => name === "node:http");

describe.each([
  ...managementHosts.map(({ name, serve }) => ({ name, serve, make: () => ({ store: memoryStore() }) })),
  ...stores.map(({ name, make }) => ({ name: `node:http on ${name}`, serve: nodeHttp!.serve, make })),
])("the documentation's requests, through $name", ({ serve, make }) => {
  test("are answered as it says", async () => {
    const { transport, requests } = endpoint();
    const sender = makeSender({ ...make(), transport, addressPolicy: {} });
    await sender.start();
    const api = managementApi(sender);
    const origin = await serve(api);
    const checker = new OpenApiChecker(api.openApi(PREFIX) as OpenApi);
    let webhookId = "";
    const walk = async (name: string, status: number): Promise<Record<string, unknown>> => {
      const { method, path } = documented(name);
      const answer = await send(origin, name, webhookId);
      expect(answer.status, answer.body).toBe(status);
      const documentedPath = path.replace("/api/v1", "");
      checker.check(method, documentedPath, { ...answer, contentType: answer.headers["content-type"] ?? null });
      return answer.body === "" ? {} : (JSON.parse(answer.body) as Record<string, unknown>);
    };

    const registered = await walk("register-webhook", 201);
    const { id, created_at: createdAt, ...printed } = documented("register-webhook").answer ?? {};
    expect(registered).toMatchObject(printed);
    expect([typeof registered["id"], typeof registered["created_at"]]).toEqual([typeof id, typeof createdAt]);
    webhookId = String(registered["id"]);

    expect(await walk("list-webhooks", 200)).toEqual({
      webhooks: [{ ...registered, secret: "webhook_secret_***" }],
      next_cursor: null,
    });

    const succeeded = heard(sender, "delivery.succeeded");
    await sender.publish("order.created", sample("order.created"), { accountId: "account-1", id: "evt_123" });
    await expect.poll(() => succeeded.length).toBe(1);
    const { logs } = (await walk("webhook-logs", 200)) as { logs: Record<string, unknown>[] };
    const [row] = (documented("webhook-logs").answer as { logs: Record<string, unknown>[] }).logs;
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ ...row, timestamp: expect.any(String) as string });

    const tested = await walk("test-webhook", 200);
    expect(tested).toMatchObject({
      status: "success",
      test: true,
      response_code: 200,
      response_body: '{"received":true}',
    });
    expect(requests.at(-1)?.headers).toMatchObject({ "X-AuraConnect-Event": "order.created" });

    const updated = await walk("update-webhook", 200);
    expect(updated).toMatchObject({
      ...(JSON.parse(documented("update-webhook").body) as object),
      description: "Production webhook endpoint",
    });
    expect(await walk("debug-mode", 200)).toMatchObject({ debug_mode: true, events: updated["events"] });

    await walk("delete-webhook", 204);
    expect(await walk("list-webhooks", 200)).toEqual({ webhooks: [], next_cursor: null });
    // The log of a deleted webhook stays.
    expect(((await walk("webhook-logs", 200)) as { logs: unknown[] }).logs).toHaveLength(2);
  });
});

describe.each(
  managementHosts.filter(({ name }) => ["Express 4", "Express 5", "Fastify 4", "Fastify 5"].includes(name)),
)("the same through the client and $name", ({ serve }) => {
  test("is answered alike", async () => {
    const { transport } = endpoint();
    const sender = createSender({ store: memoryStore(), transport });
    const client: Client = createClient({
      baseUrl: (await serve(managementApi(sender))) + PREFIX,
      accessToken: "token-of-one",
    });
    const bodyOf = <Body>(name: string): Body => JSON.parse(documented(name).body) as Body;
    const webhook = await client.webhooks.create(bodyOf("register-webhook"));
    const { id: _id, created_at: _createdAt, ...printed } = documented("register-webhook").answer ?? {};
    expect(webhook).toMatchObject(printed);
    const key = { webhook_id: webhook.id };
    expect((await client.webhooks.list()).webhooks).toHaveLength(1);
    const test = await client.webhooks.test({ ...bodyOf<{ event_type: string }>("test-webhook"), ...key });
    expect(test.status).toBe("success");
    expect((await client.webhooks.logs(key)).logs[0]).toMatchObject({ event_id: test.event_id });
    const changes = bodyOf<{ events: string[]; active: boolean }>("update-webhook");
    expect(await client.webhooks.update({ ...key, ...changes })).toMatchObject(changes);
    const debug = await client.webhooks.update({ ...key, ...bodyOf<{ debug_mode: true }>("debug-mode") });
    expect(debug.debug_mode).toBe(true);
    for (const name of ["all-order-events", "specific-events", "restaurant-specific"]) {
      const subscription = JSON.parse(read(`subscribe-${name}.json`)) as { events: string[] };
      expect(await client.webhooks.update({ ...key, ...subscription })).toMatchObject(subscription);
    }
    await expect(client.webhooks.delete(key)).resolves.toBeUndefined();
  });
});
