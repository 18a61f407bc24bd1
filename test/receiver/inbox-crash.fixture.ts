/**
 * A receiver that is killed: takes the events of the sender over HTTP into an inbox, and books each in the ledger of the
 * same database. Says on stdout where it is; at the place that is given it stays until it is killed.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import type { OpenInbox } from "./inbox-crash.test.js";

const [opener = "", where = "", place = "", hoursAhead = "0"] = process.argv.slice(2);
const { open } = (await import(opener)) as { readonly open: OpenInbox };
// A later process lives in a later time, so that the leases of the one before are over.
const { inbox, book } = await open(where, () => Date.now() + Number(hoursAhead) * 3_600_000);

/** Tells the place, and where it is the one to die at, never goes on. */
async function reach(here: string, id: string): Promise<void> {
  process.stdout.write(`${here} ${id}\n`);
  if (here === place) await new Promise(() => setInterval(() => undefined, 1_000));
}

const receiver = createReceiver({ secret: "your-webhook-secret", inbox }).on("*", async (event, context) => {
  await reach("begun", event.id);
  await book(event.id, context);
  await reach("committed", event.id);
});

if (place !== "acknowledged") await receiver.start();
const server = createServer(nodeReceiver(receiver)).listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
