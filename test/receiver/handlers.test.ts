import { describe, expect, test, vi } from "vitest";
import { createReceiver, type AuraConnectEvent, type Receiver } from "@auraconnect/webhooks/receiver";
import { sign } from "@auraconnect/webhooks/signature";
import { signedRequest } from "../../src/testing/signed-request.js";
import { recordingLogger } from "./recording-logger.js";

const secret = "your-webhook-secret";

async function send(receiver: Receiver, type: AuraConnectEvent["type"], id?: string): Promise<number> {
  const { method, headers, body } = signedRequest({ type, secret, ...(id === undefined ? {} : { id }) });
  return (await receiver.receive({ method, header: headers, body })).status;
}

async function sendUnknown(receiver: Receiver, type: string): Promise<number> {
  const body = JSON.stringify({ id: "evt_1", type, created: "2026-01-01T00:00:00Z", data: { object: { any: 1 } } });
  const header = { "X-AuraConnect-Signature": sign(body, secret) };
  return (await receiver.receive({ method: "POST", header, body })).status;
}

describe("on", () => {
  test("runs all handlers that match, one after the other, in the order in which they were added", async () => {
    const log: string[] = [];
    const slow = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise(setImmediate);
      log.push(`${name} ends`);
    };
    const receiver = createReceiver({ secret })
      .on("*", slow("all"))
      .on("order.created", slow("exact"))
      .on("payment.*", slow("payments"))
      .on("order.*", slow("group"))
      .on("order.created", slow("exact again"));
    expect(await send(receiver, "order.created")).toBe(200);
    expect(log).toEqual(["all", "exact", "group", "exact again"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  test("ends the run at the first handler that throws, and runs all of them again", async () => {
    const first = vi.fn();
    const second = vi.fn().mockRejectedValueOnce(new Error("no database"));
    const third = vi.fn();
    const receiver = createReceiver({ secret }).on("order.*", first).on("order.*", second).on("order.*", third);
    expect(await send(receiver, "order.created", "evt_1")).toBe(500);
    expect(third).not.toHaveBeenCalled();
    expect(await send(receiver, "order.created", "evt_1")).toBe(200);
    expect([first, second, third].map((handler) => handler.mock.calls.length)).toEqual([2, 2, 1]);
  });

  test("tells onError and the logger what a handler threw", async () => {
    const { logger, lines } = recordingLogger();
    const onError = vi.fn();
    const receiver = createReceiver({ secret, logger, onError });
    receiver.on("order.created", () => {
      throw new Error("no database");
    });
    await send(receiver, "order.created", "evt_1");
    const failure = expect.objectContaining({ code: "handler_failed", cause: new Error("no database") }) as unknown;
    expect(onError).toHaveBeenCalledExactlyOnceWith(failure, expect.objectContaining({ id: "evt_1" }));
    expect(lines).toEqual([
      {
        level: "error",
        details: { err: failure, code: "handler_failed", eventId: "evt_1", eventType: "order.created" },
        message: expect.stringContaining("`order.created` threw on event `evt_1`") as string,
      },
    ]);
  });

  test("takes a handler after the first request; it has its part from the next event on", async () => {
    const late = vi.fn();
    const receiver = createReceiver({ secret });
    await send(receiver, "order.created");
    receiver.on("order.created", late);
    expect(late).not.toHaveBeenCalled();
    await send(receiver, "order.created");
    expect(late).toHaveBeenCalledOnce();
  });

  test.each([
    ["order", "order.*"],
    ["order.creatd", "order.created"],
    ["Order.*", "order.*"],
    ["*.created", "order.created"],
    ["order.**", "order.*"],
    ["", "*"],
  ])("refuses %j and names a pattern that is one", (pattern, nearest) => {
    const add = () => createReceiver({ secret }).on(pattern as "*", () => undefined);
    expect(add).toThrow(expect.objectContaining({ code: "pattern_invalid" }) as Error);
    expect(add).toThrow(`did you mean \`${nearest}\`?`);
  });

  test("refuses a handler that is no function", () => {
    const receiver = createReceiver({ secret });
    const refused = expect.objectContaining({ code: "option_invalid" }) as Error;
    expect(() => receiver.on("order.*", undefined as never)).toThrow(refused);
    expect(() => receiver.onUnknown({} as never)).toThrow(
      "The handler given to onUnknown is an object, not a function.",
    );
  });
});

describe("unknown types", () => {
  test.each(["order.shipped", "table.reserved", "constructor", "__proto__", "*", "order.*"])(
    "%s goes to `*` and onUnknown, in their order, and to nobody else",
    async (type) => {
      const log: string[] = [];
      const receiver = createReceiver({ secret })
        .on("order.*", () => log.push("group"))
        .onUnknown((event) => log.push(`unknown ${event.type}`))
        .on("*", (event) => log.push(`all ${event.type}`));
      expect(await sendUnknown(receiver, type)).toBe(200);
      expect(log).toEqual([`unknown ${type}`, `all ${type}`]);
    },
  );

  test("onUnknown gets no known event", async () => {
    const unknown = vi.fn();
    await send(createReceiver({ secret }).onUnknown(unknown), "order.created");
    expect(unknown).not.toHaveBeenCalled();
  });

  test("are acknowledged where nobody handles them", async () => {
    expect(await sendUnknown(createReceiver({ secret }), "table.reserved")).toBe(200);
  });
});
