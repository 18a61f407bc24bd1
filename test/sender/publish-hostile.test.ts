import { describe, expect, test } from "vitest";
import { createReceiver, WebhookError } from "@auraconnect/webhooks";
import { rejection } from "../support/rejection.js";
import { endpoint, sample, SECRET, startSender } from "../support/sender-scene.js";

type Order = ReturnType<typeof sample<"order.created">>;

const order = sample("order.created");

/** An order that computes what it is when it is read, as rows of many ORMs do. */
class OrderRow {
  readonly #row = order;

  get id() {
    return this.#row.id;
  }
  get order_number() {
    return this.#row.order_number;
  }
}

describe("an object that JSON writes as something else", () => {
  test.each<[string, unknown]>([
    ["a row with getters on its class", new OrderRow()],
    ["toJSON that answers nothing", { ...order, toJSON: () => undefined }],
    ["toJSON that answers another shape", { ...order, toJSON: () => ({ id: "one" }) }],
    ["a field that is not enumerable", Object.defineProperty({ ...order }, "order_number", { enumerable: false })],
    ["a Date where a text belongs", { ...order, items: [{ ...order.items[0], price: new Date(0) }] }],
    [
      "a getter that throws",
      Object.defineProperty({ ...order }, "id", { enumerable: true, get: () => JSON.parse("") as unknown }),
    ],
    [
      "toJSON that throws what is no error",
      {
        ...order,
        toJSON: () => {
          throw null; // eslint-disable-line @typescript-eslint/only-throw-error -- a library may
        },
      },
    ],
  ])("is refused for what would be sent: %s", async (_, object) => {
    const sender = await startSender();
    const error = await rejection(sender.publish("order.created", object as Order));
    expect(error.code).toBe("event_invalid");
    expect(error.field).toMatch(/^data\.object/);
  });

  test("is sent where what is written keeps the schema, and every receiver takes it", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    const row = { secret_of_the_row: true, toJSON: () => order };
    await sender.publish("order.created", row as unknown as Order);
    const [request] = await seen(1);
    const receiver = createReceiver({ secret: SECRET });
    const event = await receiver.verify({ header: request!.headers, body: request!.body });
    expect(event.data.object).toEqual(order);
  });
});

describe("an object that is changed after publish was called", () => {
  test("is routed, sent and answered as it was", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"], filters: { restaurant_id: 1 } });
    const changed = { ...order, restaurant_id: 1 };
    const publishing = sender.publish("order.created", changed);
    changed.restaurant_id = 2;
    const { deliveries, event } = await publishing;
    expect(deliveries).toHaveLength(1);
    expect(event.data.object.restaurant_id).toBe(1);
    const [request] = await seen(1);
    expect(JSON.parse(request!.body)).toEqual(event);
  });

  test("and cannot be read any more hurts nobody, itself included", async () => {
    const { url, seen } = await endpoint();
    const sender = await startSender();
    await sender.webhooks.create({ url, events: ["*"], filters: { restaurant_id: 1 } });
    await sender.webhooks.create({ url, events: ["*"] });
    const draft = Proxy.revocable({ ...order, restaurant_id: 1 }, {});
    const publishing = [order, draft.proxy, order].map((object) => sender.publish("order.created", object));
    draft.revoke();
    expect((await Promise.allSettled(publishing)).map(({ status }) => status)).toEqual(Array(3).fill("fulfilled"));
    await sender.publish("order.created", { ...order, restaurant_id: 1 });
    await seen(8);
  });

  test("before it is read at all is refused", async () => {
    const sender = await startSender();
    const { proxy, revoke } = Proxy.revocable({ ...order }, {});
    revoke();
    const error = await rejection(sender.publish("order.created", proxy));
    expect(error).toBeInstanceOf(WebhookError);
    expect(error.code).toBe("event_invalid");
  });
});

describe("`created`", () => {
  test.each([
    ["2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.123456Z"],
  ])("%s is sent in UTC as %s", async (given, sent) => {
    const sender = await startSender();
    const { event } = await sender.publish("order.created", order, { created: given });
    expect(event.created).toBe(sent);
  });
});
