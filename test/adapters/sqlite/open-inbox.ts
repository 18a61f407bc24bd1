import Database from "better-sqlite3";
import type { EventContext } from "@auraconnect/webhooks/receiver";
import { sqliteInbox } from "@auraconnect/webhooks/sqlite";

/** An inbox in a file, and a ledger beside it that is written in one transaction with it. */
export function open(path: string, now: () => number) {
  const database = new Database(path);
  database.pragma("journal_mode = wal");
  database.exec("create table if not exists ledger (event_id text not null)");
  const insert = database.prepare("insert into ledger values (?)");
  const book = (id: string, context: EventContext) => {
    database.transaction(() => {
      insert.run(id);
      void context.complete(database);
    })();
    return Promise.resolve();
  };
  const booked = () => Promise.resolve(database.prepare("select event_id from ledger order by 1").pluck().all());
  const close = () => Promise.resolve(database.close()).then(() => undefined);
  return Promise.resolve({ inbox: sqliteInbox({ path, now }), book, booked, close });
}
