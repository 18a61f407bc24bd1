const STATUSES = ["pending", "preparing", "completed"];
const PAYMENTS = ["open", "paid", "refunded"];

/** What the kitchen sees of an order. */
export interface Ticket {
  readonly orderId: number;
  /** Menu items and how many; empty until the order itself was told of. */
  readonly portions: Readonly<Record<number, number>>;
  readonly status: string;
  readonly payment: string;
}

/**
 * The tickets on the wall. Events may come in any order, so a ticket only ever moves forward: an `order.updated` that was
 * retried for an hour does not take back what came after it.
 */
export class Board {
  readonly #tickets = new Map<number, Ticket>();
  readonly #soldOut = new Set<string>();

  /** All tickets, also those of orders that are completed. */
  get tickets(): readonly Ticket[] {
    return [...this.#tickets.values()].sort((a, b) => a.orderId - b.orderId);
  }

  /** Names of dishes that are not to be offered. */
  get soldOut(): readonly string[] {
    return [...this.#soldOut];
  }

  order(orderId: number, items: readonly { readonly menu_item_id: number; readonly quantity: number }[]): void {
    const portions = Object.fromEntries(items.map(({ menu_item_id, quantity }) => [menu_item_id, quantity]));
    this.#change(orderId, () => ({ portions }));
  }

  move(orderId: number, status: string): void {
    this.#change(orderId, (ticket) => ({ status: further(STATUSES, ticket.status, status) }));
  }

  pay(orderId: number, payment: string): void {
    this.#change(orderId, (ticket) => ({ payment: further(PAYMENTS, ticket.payment, payment) }));
  }

  sellOut(dish: string): void {
    this.#soldOut.add(dish);
  }

  #change(orderId: number, change: (ticket: Ticket) => Partial<Ticket>): void {
    const ticket = this.#tickets.get(orderId) ?? { orderId, portions: {}, status: "pending", payment: "open" };
    this.#tickets.set(orderId, { ...ticket, ...change(ticket) });
  }
}

function further<Step>(steps: readonly Step[], one: Step, other: Step): Step {
  return steps.indexOf(other) > steps.indexOf(one) ? other : one;
}
