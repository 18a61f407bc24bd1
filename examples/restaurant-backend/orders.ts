import type { AuraConnectCatalog, EventPayload } from "@auraconnect/webhooks";
import { ACCOUNT_ID, Refusal, type Backend } from "./backend.js";
import { takeFromStock, type Portion, type PricedPortion } from "./stock.js";

export interface NewOrder {
  readonly restaurant_id: number;
  readonly customer_id: number;
  readonly items: readonly Portion[];
}

/** As the API answers it, and as `order.created` tells of it. */
export type Order = EventPayload<AuraConnectCatalog, "order.created">;

export interface OrderRow {
  readonly id: number;
  readonly restaurant_id: number;
  readonly customer_id: number;
  readonly status: string;
  readonly previous_status: string | null;
  readonly total_cents: number;
  readonly items: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const INSERT = /* sql */ `
  insert into orders (restaurant_id, customer_id, status, total_cents, items, created_at, updated_at)
  values ($1, $2, 'pending', $3, $4, $5, $5)
  returning *`;

/** Stock, order and events are written together or not at all. */
export function placeOrder(backend: Backend, { restaurant_id, customer_id, items }: NewOrder): Promise<Order> {
  return backend.database.transaction(async (transaction) => {
    const portions = await takeFromStock(backend, transaction, restaurant_id, items);
    const totalCents = portions.reduce((sum, { price_cents, quantity }) => sum + price_cents * quantity, 0);
    const values = [restaurant_id, customer_id, totalCents, JSON.stringify(portions), new Date().toISOString()];
    const [row] = await transaction.query<OrderRow>(INSERT, ...values);
    const order = orderOf(row!);
    await backend.sender.publish("order.created", order, { accountId: ACCOUNT_ID, transaction: transaction.handle });
    return order;
  });
}

const CHANGE = /* sql */ `
  update orders set previous_status = status, status = $2, updated_at = $3
  where id = $1
  returning *`;

/** @throws {@link Refusal} 404 where there is no such order. */
export function changeStatus({ database, sender }: Backend, id: number, status: string): Promise<Order> {
  return database.transaction(async (transaction) => {
    const [row] = await transaction.query<OrderRow>(CHANGE, id, status, new Date().toISOString());
    if (row === undefined) throw new Refusal(404, `There is no order ${id}.`);
    const order = orderOf(row);
    // These payloads say no restaurant; webhooks that filter by it need it beside them.
    const options = {
      accountId: ACCOUNT_ID,
      attributes: { restaurant_id: row.restaurant_id },
      transaction: transaction.handle,
    };
    const told = { id, order_number: order.order_number, status };
    if (status === "completed") {
      await sender.publish("order.completed", { ...told, completed_at: row.updated_at }, options);
    } else {
      const change = { ...told, previous_status: row.previous_status!, updated_at: row.updated_at };
      await sender.publish("order.updated", change, options);
    }
    return order;
  });
}

export function orderOf({ items, total_cents, id, restaurant_id, customer_id, status, created_at }: OrderRow): Order {
  const portions = JSON.parse(items) as readonly PricedPortion[];
  return {
    id,
    order_number: `ORD-${id}`,
    restaurant_id,
    customer_id,
    status,
    total_amount: total_cents / 100,
    items: portions.map(({ menu_item_id, quantity, price_cents }, index) => {
      return { id: index + 1, menu_item_id, quantity, price: price_cents / 100, modifiers: [] };
    }),
    created_at,
  };
}
