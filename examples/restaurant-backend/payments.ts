import { ACCOUNT_ID, Refusal, type Backend } from "./backend.js";

interface PaymentRow {
  readonly id: number;
  readonly order_id: number;
  readonly amount_cents: number;
  readonly restaurant_id: number;
}

// An order that is there and not yet paid; its total is what is paid.
const PAY = /* sql */ `
  insert into payments (order_id, amount_cents)
  select id, total_cents from orders where id = $1
  on conflict (order_id) do nothing
  returning id, order_id, amount_cents, (select restaurant_id from orders where id = $1) as restaurant_id`;

/** @throws {@link Refusal} 409 where there is no such order, or it is paid. */
export function pay({ database, sender }: Backend, orderId: number): Promise<{ readonly id: number }> {
  return database.transaction(async ({ query, handle }) => {
    const [payment] = await query<PaymentRow>(PAY, orderId);
    if (payment === undefined) throw new Refusal(409, `There is no order ${orderId} that is still to be paid.`);
    const { id, order_id, amount_cents, restaurant_id } = payment;
    const object = {
      ...{ id, order_id, amount: amount_cents / 100 },
      ...{ payment_method: "card", status: "completed", processed_at: new Date().toISOString() },
    };
    const options = { accountId: ACCOUNT_ID, attributes: { restaurant_id }, transaction: handle };
    await sender.publish("payment.completed", object, options);
    return { id };
  });
}

const REFUND = /* sql */ `
  update payments set refunded_at = $2
  where id = $1 and refunded_at is null
  returning id, order_id, amount_cents, (select restaurant_id from orders where id = order_id) as restaurant_id`;

/** @throws {@link Refusal} 409 where there is no such payment, or it was refunded. */
export function refund({ database, sender }: Backend, id: number): Promise<void> {
  return database.transaction(async ({ query, handle }) => {
    const refundedAt = new Date().toISOString();
    const [payment] = await query<PaymentRow>(REFUND, id, refundedAt);
    if (payment === undefined) throw new Refusal(409, `There is no payment ${id} that can be refunded.`);
    const { order_id, amount_cents, restaurant_id } = payment;
    const amounts = { id, order_id, refund_amount: amount_cents / 100 };
    const object = { ...amounts, refund_id: `ref_${id}`, refunded_at: refundedAt };
    const options = { accountId: ACCOUNT_ID, attributes: { restaurant_id }, transaction: handle };
    await sender.publish("payment.refunded", object, options);
  });
}
