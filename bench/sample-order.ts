import { auraconnectEvents, sampleEvent, type OrderEvent } from "@auraconnect/webhooks";

type Order = Extract<OrderEvent, { type: "order.created" }>["data"]["object"];

const order: Order = sampleEvent(auraconnectEvents, "order.created").data.object;
const [item] = order.items;
const items = item === undefined ? [] : [1, 2, 3, 4].map((id) => ({ ...item, id }));

/** The payload of an `order.created` event of about 600 bytes. */
export function sampleOrder(id: number): Order {
  return { ...order, id, items };
}

/** The id of the event with this number. */
export function eventIdOf(number: number): string {
  return `evt_${String(number).padStart(25, "0")}`;
}

/** The number of the event with this id. */
export function numberOf(eventId: string): number {
  return Number(eventId.slice("evt_".length));
}
