import { good, say, scene, waiting } from "../../demo/screen.js";
import { until } from "../../demo/until.js";
import { deliveries, look, type Lunch } from "../lunch.js";

const SCENE = "miss";

/** The display is off while an order comes in. The sender tries again until it is back. */
export async function missOne(lunch: Lunch): Promise<void> {
  scene(4, "The display is switched off for a moment", "An order comes in meanwhile; its event waits and comes again.");
  const { display, tally, waiter } = lunch;
  const code = await display.stop();
  const order = await waiter.order(1, { 10: 1 });
  const last = async () => (await deliveries(lunch)).at(-1);
  waiting("the first attempt finds nobody, and the display starts again");
  await until("an attempt failed", async () => ((await last())?.attempts ?? 0) > 0, 30_000);
  const whileOff = (await last())?.status ?? "";
  lunch.display = await lunch.startDisplay(display.port);
  await until("a retry arrived", async () => (await last())?.status === "success", 60_000);
  const { attempts = 0, event_type: type = "" } = (await last()) ?? {};
  say(`${type} of ORD-${order.id}: ${good(`acknowledged at attempt ${attempts}`)}`);

  tally.equal(SCENE, "exit code of the display", code ?? -1, 0);
  tally.equal(SCENE, "its delivery while the display was off", whileOff, "pending");
  tally.atLeast(SCENE, "attempts of it in the end", attempts, 2);
  tally.equal(SCENE, "webhooks after the second start", (await lunch.client.webhooks.list()).webhooks.length, 1);
  tally.equal(SCENE, "tickets on the display", (await look(lunch)).tickets.length, 3);
}
