import { bad, good, scene, table } from "../../demo/screen.js";
import { until } from "../../demo/until.js";
import { look, type Lunch } from "../lunch.js";

const SCENE = "order";

/** Ids of the orders that were taken in restaurant 1. */
export interface Orders {
  readonly pizza: number;
  readonly risotto: number;
}

/** Stock, order and events are one transaction; what is refused has told nobody anything. */
export async function takeOrders(lunch: Lunch): Promise<Orders> {
  scene(
    2,
    "Waiters take orders",
    "Each is one transaction: stock, order and events. The third finds too little risotto, when it has taken tiramisu and",
    "published that it runs low; all of that is undone. The last is another restaurant's, which the display filters out.",
  );
  const { waiter, tally } = lunch;
  const answers = {
    "2 Margherita": await waiter.order(1, { 10: 2 }),
    "2 risotto, the last": await waiter.order(1, { 22: 2 }),
    "2 tiramisu, 1 risotto": await waiter.order(1, { 15: 2, 22: 1 }),
    "1 Pho, restaurant 2": await waiter.order(2, { 30: 1 }),
  };
  table([
    ["order", "answer", ""],
    ...Object.entries(answers).map(([wish, { status, error }]) => [
      wish,
      status === 201 ? good(String(status)) : bad(String(status)),
      error,
    ]),
  ]);
  await until("the display shows both orders", async () => (await look(lunch)).tickets.length === 2, 30_000);
  await until("the display knows what is sold out", async () => (await look(lunch)).soldOut.length === 1, 30_000);

  const statuses = Object.values(answers).map(({ status }) => status);
  tally.equal(SCENE, "what the waiters were answered", statuses.join(" "), "201 201 409 201");
  tally.equal(SCENE, "sold out on the display", (await look(lunch)).soldOut.join(), "Truffle risotto");
  return { pizza: answers["2 Margherita"].id, risotto: answers["2 risotto, the last"].id };
}
