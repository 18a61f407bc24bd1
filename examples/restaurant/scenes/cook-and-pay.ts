import { scene, table } from "../../demo/screen.js";
import { until } from "../../demo/until.js";
import { look, type Lunch } from "../lunch.js";
import type { Orders } from "./take-orders.js";

const SCENE = "cook";

/** Status and payment of both orders; the display follows. */
export async function cookAndPay(lunch: Lunch, { pizza, risotto }: Orders): Promise<void> {
  scene(3, "The kitchen cooks, the guests pay", "The pizza is eaten and paid. The risotto is paid, and refunded.");
  const { waiter, tally } = lunch;
  await waiter.move(pizza, "preparing");
  await waiter.move(pizza, "completed");
  await waiter.pay(pizza);
  const again = await waiter.pay(pizza);
  await waiter.refund((await waiter.pay(risotto)).id);

  const states = async (): Promise<string> =>
    (await look(lunch)).tickets.map(({ status, payment }) => `${status} ${payment}`).join(", ");
  await until("the display has followed", async () => (await states()) === "completed paid, pending refunded", 30_000);
  table([
    ["order", "status", "payment"],
    ...(await look(lunch)).tickets.map(({ orderId, status, payment }) => [`ORD-${orderId}`, status, payment]),
  ]);

  tally.equal(SCENE, "paying twice is answered", again.status, 409);
  tally.equal(SCENE, "tickets", await states(), "completed paid, pending refunded");
}
