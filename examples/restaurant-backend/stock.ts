import { ACCOUNT_ID, Refusal, type Backend } from "./backend.js";
import type { Transaction } from "./database.js";

export interface Portion {
  readonly menu_item_id: number;
  readonly quantity: number;
}

export interface PricedPortion extends Portion {
  readonly price_cents: number;
}

interface StockRow {
  readonly item_id: number;
  readonly item_name: string;
  readonly price_cents: number;
  readonly quantity: number;
  readonly threshold: number;
  readonly restaurant_id: number;
}

const TAKE = /* sql */ `
  update stock set quantity = quantity - $3
  where item_id = $1 and restaurant_id = $2 and quantity >= $3
  returning *`;

/**
 * Takes portions from stock, and tells of what runs low or out: in the caller's transaction, so that an order that is
 * refused in the end has told nothing.
 *
 * @throws {@link Refusal} 409 where there is not enough.
 */
export async function takeFromStock(
  backend: Backend,
  transaction: Transaction,
  restaurantId: number,
  portions: readonly Portion[],
): Promise<readonly PricedPortion[]> {
  const taken: PricedPortion[] = [];
  // In the order of their ids, so that no two orders wait for each other in a circle.
  for (const portion of [...portions].sort((a, b) => a.menu_item_id - b.menu_item_id)) {
    const [item] = await transaction.query<StockRow>(TAKE, portion.menu_item_id, restaurantId, portion.quantity);
    if (item === undefined) throw new Refusal(409, `There is not enough of item ${portion.menu_item_id}.`);
    await tellOfStock(backend, transaction, item, portion.quantity);
    taken.push({ ...portion, price_cents: item.price_cents });
  }
  return taken;
}

async function tellOfStock({ sender }: Backend, { handle }: Transaction, item: StockRow, taken: number): Promise<void> {
  const { item_id, item_name, restaurant_id, threshold, quantity } = item;
  const options = { accountId: ACCOUNT_ID, transaction: handle };
  if (quantity === 0) {
    const object = { item_id, item_name, affected_menu_items: [item_id], restaurant_id };
    await sender.publish("inventory.out_of_stock", object, options);
  } else if (quantity < threshold && quantity + taken >= threshold) {
    const object = { item_id, item_name, current_quantity: quantity, unit: "portion", threshold, restaurant_id };
    await sender.publish("inventory.low_stock", object, options);
  }
}
