import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { operationOf } from "../../src/management/operations.js";
import { ROUTES, type OperationName } from "../../src/management/routes.js";
import { apiCaller } from "../support/api-caller.js";
import { createManagementApi } from "@auraconnect/webhooks/management";
import type { SenderEventName } from "@auraconnect/webhooks/sender";
import { endpoint, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

const EVENTS: readonly SenderEventName[] = [
  ...([
    "delivery.succeeded",
    "delivery.retrying",
    "delivery.failed",
    "delivery.expired",
    "delivery.cancelled",
  ] as const),
  ...(["webhook.disabled", "rate.deferred", "subscription.attribute_missing", "error"] as const),
];

test.each(stores)(
  "a secret is in no answer but the one that made it, no log, event, error or debug record, on $name",
  async ({ make }) => {
    const given = 'a given secret/that is "long"';
    const spilled: string[] = [];
    const write = (details: object, message: string): void => {
      spilled.push(`${message} ${JSON.stringify(details)} ${String((details as { err?: Error }).err?.stack)}`);
    };
    const logger = { debug: write, info: write, warn: write, error: write };
    // An endpoint that sends back all it gets, and every secret of the webhook that it was called for.
    const known: string[] = [];
    const secretsOf = new Map<string, string[]>();
    const learn = (webhookId: string, secret: string): void => {
      known.push(secret);
      secretsOf.set(webhookId, [...(secretsOf.get(webhookId) ?? []), secret]);
    };
    const knownTo = (headers: IncomingHttpHeaders) => secretsOf.get(String(headers["x-auraconnect-webhook-id"])) ?? [];
    const { url } = await endpoint((request, number) => ({
      status: number % 2 === 0 ? 200 : 500,
      headers: { "x-secrets": knownTo(request.headers).map(encodeURIComponent).join(" ") },
      body: JSON.stringify({ known: knownTo(request.headers), ...request.headers }),
    }));
    const sender = await startSender({ ...make(), logger, retrySchedule: [1] });
    for (const name of EVENTS) sender.on(name, (event) => void spilled.push(JSON.stringify(event)));
    const api = createManagementApi({ sender, authenticate: () => ({ accountId: "account-1" }), logger });
    const { call } = await apiCaller(api);

    const fresh = async (name: OperationName, parameters: Record<string, string>, body: object): Promise<string> => {
      const answer = await call(name, parameters, { body, headers: { "Idempotency-Key": `key of ${name}` } });
      const { id, secret } = answer.body as unknown as { id: string; secret: string };
      expect(secret).toMatch(/^whsec_/);
      learn(id, secret);
      spilled.push(answer.text.replace(secret, ""));
      spilled.push((await call(name, parameters, { body, headers: { "Idempotency-Key": `key of ${name}` } })).text);
      return secret;
    };
    const input = { url, events: ["*"], debug_mode: true, headers: { "X-Token": "token-of-the-consumer" } };
    await fresh("webhooks.create", {}, input);
    const made = await call("webhooks.create", {}, { body: { ...input, secret: given } });
    spilled.push(made.text);
    learn(String(made.body["id"]), given);
    const key = { webhook_id: String(made.body["id"]), event_id: "evt_1", recovery_id: "none" };
    await sender.publish("order.created", sample("order.created"), { accountId: "account-1", id: "evt_1" });
    await expect
      .poll(async () => (await sender.webhooks.stats({ accountId: "account-1", webhookId: key.webhook_id })).attempts)
      .toBeGreaterThan(0);
    await fresh("webhooks.rotateSecret", key, {});
    const bodies: Partial<Record<OperationName, unknown>> = {
      "webhooks.create": { ...input, secret: `${given}\ud800` },
      "webhooks.test": { webhook_id: key.webhook_id, event_type: "order.created" },
      "webhooks.update": { secret: given },
      "webhooks.rotateSecret": { secret: given, overlap_seconds: -1 },
      "webhooks.recover": { since: given },
    };
    const order = (Object.keys(ROUTES) as OperationName[]).filter((name) => name !== "webhooks.delete");
    for (const name of [...order, ...order, "webhooks.delete"] as const) {
      const operation = operationOf(name);
      const answer = await call(name, key, operation.bodySchema === null ? {} : { body: bodies[name] });
      spilled.push(answer.text, JSON.stringify([...answer.headers]));
    }
    await sender.stop();
    const all = spilled.join("\n");
    expect(all.length).toBeGreaterThan(10_000);
    expect(known).toHaveLength(3);
    for (const secret of known) {
      for (const form of [
        secret,
        secret.replace("whsec_", ""),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
      ]) {
        expect(
          all.includes(form),
          `a secret was spilled: ${all.slice(Math.max(0, all.indexOf(form) - 200), all.indexOf(form))}`,
        ).toBe(false);
      }
    }
  },
);
