import { describe, expect, expectTypeOf, test } from "vitest";
import {
  createReceiver,
  defineEvents,
  type EventPayload,
  type AuraConnectCatalog,
} from "@auraconnect/webhooks/receiver";
import { verify, verifyStandard } from "@auraconnect/webhooks/signature";
import { z } from "zod";
import { signedRequest } from "../../src/testing/signed-request.js";
import { thrownBy } from "../protocol/thrown-by.js";
import { hostileBut } from "../support/hostile-values.js";

const secret = "your-webhook-secret";
const now = Date.parse("2026-02-03T04:05:06.789Z");

describe("signedRequest", () => {
  test("has every documented header", () => {
    const { method, headers } = signedRequest({
      type: "order.created",
      secret,
      id: "evt_1",
      webhookId: "webhook_1",
      now,
    });
    expect(method).toBe("POST");
    expect(headers).toEqual({
      "Content-Type": "application/json",
      "X-AuraConnect-Event": "order.created",
      "X-AuraConnect-Signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/) as string,
      "X-AuraConnect-Event-Id": "evt_1",
      "X-AuraConnect-Timestamp": "1770091506",
      "X-AuraConnect-Webhook-Id": "webhook_1",
      "webhook-id": "evt_1",
      "webhook-timestamp": "1770091506",
      "webhook-signature": expect.stringMatching(/^v1,/) as string,
    });
  });

  test("is signed in both ways", () => {
    const { headers, body } = signedRequest({ type: "order.created", secret, id: "evt_1", now });
    expect(verify(body, headers["X-AuraConnect-Signature"], secret)).toBe(true);
    expect(verifyStandard({ id: "evt_1", timestamp: 1_770_091_506, body }, headers["webhook-signature"], secret)).toBe(
      true,
    );
  });

  test("carries the documentation's sample, dated now, under an id of its own", () => {
    const [first, second] = [
      signedRequest({ type: "order.created", secret, now }),
      signedRequest({ type: "order.created", secret }),
    ];
    const event = JSON.parse(first.body) as { id: string; created: string; data: { object: object } };
    expect(event).toMatchObject({ type: "order.created", created: "2026-02-03T04:05:06.789Z" });
    expect(event.data.object).toMatchObject({ order_number: "ORD-2025-001", total_amount: 45.99 });
    expect(event.id).toMatch(/^evt_test_/);
    expect(second.headers["webhook-id"]).not.toBe(event.id);
  });

  test("carries what it is given, and leaves the second signature out where told so", () => {
    const object = { item_id: 1, item_name: "Basil", affected_menu_items: [], restaurant_id: 2, extra: true };
    const created = "2025-01-01T00:00:00Z";
    const { headers, body } = signedRequest({
      type: "inventory.out_of_stock",
      secret,
      object,
      created,
      standard: false,
    });
    expect(JSON.parse(body)).toMatchObject({ created, data: { object } });
    expect(Object.keys(headers).filter((name) => name.startsWith("webhook-"))).toEqual([]);
  });

  test("is accepted by a receiver, for a catalogue of the host's own too", async () => {
    const events = defineEvents({
      "table.reserved": { object: z.object({ seats: z.number() }), sample: { seats: 2 } },
    });
    const { method, headers, body } = signedRequest({ type: "table.reserved", secret, events });
    const reply = await createReceiver({ secret, events, require: "both" }).receive({ method, header: headers, body });
    expect(reply.status).toBe(200);
  });

  test("refuses a type that nobody knows, and one without a sample when no object is given", () => {
    const events = defineEvents({ "table.reserved": z.object({ seats: z.number() }) });
    expect(() => signedRequest({ type: "order.shipped" as "order.created", secret })).toThrow("order.shipped");
    expect(() => signedRequest({ type: "table.reserved", secret, events })).toThrow("defined without a sample");
    expect(() => signedRequest({ type: "table.reserved", secret, events, object: { seats: 1 } })).not.toThrow();
  });

  test("types the payload by its event type", () => {
    const make = (object: EventPayload<AuraConnectCatalog, "staff.shift_alert">) =>
      signedRequest({ type: "staff.shift_alert", secret, object });
    expectTypeOf(make).parameter(0).toHaveProperty("alert_type");
    // @ts-expect-error a payload of another type
    expect(signedRequest({ type: "order.completed", secret, object: { seats: 1 } }).method).toBe("POST");
  });

  test.each(hostileBut("an object", "an object of something else", "what cannot be text"))(
    "refuses to be given %s, and does not repeat it",
    (_, given) => {
      const error = thrownBy(() => signedRequest(given as never));
      expect(error).toMatchObject({ code: "option_invalid", field: "options" });
      expect(error.message).not.toContain("pa55word");
    },
  );

  test.each<[object, string, string]>([
    [{ secret: undefined }, "secret_invalid", "secret"],
    [{ secret: null }, "secret_invalid", "secret"],
    [{ now: NaN }, "option_invalid", "now"],
    [{ now: "2026-01-01" }, "option_invalid", "now"],
    [{ standard: "no" }, "option_invalid", "standard"],
    [{ events: null }, "option_invalid", "events"],
    [{ payload: {} }, "option_invalid", "payload"],
  ])("refuses %j", (options, code, field) => {
    const error = thrownBy(() => signedRequest({ type: "order.created", secret, ...options }));
    expect(error).toMatchObject({ code, field });
  });

  test("sends null where it is given as the payload", () => {
    const { body } = signedRequest({ type: "order.created", secret, object: null as never });
    expect(JSON.parse(body)).toMatchObject({ data: { object: null } });
  });
});
