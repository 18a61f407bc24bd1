import { auraconnectEvents, sampleEvent } from "@auraconnect/webhooks";
import { listenForAttempts } from "../attempts.js";
import { bold, good, odd, say, scene, waiting } from "../screen.js";
import type { Registered, Stage } from "../stage.js";
import { until } from "../until.js";

const SCENE = "once";
const accountId = "once";
const { object: payment } = sampleEvent(auraconnectEvents, "payment.completed").data;

/** The same event comes twice, from a lost answer and from a publisher that repeats itself, and is handled once. */
export async function handleOnce(stage: Stage): Promise<void> {
  scene(
    5,
    "What comes twice runs once",
    "At least once is what a sender can promise; the receiver remembers ids, so that handlers run once.",
  );
  const till = await stage.register(
    { name: "Till", mishap: (request) => (request === 1 ? "loses its answer" : undefined) },
    { accountId, events: ["payment.completed"] },
  );
  await loseAnswer(stage, till);
  await publishTwice(stage, till);
}

async function loseAnswer(stage: Stage, { consumer, webhook }: Registered): Promise<void> {
  const attempts = listenForAttempts(stage, webhook.id);
  const id = "evt_lost_answer";
  await stage.sender.publish("payment.completed", payment, { accountId, id });
  waiting("the till handles a payment, and its 200 is lost on the way back");
  await until("the retry was acknowledged", () => attempts.end !== undefined);
  const [requests, runs] = [consumer.requests.length, consumer.runs.length];
  const ran = good(`handlers ran ${runs} time`);
  say(`${bold(id)}      ${requests} requests, ${ran}; the retry was answered 200 without them`);

  stage.tally.equal(SCENE, "requests of the event with the lost answer", requests, 2);
  stage.tally.equal(SCENE, "times it was handled", runs, 1);
}

async function publishTwice({ sender, tally }: Stage, { consumer }: Registered): Promise<void> {
  const options = { accountId, id: "evt_published_twice" };
  const first = await sender.publish("payment.completed", payment, options);
  const second = await sender.publish("payment.completed", payment, options);
  await until("it was handled", () => consumer.handledIds.has(options.id));
  const duplicate = odd(`duplicate: ${second.duplicate}`);
  say(`${bold(options.id)}  published twice: ${duplicate}, and the delivery of the first call`);

  tally.equal(SCENE, "first publish is a duplicate", first.duplicate, false);
  tally.equal(SCENE, "second publish is a duplicate", second.duplicate, true);
  tally.equal(SCENE, "both answer the same delivery", second.deliveries[0]?.id === first.deliveries[0]?.id, true);
  const requests = consumer.requests.filter((id) => id === options.id).length;
  tally.equal(SCENE, "requests of the event published twice", requests, 1);
}
