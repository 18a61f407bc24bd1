/**
 * The whole way of an event on this machine: real sockets on loopback, a SQLite file in a temporary folder, and real
 * processes. Ends by itself, with code 0 only if every count is right. Run it with `npm run demo`.
 */
import { WebhookError } from "@auraconnect/webhooks";
import { PACE } from "./demo-sender.js";
import { giveUp } from "./scenes/give-up.js";
import { handleOnce } from "./scenes/handle-once.js";
import { publishEvents } from "./scenes/publish-events.js";
import { readLog } from "./scenes/read-log.js";
import { refuseForgeries } from "./scenes/refuse-forgeries.js";
import { registerWebhooks } from "./scenes/register-webhooks.js";
import { retryFailures } from "./scenes/retry-failures.js";
import { surviveKill } from "./scenes/survive-kill.js";
import { verifySignatures } from "./scenes/verify-signatures.js";
import { duration, opening, warn } from "./screen.js";
import { openStage, type Stage } from "./stage.js";

const LONGEST_MS = 30_000;

async function play(stage: Stage): Promise<void> {
  opening("@auraconnect/webhooks: the whole way of an event, on this machine", [
    ["sender", `this process, Node ${process.versions.node}`],
    ["store", `SQLite, ${stage.databasePath} (removed at the end)`],
    ["network", "real HTTP requests to 127.0.0.1, each app on a port of its own"],
    ["clock", `real, but for retries: they come ${PACE} times faster, so 1 s stands for ${duration(PACE * 1_000)}`],
  ]);
  const cast = await registerWebhooks(stage);
  await publishEvents(stage, cast);
  verifySignatures(stage, cast);
  const lostCause = await retryFailures(stage);
  await handleOnce(stage);
  await refuseForgeries(stage, cast);
  await surviveKill(stage);
  await giveUp(stage, lostCause);
  await readLog(stage);
  stage.tally.summarize(10);
}

function fail(message: string): never {
  warn(message);
  process.exit(1);
}

setTimeout(() => fail(`The demo did not end within ${duration(LONGEST_MS)}.`), LONGEST_MS).unref();

try {
  const stage = await openStage();
  await play(stage);
  await stage.close();
  process.exitCode = stage.tally.right ? 0 : 1;
} catch (error) {
  // What a user can mend is told in a sentence; anything else is a fault of ours, with its stack.
  if (WebhookError.is(error) && error.code === "driver_missing") fail(error.message);
  fail(error instanceof Error ? String(error.stack) : String(error));
}
