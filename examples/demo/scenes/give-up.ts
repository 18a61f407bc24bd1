import { countEarly, showAttempts } from "../attempts.js";
import { odd, bold, scene, say, waiting } from "../screen.js";
import type { Stage } from "../stage.js";
import { until } from "../until.js";
import type { LostCause } from "./retry-failures.js";

const SCENE = "give up";

/** The endpoint that never recovered: six requests, and then the delivery has failed. The webhook has not. */
export async function giveUp({ sender, tally }: Stage, { app, attempts }: LostCause): Promise<void> {
  scene(8, "A delivery fails for good", "The second endpoint of scene 4 has answered 503 all the while.");
  if (attempts.end === undefined) {
    waiting("the fifth retry, which by the documentation comes after 30 minutes");
    await until("the delivery failed", () => attempts.end !== undefined, 15_000);
  }
  showAttempts(attempts);
  const { accountId, id: webhookId } = app.webhook;
  const { active } = await sender.webhooks.get({ accountId, webhookId });
  say();
  say(`The delivery is ${bold(odd(String(attempts.end)))}, one request and five retries. The webhook stays active.`);

  tally.equal(SCENE, "requests made", app.consumer.requests.length, 6);
  tally.equal(SCENE, "retries that came too early", countEarly(attempts), 0);
  tally.equal(SCENE, "end of the delivery", String(attempts.end), "failed");
  tally.equal(SCENE, "webhook still active", active, true);
}
