import type { RequestHandler } from "express";
import type { IncomingMessage, RequestListener } from "node:http";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { expressReceiver, keepRawBody } from "@auraconnect/webhooks/express";
import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import {
  auraconnectEvents,
  createReceiver,
  defineEvents,
  type AuraConnectEvent,
  type EventContext,
  type OrderEvent,
  type PaymentEvent,
  type UnknownEvent,
  type WebhookEvent,
} from "@auraconnect/webhooks/receiver";

const receiver = createReceiver({ secret: "a secret that is long enough" });

/** Holds code for the compiler alone. */
const uncalled = (code: () => unknown): unknown => code;

describe("on", () => {
  test("narrows an exact type to its event", () => {
    receiver.on("order.created", (event, context) => {
      expectTypeOf(event.type).toEqualTypeOf<"order.created">();
      expectTypeOf(event.data.object.order_number).toEqualTypeOf<string>();
      expectTypeOf(context).toEqualTypeOf<EventContext>();
    });
  });

  test("narrows a group to exactly its events", () => {
    receiver.on("order.*", (event) => {
      expectTypeOf(event).toEqualTypeOf<OrderEvent>();
      expectTypeOf(event.type).toEqualTypeOf<"order.created" | "order.updated" | "order.completed">();
    });
    receiver.on("payment.*", (event) => {
      expectTypeOf(event).toEqualTypeOf<PaymentEvent>();
    });
  });

  test("gives `*` every known event and the unknown ones, which a comparison of types still tells apart", () => {
    receiver.on("*", (event) => {
      expectTypeOf(event).toEqualTypeOf<AuraConnectEvent | UnknownEvent>();
      if (event.type === "order.created") {
        expectTypeOf(event.data.object.order_number).toEqualTypeOf<string>();
        expectTypeOf(event).toEqualTypeOf<Extract<AuraConnectEvent, { type: "order.created" }>>();
      }
      switch (event.type) {
        case "payment.refunded":
          expectTypeOf(event.data.object.refund_amount).toEqualTypeOf<number>();
          break;
        default:
          expectTypeOf(event.type).toExtend<string>();
          expectTypeOf(event).toExtend<WebhookEvent>();
      }
    });
  });

  test("gives onUnknown an event whose payload is any object", () => {
    receiver.onUnknown((event) => {
      expectTypeOf(event).toEqualTypeOf<WebhookEvent>();
      if (event.type === "order.shipped") expectTypeOf(event.id).toEqualTypeOf<string>();
      expectTypeOf(event.data.object["anything"]).toEqualTypeOf<unknown>();
    });
  });

  test("chains, and takes synchronous and asynchronous handlers of any result", () => {
    receiver
      .on("order.created", () => undefined)
      .on("order.*", async () => Promise.resolve(1))
      .onUnknown(() => "ignored");
  });

  test("takes no pattern that could never match", () => {
    // @ts-expect-error a group is written with its asterisk
    uncalled(() => receiver.on("order", () => undefined));
    // @ts-expect-error no such type
    uncalled(() => receiver.on("order.shipped", () => undefined));
    // @ts-expect-error no such group
    uncalled(() => receiver.on("orders.*", () => undefined));
    // @ts-expect-error a pattern ends in the asterisk
    uncalled(() => receiver.on("*.created", () => undefined));
    // @ts-expect-error a handler of one type is not one of another
    uncalled(() => receiver.on("order.created", (event: PaymentEvent) => event));
  });
});

describe("a catalogue of the host's own", () => {
  const events = defineEvents({ "table.reserved": z.object({ seats: z.number(), note: z.string().optional() }) });

  test("types its events, and only those", () => {
    const custom = createReceiver({ secret: "a secret that is long enough", events });
    custom.on("table.*", (event) => {
      expectTypeOf(event.type).toEqualTypeOf<"table.reserved">();
      expectTypeOf(event.data.object).toEqualTypeOf<{ seats: number; note?: string | undefined }>();
    });
    // @ts-expect-error this receiver knows tables only
    uncalled(() => custom.on("order.created", () => undefined));
  });

  test("stands beside the documented ones", () => {
    const both = createReceiver({
      secret: "a secret that is long enough",
      events: defineEvents({ ...auraconnectEvents, "order.tipped": z.object({ cents: z.number() }) }),
    });
    both.on("order.*", (event) => {
      expectTypeOf(event.type).toEqualTypeOf<"order.created" | "order.updated" | "order.completed" | "order.tipped">();
      if (event.type === "order.tipped") expectTypeOf(event.data.object).toEqualTypeOf<{ cents: number }>();
    });
    expectTypeOf(fetchReceiver(both)).toEqualTypeOf<(request: Request) => Promise<Response>>();
  });
});

describe("verify", () => {
  test("answers the typed union", () => {
    const answer = () => receiver.verify({ header: new Headers(), body: "" });
    expectTypeOf(answer).returns.resolves.toEqualTypeOf<AuraConnectEvent | UnknownEvent>();
  });
});

describe("what goes in", () => {
  test("takes headers as hosts have them", () => {
    const verifyWith = (request: IncomingMessage) => [
      receiver.verify({ header: request.headers, body: new Uint8Array() }),
      receiver.verify({ header: request.headersDistinct, body: Buffer.from("") }),
      receiver.verify({ header: new Headers(), body: new ArrayBuffer(0) }),
      receiver.verify({ header: (name) => request.headers[name], body: "" }),
      receiver.verify({ header: { "X-AuraConnect-Signature": "sha256=" }, body: () => Promise.resolve("") }),
    ];
    expectTypeOf(verifyWith).toBeFunction();
  });

  test("takes no parsed body", () => {
    // @ts-expect-error an object is no raw body
    uncalled(() => receiver.verify({ header: new Headers(), body: { id: "evt_1" } }));
  });

  test("takes a secret as a string, a list, or a function", () => {
    createReceiver({ secret: ["new secret, long enough", "old secret, long enough"] });
    createReceiver({ secret: (webhookId) => (webhookId === null ? null : `secret of ${webhookId}`) });
    createReceiver({ secret: async (webhookId) => Promise.resolve([`secret of ${webhookId ?? ""}`]) });
    // @ts-expect-error an environment variable may not be set
    uncalled(() => createReceiver({ secret: process.env["WEBHOOK_SECRET"] }));
    // @ts-expect-error a receiver needs a secret
    uncalled(() => createReceiver({}));
  });
});

describe("hosts", () => {
  test("fit where their framework wants a handler", () => {
    expectTypeOf(expressReceiver(receiver)).toExtend<RequestHandler>();
    expectTypeOf(nodeReceiver(receiver)).toExtend<RequestListener>();
    expectTypeOf(keepRawBody).toExtend<
      NonNullable<NonNullable<Parameters<typeof import("express").json>[0]>["verify"]>
    >();
  });
});
