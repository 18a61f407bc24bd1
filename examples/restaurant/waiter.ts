/** What a waiter's pad does: calls the backend, and shows what it answers. */
export class Waiter {
  constructor(private readonly backendUrl: string) {}

  /** Answers the status, and the id of what was made; null where nothing was. */
  async order(restaurantId: number, portions: Readonly<Record<number, number>>): Promise<Answer> {
    const items = Object.entries(portions).map(([id, quantity]) => ({ menu_item_id: Number(id), quantity }));
    return this.#call("POST", "/orders", { restaurant_id: restaurantId, customer_id: 456, items });
  }

  move(orderId: number, status: "preparing" | "completed"): Promise<Answer> {
    return this.#call("PATCH", `/orders/${orderId}`, { status });
  }

  pay(orderId: number): Promise<Answer> {
    return this.#call("POST", `/orders/${orderId}/payment`, {});
  }

  refund(paymentId: number): Promise<Answer> {
    return this.#call("POST", `/payments/${paymentId}/refund`, {});
  }

  async #call(method: string, path: string, body: object): Promise<Answer> {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${this.backendUrl}${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    const { id = 0, error = "" } = (text === "" ? {} : JSON.parse(text)) as {
      readonly id?: number;
      readonly error?: string;
    };
    return { status: response.status, id, error };
  }
}

export interface Answer {
  readonly status: number;
  /** Of what was made or changed; 0 where there is none. */
  readonly id: number;
  /** Why it was refused; empty where it was not. */
  readonly error: string;
}
