import { describe, expect, test } from "vitest";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { verify, verifyStandard } from "@auraconnect/webhooks/signature";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import type { SeenRequest } from "../support/endpoint.js";
import { rejection } from "../support/rejection.js";
import { endpoint, makeSender, sample, SECRET, startSender } from "../support/sender-scene.js";

const order = sample("order.created");
const HOUR = 3_600_000;
const FIRST = "the-first-secret-of-it";
const SECOND = `whsec_${Buffer.alloc(24, 2).toString("base64")}`;
const THIRD = "the-third-secret-of-it";
const ALL = [FIRST, SECOND, THIRD];

/** Which of the secrets a request is signed with, under each scheme. */
function signedWith({ body, headers }: SeenRequest) {
  const message = { id: String(headers["webhook-id"]), timestamp: String(headers["webhook-timestamp"]), body };
  const signatures = String(headers["webhook-signature"]).split(" ");
  return {
    auraconnect: ALL.filter((secret) => verify(body, headers["x-auraconnect-signature"], secret)),
    standard: signatures.map((signature) => ALL.find((secret) => verifyStandard(message, signature, secret))),
  };
}

/** A webhook with the first secret, and a way to see what its next request is signed with. */
async function scene() {
  const clock = simulatedClock();
  const { url, requests, seen } = await endpoint();
  const sender = await startSender({ clock });
  const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret: FIRST });
  const next = async () => {
    await sender.publish("order.created", order);
    return signedWith((await seen(requests.length + 1)).at(-1)!);
  };
  return { clock, sender, webhookId, next };
}

describe("a rotation", () => {
  test("signs with both secrets for 24 h, the single-valued header with the one before, then with the new one only", async () => {
    const { clock, sender, webhookId, next } = await scene();
    expect(await next()).toEqual({ auraconnect: [FIRST], standard: [FIRST] });
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND });
    expect(await next()).toEqual({ auraconnect: [FIRST], standard: [SECOND, FIRST] });
    await sender.stop();
    await clock.advance(24 * HOUR - 1);
    await sender.start();
    expect(await next()).toEqual({ auraconnect: [FIRST], standard: [SECOND, FIRST] });
    await clock.advance(1);
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
  });

  test("that is confirmed signs the single-valued header with the new secret, and goes on with both in the other", async () => {
    const { clock, sender, webhookId, next } = await scene();
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND, overlapMs: 60_000 });
    await sender.webhooks.confirmSecret({ webhookId });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND, FIRST] });
    await sender.webhooks.confirmSecret({ webhookId });
    await clock.advance(60_000);
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
  });

  test("without overlap drops the secret before at once", async () => {
    const { sender, webhookId, next } = await scene();
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND, overlapMs: 0 });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
    await sender.webhooks.confirmSecret({ webhookId });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
  });

  test("during an overlap drops the oldest", async () => {
    const { sender, webhookId, next } = await scene();
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND });
    await sender.webhooks.rotateSecret({ webhookId, secret: THIRD });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [THIRD, SECOND] });
  });

  test("to the secret that it has changes nothing, so that it can be repeated, and without overlap ends one", async () => {
    const { sender, webhookId, next } = await scene();
    const once = await sender.webhooks.rotateSecret({ webhookId, secret: SECOND });
    expect(await sender.webhooks.rotateSecret({ webhookId, secret: SECOND })).toEqual(once);
    expect(await next()).toEqual({ auraconnect: [FIRST], standard: [SECOND, FIRST] });
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND, overlapMs: 0 });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
    const { revision } = await sender.webhooks.get({ webhookId });
    expect((await sender.webhooks.rotateSecret({ webhookId, secret: SECOND, overlapMs: 0 })).revision).toBe(revision);
  });

  test("of one that was confirmed must be confirmed anew", async () => {
    const { sender, webhookId, next } = await scene();
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND });
    await sender.webhooks.confirmSecret({ webhookId });
    await sender.webhooks.rotateSecret({ webhookId, secret: THIRD });
    expect(await next()).toEqual({ auraconnect: [SECOND], standard: [THIRD, SECOND] });
  });

  test("lasts as long as the sender's option says", async () => {
    const clock = simulatedClock();
    const { url, seen } = await endpoint();
    const sender = await startSender({ clock, rotationOverlapMs: 1_000 });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret: FIRST });
    await sender.webhooks.rotateSecret({ webhookId, secret: SECOND });
    await clock.advance(1_000);
    await sender.publish("order.created", order);
    expect(signedWith((await seen(1))[0]!)).toEqual({ auraconnect: [SECOND], standard: [SECOND] });
  });

  test("generates a secret where none is given, and shows it in that answer only", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    const rotated = await sender.webhooks.rotateSecret({ webhookId });
    expect(rotated.secret).toMatch(/^whsec_/);
    expect((await sender.webhooks.get({ webhookId })).secret).toBe("webhook_secret_***");
    expect((await sender.webhooks.confirmSecret({ webhookId })).secret).toBe("webhook_secret_***");
    await sender.publish("order.created", order);
    const [request] = await seen(1);
    expect(verify(request!.body, request!.headers["x-auraconnect-signature"], rotated.secret)).toBe(true);
    new StandardWebhook(rotated.secret).verify(request!.body, request!.headers as Record<string, string>);
  });

  test("shows no secret that the caller gave", async () => {
    const { sender, webhookId } = await scene();
    expect((await sender.webhooks.rotateSecret({ webhookId, secret: SECOND })).secret).toBe("webhook_secret_***");
  });

  test.each([
    [{ secret: "short" }, "secret_invalid"],
    [{ secret: "whsec_!!!!!!!!!!!!!!!!!!!!" }, "secret_invalid"],
    [{ secret: null as never }, "secret_invalid"],
    [{ overlapMs: -1 }, "option_invalid"],
    [{ overlapMs: 31 * 24 * HOUR }, "option_invalid"],
    [{ overlapMs: NaN }, "option_invalid"],
  ])("with %o is refused and changes nothing", async (rotation, code) => {
    const { sender, webhookId, next } = await scene();
    expect((await rejection(sender.webhooks.rotateSecret({ webhookId, ...rotation }))).code).toBe(code);
    expect(await next()).toEqual({ auraconnect: [FIRST], standard: [FIRST] });
  });
});

describe("a secret", () => {
  test.each([
    ["16 bytes", "x".repeat(16)],
    ["512 bytes", "é".repeat(256)],
    ["any characters", "pass\u0000word \u{1f511} with all"],
    ["base64 that the specification decodes", SECOND],
  ])("of %s signs as it is", async (_, secret) => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"], secret });
    await sender.publish("order.created", order);
    const [{ body, headers }] = (await seen(1)) as [SeenRequest];
    expect(verify(body, headers["x-auraconnect-signature"], secret)).toBe(true);
    const message = { id: String(headers["webhook-id"]), timestamp: String(headers["webhook-timestamp"]), body };
    expect(verifyStandard(message, headers["webhook-signature"], secret)).toBe(true);
  });

  test("stands in no answer, event, log line or error, whatever is done with its webhook", async () => {
    const lines: unknown[] = [];
    const write = (...line: unknown[]): void => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write };
    const { url } = await endpoint(() => 500);
    const sender = await startSender({ logger, retrySchedule: [1] });
    const told: unknown[] = [];
    const names = ["delivery.retrying", "delivery.failed", "delivery.cancelled", "error"] as const;
    for (const name of names) {
      sender.on(name, (event: unknown) => {
        told.push(event);
        throw new Error("a listener that throws");
      });
    }
    const answers: unknown[] = [];
    const { webhooks } = sender;
    const created = await webhooks.create({ url, events: ["*"], secret: FIRST });
    const key = { webhookId: created.id };
    answers.push(created, await sender.publish("order.created", order));
    while (!told.some((event) => JSON.stringify(event).includes("failed")))
      await new Promise((resolve) => setTimeout(resolve, 2));
    answers.push(
      await webhooks.rotateSecret({ ...key, secret: SECOND }),
      await webhooks.rotateSecret({ ...key, secret: THIRD }),
      await webhooks.confirmSecret(key),
      await webhooks.update({ ...key, changes: { description: "changed" } }),
      await webhooks.get(key),
      await webhooks.list(),
      await webhooks.logs(key),
      await sender.deliveries.list(),
      await rejection(webhooks.create({ url, events: ["*"], secret: FIRST.slice(0, 15) })),
      await rejection(webhooks.update({ ...key, changes: { secret: SECOND } as never })),
      sender,
    );
    await webhooks.delete(key);
    const everything = JSON.stringify([answers, told, lines], (_, value: unknown) =>
      value instanceof Error ? Object.assign({}, value, { message: value.message, stack: value.stack }) : value,
    );
    expect(told.length).toBeGreaterThan(1);
    expect(lines.length).toBeGreaterThan(1);
    for (const secret of [...ALL, ...ALL.map((secret) => Buffer.from(secret).toString("base64"))]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(secret.slice(0, 15));
    }
  });
});

describe("makeSender", () => {
  test("needs no keys on a store that does not outlive the process", async () => {
    await makeSender().webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
  });
});
