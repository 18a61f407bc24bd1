import { z } from "zod";
import type { Board } from "./board.js";

const Restaurant = z.object({
  orders: z.array(
    z.object({
      id: z.int(),
      status: z.string(),
      payment: z.string(),
      items: z.array(z.object({ menu_item_id: z.int(), quantity: z.number() })),
    }),
  ),
  sold_out: z.array(z.string()),
});

/** Puts on the board how the restaurant stands. Events tell of changes; what was before, one has to ask. */
export async function readRestaurant(backendUrl: string, restaurantId: number, board: Board): Promise<void> {
  const response = await fetch(`${backendUrl}/restaurants/${restaurantId}`);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status} instead of the restaurant.`);
  const { orders, sold_out } = Restaurant.parse(await response.json());
  for (const { id, items, status, payment } of orders) {
    board.order(id, items);
    board.move(id, status);
    board.pay(id, payment);
  }
  for (const dish of sold_out) board.sellOut(dish);
}
