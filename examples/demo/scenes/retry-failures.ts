import { auraconnectEvents, sampleEvent } from "@auraconnect/webhooks";
import { countEarly, listenForAttempts, showAttempts, type Attempts } from "../attempts.js";
import { ATTEMPT_TIMEOUT_MS, PACE } from "../demo-sender.js";
import { duration, say, scene, waiting } from "../screen.js";
import type { Registered, Stage } from "../stage.js";
import { until } from "../until.js";

const SCENE = "retry";

/** An endpoint that never recovers, and the delivery that goes on trying. */
export interface LostCause {
  readonly app: Registered;
  readonly attempts: Attempts;
}

/** One endpoint fails twice and then recovers; another one never does, and is left to itself until later. */
export async function retryFailures(stage: Stage): Promise<LostCause> {
  const { sender, tally } = stage;
  scene(
    4,
    "An endpoint fails twice, then recovers",
    `The documented schedule on a shortened clock: 1 s here stands for ${duration(PACE * 1_000)}.`,
    "(So does every millisecond of real work between two requests, which makes the waits look longer.)",
    `An endpoint has ${duration(ATTEMPT_TIMEOUT_MS)} to answer, outside of this demo 15 s.`,
  );
  const accountId = "retry";
  const mishaps = ["answers 500", "never answers"] as const;
  const shaky = await stage.register(
    { name: "Shaky", mishap: (request) => mishaps[request - 1] },
    { accountId, events: ["pos.sync_failed"] },
  );
  const dead = await stage.register(
    { name: "Dead", mishap: () => "answers 503" },
    { accountId, events: ["pos.sync_completed"] },
  );
  const attempts = listenForAttempts(stage, shaky.webhook.id);
  const lostCause = { app: dead, attempts: listenForAttempts(stage, dead.webhook.id) };
  for (const type of ["pos.sync_failed", "pos.sync_completed"] as const) {
    await sender.publish(type, sampleEvent(auraconnectEvents, type).data.object, { accountId });
  }
  waiting("a 500, then silence, then a success");
  await until("the shaky endpoint recovered", () => attempts.end !== undefined);
  showAttempts(attempts);
  say();
  say("A second endpoint answers 503 whatever comes. Its five retries go on behind the next scenes.");

  tally.equal(SCENE, "requests until it was delivered", attempts.made.length, 3);
  tally.equal(SCENE, "requests that the endpoint saw", shaky.consumer.requests.length, 3);
  tally.equal(SCENE, "retries that came too early", countEarly(attempts), 0);
  tally.equal(SCENE, "times the event was handled", shaky.consumer.runs.length, 1);
  return lostCause;
}
