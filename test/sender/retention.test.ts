import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { databaseFile, endpoint, makeSender, sample, SECRET_KEYS, startSender } from "../support/sender-scene.js";
import { until, untilInTime } from "../support/until.js";

const order = sample("order.created");
const DAY = 24 * 3_600_000;

const stores = [
  { name: "memory", make: () => ({ store: memoryStore() }) },
  { name: "sqlite", make: () => ({ store: sqliteStore({ path: databaseFile() }), secretKeys: SECRET_KEYS }) },
];

describe.each(stores)("retention on $name", ({ make }) => {
  test("removes old events with their deliveries, and keeps young ones", async () => {
    const clock = simulatedClock();
    const { url, seen } = await endpoint();
    const sender = await startSender({ ...make(), clock, retention: { ageMs: 2 * DAY } });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order, { id: "evt_old" });
    await seen(1);
    await clock.jump(1.5 * DAY);
    await sender.publish("order.created", order, { id: "evt_young" });
    await seen(2);
    await clock.jump(0.5 * DAY);
    const ids = async (): Promise<readonly string[]> => (await sender.deliveries.list()).logs.map((row) => row.eventId);
    await untilInTime(clock, "the old one is gone", async () => !(await ids()).includes("evt_old"), 60_000);
    expect(await ids()).toEqual(["evt_young"]);
    // Its id is free again.
    expect((await sender.publish("order.created", order, { id: "evt_old" })).duplicate).toBe(false);
  });

  test("keeps what may still be sent", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint((_, number) => (number === 1 ? 500 : 200));
    const sender = await startSender({
      ...make(),
      clock,

      retention: { ageMs: DAY },
      retrySchedule: [2 * DAY],
    });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order, { id: "evt_waits" });
    await until("the first attempt was made", () => requests.length === 1);
    await clock.jump(1.9 * DAY);
    expect((await sender.deliveries.list()).logs).toMatchObject([{ eventId: "evt_waits", status: "pending" }]);
    await untilInTime(clock, "the retry was made", () => requests.length === 2, 60_000);
  });
});

test("nothing is removed with retention: false", async () => {
  const clock = simulatedClock();
  const sender = await startSender({ clock, retention: false });
  await sender.publish("order.created", order, { id: "evt_old" });
  await clock.jump(40 * DAY);
  expect((await sender.publish("order.created", order, { id: "evt_old" })).duplicate).toBe(true);
});

test.each([0, 999, 1_000.5, "1 day"])("refuses an age of %j", (ageMs) => {
  expect(() => makeSender({ retention: { ageMs: ageMs as number } })).toThrow(/`retention\.ageMs`/);
});
