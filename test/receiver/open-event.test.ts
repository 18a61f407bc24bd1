import { describe, expect, test, vi } from "vitest";
import { createReceiver, WebhookError, type ReceiverRequest } from "@auraconnect/webhooks/receiver";
import { signedRequest, type SignedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";

const secret = "your-webhook-secret";
const created = () => signedRequest({ type: "order.created", secret });

/** As a host would give it. */
function asRequest({ method, headers, body }: SignedRequest): ReceiverRequest {
  return { method, header: headers, body };
}

describe("an event's age", () => {
  const HOUR = 3_600_000;
  const clock = simulatedClock();
  const aged = (ageMs: number) =>
    asRequest(
      signedRequest({
        type: "order.created",
        secret,
        now: clock.now(),
        created: new Date(clock.now() - ageMs).toISOString(),
      }),
    );

  test("does not matter by default", async () => {
    expect((await createReceiver({ secret, clock }).receive(aged(10_000 * HOUR))).status).toBe(200);
  });

  test("is refused beyond maxEventAgeMs, and ahead of the clock beyond the tolerance", async () => {
    const receiver = createReceiver({ secret, clock, maxEventAgeMs: HOUR });
    expect((await receiver.receive(aged(HOUR))).status).toBe(200);
    expect(await receiver.receive(aged(HOUR + 1))).toMatchObject({ status: 400, body: '{"error":"event_too_old"}' });
    expect((await receiver.receive(aged(-300_000))).status).toBe(200);
    expect((await receiver.receive(aged(-300_001))).status).toBe(400);
  });
});

describe("onInvalid", () => {
  const broken = () => asRequest(signedRequest({ type: "order.created", secret, object: { id: "one" } as never }));

  test("accepts the event as it is where told so", async () => {
    const handler = vi.fn();
    const receiver = createReceiver({ secret, onInvalid: "accept" }).on("order.created", handler);
    expect((await receiver.receive(broken())).status).toBe(200);
    expect(handler).toHaveBeenCalledWith(
      expect.objectContaining({ data: { object: { id: "one" } } }),
      expect.anything(),
    );
  });

  test("asks a function, which sees what is wrong", async () => {
    const decide = vi.fn((error: WebhookError) => (error.message.includes("order_number") ? "accept" : "refuse"));
    expect((await createReceiver({ secret, onInvalid: decide }).receive(broken())).status).toBe(200);
    expect(decide.mock.calls[0]?.[0]).toMatchObject({ code: "event_invalid" });
    const refusing = createReceiver({ secret, onInvalid: () => Promise.resolve("refuse") });
    expect((await refusing.receive(broken())).body).toBe('{"error":"event_invalid"}');
  });

  test("answers 500 when the function throws", async () => {
    const onError = vi.fn();
    const receiver = createReceiver({
      secret,
      onError,
      onInvalid: () => {
        throw new Error("no");
      },
    });
    expect((await receiver.receive(broken())).body).toBe('{"error":"receiver_failed"}');
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: "receiver_failed", cause: new Error("no") });
  });
});

describe("verify", () => {
  test("answers the event", async () => {
    const { headers, body } = created();
    const event = await createReceiver({ secret }).verify({ header: headers, body });
    expect(event).toEqual(JSON.parse(body));
  });

  test("throws what receive would have answered", async () => {
    const { headers } = created();
    const answer = createReceiver({ secret }).verify({ header: headers, body: "{}" });
    await expect(answer).rejects.toBeInstanceOf(WebhookError);
    await expect(answer).rejects.toMatchObject({
      code: "signature_invalid",
      status: 401,
      field: "X-AuraConnect-Signature",
    });
  });
});
