/**
 * A restaurant's backend and the display in its kitchen, each in a process of its own, and a lunch in between. Ends by
 * itself, with code 0 only if every count is right. Run it with `npm run example`; with DATABASE_URL it is on PostgreSQL.
 */
import { duration, warn } from "../demo/screen.js";
import { Tally } from "../demo/tally.js";
import { killApps } from "./app-process.js";
import { closeDown } from "./scenes/close-down.js";
import { cookAndPay } from "./scenes/cook-and-pay.js";
import { missOne } from "./scenes/miss-one.js";
import { open } from "./scenes/open.js";
import { takeOrders } from "./scenes/take-orders.js";
import { openScratch, type Scratch } from "./scratch.js";

const LONGEST_MS = 90_000;

async function play(scratch: Scratch): Promise<boolean> {
  const tally = new Tally();
  const lunch = await open(scratch, tally);
  const orders = await takeOrders(lunch);
  await cookAndPay(lunch, orders);
  await missOne(lunch);
  await closeDown(lunch);
  tally.summarize(6);
  return tally.right;
}

function fail(message: string): never {
  warn(message);
  process.exit(1);
}

setTimeout(() => fail(`The example did not end within ${duration(LONGEST_MS)}.`), LONGEST_MS).unref();
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));

const scratch = openScratch();
try {
  process.exitCode = (await play(scratch)) ? 0 : 1;
} catch (error) {
  warn(error instanceof Error ? String(error.stack) : String(error));
  process.exitCode = 1;
} finally {
  killApps();
  await scratch.remove();
}
