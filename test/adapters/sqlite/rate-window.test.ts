import { expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { silentLogger } from "../../../src/ports/logger.js";
import { handClock } from "../../../src/testing/store-conformance/hand-clock.js";
import { databaseFile } from "./database-file.js";
import { hostConnection } from "./open-store.js";

const HOUR = { slotMs: 60_000, slots: 60 };
const SECOND = { slotMs: 100, slots: 10 };

test("slots that have left their window are forgotten by the way, those of other windows too, whatever their length", async () => {
  const path = databaseFile();
  const { now, advance } = handClock();
  const store = sqliteStore({ path });
  await store.open({ logger: silentLogger, now });
  onTestFinished(() => store.close());
  for (let minute = 0; minute < 30; minute += 1) {
    await store.rate.take({ key: `account-${minute}`, ...HOUR, limit: 10, wanted: 1 });
    await store.rate.take({ key: `webhook-${minute}`, ...SECOND, limit: 10, wanted: 1 });
    advance(60_000);
  }
  advance(60 * 60_000);
  await store.rate.take({ key: "calm", ...HOUR, limit: 10, wanted: 1 });
  advance(5 * 60_000);
  for (let call = 0; call < 7; call += 1) await store.rate.take({ key: "busy", ...SECOND, limit: 10, wanted: 1 });
  const rows = hostConnection(path).prepare("select key, count from webhook_rate_slots order by key");
  expect(rows.all()).toEqual([
    { key: "busy", count: 7 },
    { key: "calm", count: 1 },
  ]);
});
