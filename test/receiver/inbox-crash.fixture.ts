/**
 * A receiver that is killed: takes the events of the sender over HTTP into an inbox in SQLite, and books each in the
 * ledger of the same file. Says on stdout where it is; at the place that is given it stays until it is killed.
 */
import Database from "better-sqlite3";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import { sqliteInbox } from "@auraconnect/webhooks/sqlite";

const [path = "", place = "", hoursAhead = "0"] = process.argv.slice(2);
const database = new Database(path);
database.pragma("journal_mode = wal");
database.exec("create table if not exists ledger (event_id text not null)");
const book = database.prepare("insert into ledger values (?)");

/** Tells the place, and where it is the one to die at, never goes on. */
async function reach(here: string, id: string): Promise<void> {
  process.stdout.write(`${here} ${id}\n`);
  if (here === place) await new Promise(() => setInterval(() => undefined, 1_000));
}

const receiver = createReceiver({
  secret: "your-webhook-secret",
  // A later process lives in a later time, so that the leases of the one before are over.
  inbox: sqliteInbox({ path, now: () => Date.now() + Number(hoursAhead) * 3_600_000 }),
}).on("*", async (event, context) => {
  await reach("begun", event.id);
  database.transaction(() => {
    book.run(event.id);
    void context.complete(database);
  })();
  await reach("committed", event.id);
});

if (place !== "acknowledged") await receiver.start();
const server = createServer(nodeReceiver(receiver)).listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
