import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import {
  databaseFile,
  endpoint,
  heard,
  makeSender,
  sample,
  SECRET_KEYS,
  startSender,
} from "../support/sender-scene.js";
import { untilInTime } from "../support/until.js";

const order = sample("order.created");
const HOUR = 3_600_000;

const stores = [
  { name: "memory", make: () => ({ store: memoryStore() }) },
  { name: "sqlite", make: () => ({ store: sqliteStore({ path: databaseFile() }), secretKeys: SECRET_KEYS }) },
];

describe.each(stores)("an endpoint that keeps failing, on $name", ({ make }) => {
  test("is disabled after days of it, told once, and gets what waited when it is active again", async () => {
    const clock = simulatedClock();
    let status = 500;
    const { url, requests } = await endpoint(() => status);
    const sender = await startSender({ ...make(), clock, retrySchedule: [HOUR], rateLimit: false });
    const disabled = heard(sender, "webhook.disabled");
    const failed = heard(sender, "delivery.failed");
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });

    // Two attempts every 12 hours, so that the 21st comes when 5 days are over.
    for (let count = 1; count <= 10; count++) {
      await sender.publish("order.created", order);
      await untilInTime(clock, `attempt ${count * 2 - 1} was made`, () => requests.length === count * 2 - 1);
      await clock.jump(HOUR);
      await untilInTime(clock, `delivery ${count} failed`, () => failed.length === count);
      expect(disabled).toEqual([]);
      await clock.jump(11 * HOUR);
    }
    await sender.publish("order.created", order);
    await untilInTime(clock, "it was disabled", () => disabled.length > 0);
    expect(disabled).toHaveLength(1);
    expect(disabled[0]?.webhook).toMatchObject({ id: webhookId, active: false });
    expect(disabled[0]?.webhook.disabledReason).toMatch(/^All of the last 2\d attempts failed, over 5 days\.$/);

    const sent = requests.length;
    expect((await sender.publish("order.created", order)).deliveries).toEqual([]);
    status = 200;
    const webhook = await sender.webhooks.update({ webhookId, changes: { active: true } });
    expect(webhook).toMatchObject({ active: true, disabledReason: null });
    await sender.publish("order.created", order);
    await untilInTime(clock, "it is sent to again", () => requests.length === sent + 1);
  });

  test("that succeeds in between is not disabled", async () => {
    const clock = simulatedClock();
    const { url, requests } = await endpoint((_, number) => (number === 3 ? 200 : 500));
    const sender = await startSender({
      ...make(),
      clock,
      retrySchedule: [],
      disableAfter: { failingForMs: HOUR, failures: 3 },
    });
    const disabled = heard(sender, "webhook.disabled");
    await sender.webhooks.create({ url, events: ["*"] });
    for (let count = 1; count <= 5; count++) {
      await sender.publish("order.created", order);
      await untilInTime(clock, `request ${count} was made`, () => requests.length === count);
      await clock.jump(HOUR);
    }
    expect(disabled).toEqual([]);
    await sender.publish("order.created", order);
    await untilInTime(clock, "the third failure in a row disabled it", () => disabled.length === 1);
  });
});

test("nothing is disabled with disableAfter: false", async () => {
  const clock = simulatedClock();
  const { url, requests } = await endpoint(() => 500);
  const sender = await startSender({ clock, retrySchedule: [], disableAfter: false });
  const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
  for (let count = 1; count <= 25; count++) {
    await sender.publish("order.created", order);
    await untilInTime(clock, `request ${count} was made`, () => requests.length === count);
    await clock.jump(12 * HOUR);
  }
  expect(await sender.webhooks.get({ webhookId })).toMatchObject({ active: true, disabledReason: null });
});

test.each([{ failures: 0 }, { failingForMs: -1 }, { failures: 1.5 }])("refuses %j", (disableAfter) => {
  const given = { failingForMs: HOUR, failures: 3, ...disableAfter };
  expect(() => makeSender({ disableAfter: given })).toThrow(/`disableAfter\./);
});
