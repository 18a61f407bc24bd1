import { describe, expect, test, vi } from "vitest";
import { createReceiver, defineEvents, type ReceiverRequest } from "@auraconnect/webhooks/receiver";
import { sign } from "@auraconnect/webhooks/signature";
import { z } from "zod";
import { signedRequest, type SignedRequest } from "../../src/testing/signed-request.js";
import { recordingLogger } from "./recording-logger.js";

const secret = "your-webhook-secret";
const created = () => signedRequest({ type: "order.created", secret });

/** As a host would give it. */
function asRequest({ method, headers, body }: SignedRequest, changes: Partial<ReceiverRequest> = {}): ReceiverRequest {
  return { method, header: headers, body, ...changes };
}

/** A signed request around any body. */
function signedBody(body: string | Uint8Array, headers: Record<string, string> = {}): ReceiverRequest {
  return { method: "POST", header: { "X-AuraConnect-Signature": sign(body, secret), ...headers }, body };
}

const envelope = { id: "evt_1", type: "order.shipped", created: "2025-08-08T10:00:00Z", data: { object: {} } };

describe("receive", () => {
  const request = created();
  const tampered = { ...request, body: request.body.replace("ORD-2025-001", "ORD-2025-002") };
  const { "X-AuraConnect-Signature": _, "webhook-signature": __, ...unsigned } = request.headers;

  const cases: [why: string, request: ReceiverRequest, status: number, code: string][] = [
    ["a GET", asRequest(request, { method: "GET" }), 405, "method_not_allowed"],
    [
      "a form",
      signedBody("{}", { "content-type": "application/x-www-form-urlencoded" }),
      415,
      "unsupported_media_type",
    ],
    [
      "a type that only mentions JSON",
      signedBody("{}", { "content-type": "text/json" }),
      415,
      "unsupported_media_type",
    ],
    ["a tampered body", asRequest(tampered), 401, "signature_invalid"],
    ["no signature", asRequest({ ...request, headers: unsigned }), 401, "signature_missing"],
    ["an empty body", asRequest(request, { body: "" }), 401, "signature_invalid"],
    ["a body over the limit", signedBody("x".repeat(262_145)), 413, "payload_too_large"],
    ["a declared length over the limit", signedBody("{}", { "content-length": "262145" }), 413, "payload_too_large"],
    ["no JSON", signedBody("order.created"), 400, "event_malformed"],
    ["no UTF-8", signedBody(Uint8Array.of(0x22, 0xff, 0x22)), 400, "event_malformed"],
    ["a list", signedBody("[]"), 400, "event_malformed"],
    ["no id", signedBody(JSON.stringify({ ...envelope, id: undefined })), 400, "event_malformed"],
    [
      "another type in a header",
      signedBody(JSON.stringify(envelope), { "X-AuraConnect-Event": "order.created" }),
      400,
      "event_malformed",
    ],
    [
      "another id in a header",
      signedBody(JSON.stringify(envelope), { "x-auraconnect-event-id": "evt_2" }),
      400,
      "event_malformed",
    ],
    ["another webhook-id", signedBody(JSON.stringify(envelope), { "webhook-id": "evt_2" }), 400, "event_malformed"],
    [
      "two ids in a header",
      {
        ...signedBody(JSON.stringify(envelope)),
        header: {
          "X-AuraConnect-Signature": sign(JSON.stringify(envelope), secret),
          "X-AuraConnect-Event-Id": ["evt_1", "evt_1"],
        },
      },
      400,
      "event_malformed",
    ],
    [
      "a payload that breaks its schema",
      signedBody(JSON.stringify({ ...envelope, type: "order.created" })),
      400,
      "event_invalid",
    ],
  ];

  test.each(cases)("refuses %s and tells no more than a code", async (_, refused, status, code) => {
    const handler = vi.fn();
    const reply = await createReceiver({ secret }).on("*", handler).receive(refused);
    expect(reply.status).toBe(status);
    expect(reply.body).toBe(JSON.stringify({ error: code }));
    expect(reply.headers["Content-Type"]).toBe("application/json");
    expect(handler).not.toHaveBeenCalled();
  });

  test("names POST where another method came", async () => {
    const reply = await createReceiver({ secret }).receive(asRequest(created(), { method: "PUT" }));
    expect(reply.headers).toMatchObject({ Allow: "POST" });
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/cloudevents+json",
    "",
  ])("takes %j for JSON", async (type) => {
    const reply = await createReceiver({ secret }).receive(
      signedBody(JSON.stringify(envelope), { "content-type": type }),
    );
    expect(reply.status).toBe(200);
  });

  test("takes a body of exactly the limit", async () => {
    const shell = JSON.stringify({ ...envelope, pad: "" });
    const body = JSON.stringify({ ...envelope, pad: "x".repeat(262_144 - shell.length) });
    expect(Buffer.byteLength(body)).toBe(262_144);
    expect((await createReceiver({ secret }).receive(signedBody(body))).status).toBe(200);
  });

  test("acknowledges an event that nobody handles", async () => {
    expect((await createReceiver({ secret }).receive(asRequest(created()))).status).toBe(200);
  });

  test("does not read the body of a request that is refused by its headers", async () => {
    const body = vi.fn(() => "");
    const receiver = createReceiver({ secret });
    await receiver.receive(asRequest(created(), { method: "GET", body }));
    await receiver.receive({ ...signedBody("{}", { "Content-Length": "999999" }), body });
    expect(body).not.toHaveBeenCalled();
  });

  test("tells a reading body the limit, and answers 400 when reading fails", async () => {
    const body = vi.fn(() => Promise.reject(new Error("the client went away")));
    const reply = await createReceiver({ secret, maxBodyBytes: 1_000 }).receive(asRequest(created(), { body }));
    expect(body).toHaveBeenCalledExactlyOnceWith(1_000, expect.any(AbortSignal));
    expect(reply).toMatchObject({ status: 400, body: '{"error":"body_incomplete"}' });
  });

  test.each([
    ["an object", { id: "evt_1" }],
    ["a list", [1]],
    ["nothing", undefined],
    ["null", null],
    ["a number", 5],
  ])("rejects with the mend when the body is %s", async (_, body) => {
    const onError = vi.fn();
    const receiver = createReceiver({ secret, onError });
    const answer = receiver.receive(asRequest(created(), { body: body as never }));
    await expect(answer).rejects.toThrow(/parsed or read before it was verified. Give the receiver the raw body/);
    await expect(answer).rejects.toMatchObject({ code: "body_already_parsed", status: 500 });
    expect(onError).toHaveBeenCalledOnce();
  });

  test("takes bytes in every form they have", async () => {
    const { headers, body } = created();
    const padded = Buffer.from(`..${body}..`);
    const view = new DataView(padded.buffer, padded.byteOffset + 2, padded.length - 4);
    for (const bytes of [
      Buffer.from(body),
      new TextEncoder().encode(body),
      new TextEncoder().encode(body).buffer,
      view,
    ]) {
      const reply = await createReceiver({ secret }).receive({
        method: "POST",
        header: headers,
        body: bytes as Uint8Array,
      });
      expect(reply.status).toBe(200);
    }
  });

  test("finds headers in a record of any case, in Headers, in lists of one, and through a function", async () => {
    const { headers, body } = created();
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const asked = (name: string) => headers[name];
    for (const header of [lower, upper, lists, new Headers(headers), asked, new Map(Object.entries(lower))]) {
      const { status } = await createReceiver({ secret }).receive({ method: "POST", header: header, body });
      expect(status).toBe(200);
    }
  });

  test("hands over what the schema does not name, in the order in which it was sent", async () => {
    const handler = vi.fn();
    const body = JSON.stringify({
      extra: 1,
      ...envelope,
      type: "table.reserved",
      data: { object: { note: "x", seats: 2 }, more: [] },
    });
    const events = defineEvents({ "table.reserved": z.object({ seats: z.number().default(1) }) });
    await createReceiver({ secret, events })
      .on("table.reserved", (event) => handler(JSON.stringify(event)))
      .receive(signedBody(body));
    expect(handler).toHaveBeenCalledWith(body);
  });

  test("logs a refusal with its mend, and never a secret or a body", async () => {
    const { logger, lines } = recordingLogger();
    await createReceiver({ secret, logger }).receive(asRequest(tampered));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: "warn", details: { code: "signature_invalid" } });
    expect(lines[0]?.message).toContain(
      "The bytes must be those that were sent (was the body parsed and serialised again?)",
    );
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(JSON.stringify(lines)).not.toContain("ORD-2025");
  });

  test.each([
    [{ "content-type": ["application/json", "text/plain"] }, "this request says more than one value."],
    [{ "X-AuraConnect-Event": ["order.shipped", "order.shipped"] }, "it says more than one value,"],
  ])("logs that a header is there twice: %j", async (twice, message) => {
    const { logger, lines } = recordingLogger();
    const { header, ...request } = signedBody(JSON.stringify(envelope));
    await createReceiver({ secret, logger }).receive({ ...request, header: { ...(header as object), ...twice } });
    expect(lines[0]?.message).toContain(message);
  });

  test("answers as it would when the logger and onError throw or reject", async () => {
    const boom = () => {
      throw new Error("no disk");
    };
    const logger = { debug: boom, info: boom, warn: boom, error: boom };
    const receiver = createReceiver({ secret, logger, onError: () => Promise.reject(new Error("no network")) });
    receiver.on("order.created", boom);
    expect((await receiver.receive(asRequest(created()))).body).toBe('{"error":"handler_failed"}');
    expect((await receiver.receive(asRequest(tampered))).body).toBe('{"error":"signature_invalid"}');
  });
});
