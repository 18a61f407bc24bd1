import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Consumer } from "../consumer.js";
import { createDemoSender, LEASE_MS, type Keeping } from "../demo-sender.js";
import { bold, column, duration, good, odd, say, scene, waiting } from "../screen.js";
import { registerConsumer, type Stage } from "../stage.js";
import type { Tally } from "../tally.js";
import { until } from "../until.js";

const SCENE = "kill";
const EVENTS = 50;
/** Requests that are in flight at the least when the sender is killed. */
const IN_FLIGHT = 4;
const SENDER_PROCESS = fileURLToPath(new URL("../sender-process.ts", import.meta.url));

/** The slow endpoint, the file that the senders share, and a way to look into it. */
interface Ground {
  readonly keeping: Keeping;
  readonly consumer: Consumer;
  /** Never started: it delivers nothing itself. */
  readonly reader: ReturnType<typeof createDemoSender>;
}

/** A sender is killed in mid-delivery. Another process on the same file loses nothing. */
export async function surviveKill(stage: Stage): Promise<void> {
  scene(
    7,
    "A sender is killed in mid-delivery",
    `A second process publishes ${EVENTS} events to a slow endpoint and dies; a third starts on the same file.`,
  );
  const ground = await prepare(stage);
  const death = await publishAndDie(ground);
  await takeOver(ground);
  await ground.reader.stop();
  await ground.consumer.close();
  account(stage.tally, ground.consumer, death);
}

async function prepare({ folder, secretKey }: Stage): Promise<Ground> {
  const keeping = { databasePath: join(folder, "killed.db"), secretKey };
  const consumer = await new Consumer({ name: "Slow", handlers: (receiver) => receiver.on("*", slowly()) }).open();
  const reader = createDemoSender(keeping);
  await registerConsumer(reader, consumer, { events: ["order.created"] });
  return { keeping, consumer, reader };
}

/** Handlers of unequal slowness, so that at any moment some are at work. */
function slowly(): () => Promise<void> {
  let runs = 0;
  return () => wait(80 + (runs++ % 5) * 20);
}

/** A process that was killed, and what it left behind. */
interface Death {
  /** Ids of the events whose `publish` had resolved. */
  readonly published: readonly string[];
  readonly signal: string;
  /** Requests that were being handled when it died. */
  readonly inFlight: number;
  /** Events that the endpoint handled, those in flight included. */
  readonly handled: number;
  /** Deliveries that are recorded as made. */
  readonly recorded: number;
}

async function publishAndDie({ keeping, consumer, reader }: Ground): Promise<Death> {
  const doomed = startSender("publish", keeping);
  const exit = once(doomed, "exit");
  const early = exit.then(() => Promise.reject(new Error("The sender's process ended before it had published.")));
  const [published] = (await Promise.race([once(doomed, "message"), early])) as [readonly string[]];
  tell(`Process ${doomed.pid ?? ""}`, `published ${published.length} events and is delivering them`);

  await until("it is in mid-delivery", () => consumer.runs.length >= EVENTS / 2 && consumer.inFlight >= IN_FLIGHT);
  doomed.kill("SIGKILL");
  const { inFlight } = consumer;
  const [, signal] = (await exit) as [number | null, string | null];
  tell(odd("SIGKILL"), `with ${inFlight} requests in flight`);

  await until("the endpoint is done with what it had", () => consumer.inFlight === 0);
  const [handled, recorded] = [consumer.runs.length, await countRecorded(reader)];
  tell("Left behind", `${handled} handled by the endpoint, ${recorded} of them recorded as delivered`);
  return { published, signal: String(signal), inFlight, handled, recorded };
}

async function takeOver({ keeping, reader }: Ground): Promise<void> {
  const heir = startSender("deliver", keeping);
  tell(`Process ${heir.pid ?? ""}`, "started on the same file");
  waiting(`it takes over once the dead one's lease has ended: ${duration(LEASE_MS)} here, 15 s by default`);
  await until("every delivery is recorded", async () => (await countRecorded(reader)) === EVENTS);
  heir.disconnect();
  await once(heir, "exit");
}

function account(tally: Tally, { requests, runs, handledIds }: Consumer, death: Death): void {
  const twice = requests.length - handledIds.size;
  const lost = death.published.filter((id) => !handledIds.has(id)).length;
  const all = good(`${handledIds.size} of ${EVENTS} handled`);
  tell(bold("All accounted for"), `${all}, ${twice} came twice and ran once, ${good(`${lost} lost`)}`);
  tally.equal(SCENE, "events whose publish had resolved", death.published.length, EVENTS);
  tally.equal(SCENE, "signal the sender died of", death.signal, "SIGKILL");
  tally.atLeast(SCENE, "requests in flight at that moment", death.inFlight, IN_FLIGHT);
  tally.equal(SCENE, "events handled", handledIds.size, EVENTS);
  tally.equal(SCENE, "events lost", lost, 0);
  tally.equal(SCENE, "runs of the handlers", runs.length, EVENTS);
  tally.equal(SCENE, "handled but not recorded, so came twice", twice, death.handled - death.recorded);
}

async function countRecorded(reader: Ground["reader"]): Promise<number> {
  return (await reader.deliveries.list({ status: "success", limit: 200 })).logs.length;
}

/** Starts `sender-process.ts` the way this process was started. It ends with this one at the latest. */
function startSender(task: "publish" | "deliver", { databasePath, secretKey }: Keeping): ChildProcess {
  return fork(SENDER_PROCESS, [task, databasePath, String(EVENTS)], {
    env: { ...process.env, DEMO_SECRET_KEY: secretKey },
  });
}

function tell(what: string, text: string): void {
  say(`${column(what, 17)}  ${text}`);
}
