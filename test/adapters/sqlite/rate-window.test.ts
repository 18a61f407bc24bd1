import { expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { databaseFile } from "./database-file.js";
import { hostConnection } from "./open-store.js";

test("minutes that have left the window are forgotten by the way, other accounts' too", async () => {
  const path = databaseFile();
  const { now, advance } = handClock();
  const store = sqliteStore({ path });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  for (let minute = 0; minute < 30; minute += 1) {
    await store.rate.take({ accountId: `account-${minute}`, limit: 10, wanted: 1 });
    advance(60_000);
  }
  advance(60 * 60_000);
  for (let call = 0; call < 3; call += 1) await store.rate.take({ accountId: "busy", limit: 10, wanted: 1 });
  const rows = hostConnection(path).prepare("select account_id, count from webhook_rate_minutes");
  expect(rows.all()).toEqual([{ account_id: "busy", count: 3 }]);
});
