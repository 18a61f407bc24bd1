import type { Backend } from "./backend.js";
import { orderOf, type Order, type OrderRow } from "./orders.js";

/** How a restaurant stands, for apps that start: events tell only of what changes. */
export interface RestaurantNow {
  readonly orders: readonly (Order & { readonly payment: string })[];
  /** Names of dishes. */
  readonly sold_out: readonly string[];
}

const ORDERS = /* sql */ `
  select orders.*, case
    when payments.id is null then 'open'
    when refunded_at is null then 'paid'
    else 'refunded'
  end as payment
  from orders left join payments on order_id = orders.id
  where restaurant_id = $1
  order by orders.id`;

const SOLD_OUT = /* sql */ `
  select item_name from stock where restaurant_id = $1 and quantity = 0 order by item_id`;

export function readRestaurant({ database }: Backend, restaurantId: number): Promise<RestaurantNow> {
  return database.transaction(async ({ query }) => {
    const orders = await query<OrderRow & { readonly payment: string }>(ORDERS, restaurantId);
    const soldOut = await query<{ readonly item_name: string }>(SOLD_OUT, restaurantId);
    return {
      orders: orders.map((row) => ({ ...orderOf(row), payment: row.payment })),
      sold_out: soldOut.map(({ item_name }) => item_name),
    };
  });
}
