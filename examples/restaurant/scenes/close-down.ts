import { scene, table } from "../../demo/screen.js";
import { deliveries, type Lunch } from "../lunch.js";

const SCENE = "log";

/** What a display of restaurant 1 has to be told of, and nothing else. */
const EXPECTED = {
  "inventory.low_stock": 0,
  "inventory.out_of_stock": 1,
  "order.completed": 1,
  "order.created": 3,
  "order.updated": 1,
  "payment.completed": 2,
  "payment.refunded": 1,
};

/** What the backend sent, from its log over the management API; then both apps stop. */
export async function closeDown(lunch: Lunch): Promise<void> {
  scene(5, "What the backend sent", "The log of the display's webhook, as its account reads it.");
  const { backend, display, tally } = lunch;
  const rows = await deliveries(lunch);
  table([
    ["event", "status", "attempts", "code", "ms"],
    ...rows.map(({ event_type, status, attempts, response_code, response_time_ms }) => [
      ...[event_type, status, String(attempts), String(response_code ?? ""), String(Math.round(response_time_ms ?? 0))],
    ]),
  ]);
  const codes = [await display.stop(), await backend.stop()];

  for (const [type, count] of Object.entries(EXPECTED)) {
    tally.equal(SCENE, type, rows.filter(({ event_type }) => event_type === type).length, count);
  }
  tally.equal(SCENE, "deliveries that did not succeed", rows.filter(({ status }) => status !== "success").length, 0);
  tally.equal(SCENE, "exit codes of both apps", codes.join(" "), "0 0");
}
