import { createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { createReceiver, type EventContext, type ReceiverOptions } from "@auraconnect/webhooks/receiver";
import { Webhook } from "standardwebhooks";
import { signedRequest, type SignedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";
import { recordingLogger } from "./recording-logger.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = "another secret of this webhook";
const clock = simulatedClock();

const signed = (options: Partial<Parameters<typeof signedRequest>[0]> = {}) =>
  signedRequest({ type: "order.created", secret, now: clock.now(), ...options });

function without(request: SignedRequest, ...names: string[]): SignedRequest {
  const kept = Object.entries(request.headers).filter(([name]) => !names.includes(name));
  return { ...request, headers: Object.fromEntries(kept) };
}

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

async function answer(request: SignedRequest, options: Partial<ReceiverOptions> = {}): Promise<string> {
  const receiver = createReceiver({ secret, clock, ...options });
  const reply = await receiver.receive({ method: "POST", header: request.headers, body: request.body });
  return reply.status === 200 ? "accepted" : (JSON.parse(reply.body) as { error: string }).error;
}

async function contextOf(request: SignedRequest, options: Partial<ReceiverOptions> = {}): Promise<EventContext> {
  const handler = vi.fn<(event: unknown, context: EventContext) => void>();
  const receiver = createReceiver({ secret, clock, ...options }).on("*", handler);
  await receiver.receive({ method: "POST", header: request.headers, body: request.body });
  return handler.mock.calls[0]![1];
}

const AURACONNECT = "X-AuraConnect-Signature";
const STANDARD = ["webhook-id", "webhook-timestamp", "webhook-signature"];

describe("require", () => {
  const both = signed();
  const auraconnect = without(both, ...STANDARD);
  const standard = without(both, AURACONNECT);

  test.each([
    ["any", "accepted", "accepted", "accepted"],
    ["auraconnect", "accepted", "accepted", "signature_missing"],
    ["standard", "accepted", "signature_missing", "accepted"],
    ["both", "accepted", "signature_missing", "signature_missing"],
  ] as const)("%s", async (require, withBoth, withAuraconnect, withStandard) => {
    expect(await answer(both, { require })).toBe(withBoth);
    expect(await answer(auraconnect, { require })).toBe(withAuraconnect);
    expect(await answer(standard, { require })).toBe(withStandard);
  });

  test.each(["any", "auraconnect", "standard", "both"] as const)(
    "%s: each signature that is there must hold",
    async (require) => {
      expect(await answer(withHeader(both, AURACONNECT, `sha256=${"0".repeat(64)}`), { require })).toBe(
        "signature_invalid",
      );
      expect(await answer(withHeader(both, "webhook-signature", `v1,${"A".repeat(43)}=`), { require })).toBe(
        "signature_invalid",
      );
      expect(await answer(withHeader(both, "webhook-signature", ""), { require })).toBe("signature_invalid");
    },
  );
});

describe("the Standard Webhooks signature", () => {
  test("is verified as that specification's own library makes it", async () => {
    const request = without(signed(), AURACONNECT);
    const id = request.headers["webhook-id"]!;
    const signature = new Webhook(secret).sign(id, new Date(clock.now()), request.body);
    expect(await answer(withHeader(request, "webhook-signature", signature))).toBe("accepted");
    expect(await answer(withHeader(request, "webhook-signature", `v1a,xyz ${signature}`))).toBe("accepted");
  });

  test.each(["webhook-id", "webhook-timestamp"])("is invalid without %s", async (name) => {
    expect(await answer(without(signed(), name))).toBe("signature_invalid");
  });

  test.each(["", "now", "1e9", "-5", " 1770091506", "1770091506.5", "9".repeat(30)])(
    "is invalid under the timestamp %j",
    async (timestamp) => {
      expect(await answer(withHeader(signed(), "webhook-timestamp", timestamp))).toBe("signature_invalid");
    },
  );

  test("proves when the request was sent, which must be near", async () => {
    const at = (offMs: number) => signed({ now: clock.now() + offMs });
    expect(await answer(at(-300_000))).toBe("accepted");
    expect(await answer(at(300_000))).toBe("accepted");
    expect(await answer(at(-301_000))).toBe("timestamp_outside_tolerance");
    expect(await answer(at(301_000))).toBe("timestamp_outside_tolerance");
    expect(await answer(at(-301_000), { toleranceMs: 302_000 })).toBe("accepted");
  });

  test("a timestamp that nothing signs is never a reason to refuse", async () => {
    const old = signed({ standard: false, now: 0 });
    expect(await answer(old)).toBe("accepted");
    expect(await answer(withHeader(old, "X-AuraConnect-Timestamp", "yesterday"))).toBe("accepted");
    expect(await answer(withHeader(signed(), "X-AuraConnect-Timestamp", "1"))).toBe("accepted");
  });
});

describe("secrets", () => {
  test("any of a list may have signed, each signature with another", async () => {
    const request = signed();
    const renewed = signedRequest({ type: "order.created", secret: other, id: "evt_1", now: clock.now() });
    const mixed = withHeader(signed({ id: "evt_1" }), AURACONNECT, renewed.headers[AURACONNECT]!);
    expect(await answer(request, { secret: [other, secret] })).toBe("accepted");
    expect(await answer(request, { secret: [other] })).toBe("signature_invalid");
    expect((await contextOf(mixed, { secret: [other, secret] })).secretIndex).toEqual({ auraconnect: 0, standard: 1 });
  });

  test("a function is asked with the webhook's id, or null", async () => {
    const lookup = vi.fn((webhookId: string | null) => Promise.resolve(webhookId === "webhook_1" ? secret : null));
    expect(await answer(signed({ webhookId: "webhook_1" }), { secret: lookup })).toBe("accepted");
    expect(await answer(signed({ webhookId: "webhook_2" }), { secret: lookup })).toBe("signature_invalid");
    expect(await answer(without(signed(), "X-AuraConnect-Webhook-Id"), { secret: lookup })).toBe("signature_invalid");
    expect(lookup.mock.calls).toEqual([["webhook_1"], ["webhook_2"], [null]]);
  });

  test("a function is not asked about a request without a signature", async () => {
    const lookup = vi.fn(() => secret);
    await answer(without(signed(), AURACONNECT, ...STANDARD), { secret: lookup });
    expect(lookup).not.toHaveBeenCalled();
  });

  test.each([[""], ["  "], [null], [undefined], [[]], [["", " "]], [5 as never], [{} as never]])(
    "a function that answers %j refuses, and says so in the log",
    async (nothing) => {
      const { logger, lines } = recordingLogger();
      const request = signed({ standard: false });
      const forgery = `sha256=${createHmac("sha256", "").update(request.body).digest("hex")}`;
      expect(await answer(signed(), { secret: () => nothing, logger })).toBe("signature_invalid");
      expect(await answer(withHeader(request, AURACONNECT, forgery), { secret: () => nothing })).toBe(
        "signature_invalid",
      );
      expect(lines[0]?.message).toContain("answered no secret for webhook `webhook_test`");
    },
  );

  test("a function that throws is our failure, not the request's", async () => {
    const onError = vi.fn();
    const lookup = () => Promise.reject(new Error("no database"));
    expect(await answer(signed(), { secret: lookup, onError })).toBe("secret_unavailable");
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: "secret_unavailable", cause: new Error("no database") }),
      null,
    );
  });
});

describe("the context", () => {
  test("says what the signatures prove", async () => {
    expect(await contextOf(signed({ webhookId: "webhook_1" }))).toMatchObject({
      webhookId: "webhook_1",
      attemptAt: clock.now(),
      attemptAtProven: true,
      secretIndex: { auraconnect: 0, standard: 0 },
    });
    expect(await contextOf(signed({ standard: false, now: 5_000 }))).toMatchObject({
      attemptAt: 5_000,
      attemptAtProven: false,
      secretIndex: { auraconnect: 0, standard: null },
    });
  });

  test("says null where the request says nothing", async () => {
    const bare = without(signed({ standard: false }), "X-AuraConnect-Webhook-Id", "X-AuraConnect-Timestamp");
    expect(await contextOf(bare)).toMatchObject({ webhookId: null, attemptAt: null });
  });

  test("has the body as it was signed", async () => {
    const request = signed();
    expect(Buffer.from((await contextOf(request)).rawBody).toString()).toBe(request.body);
  });
});
