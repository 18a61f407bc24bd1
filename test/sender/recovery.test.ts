import { describe, expect, test } from "vitest";
import { simulatedClock, type SimulatedClock } from "@auraconnect/webhooks/testing";
import type { AuraConnectCatalog, Sender } from "@auraconnect/webhooks/sender";
import { away, faultyStore, lostAnswers, lostCalls } from "../support/faulty-store.js";
import { rejection } from "../support/rejection.js";
import { endpoint, heard, makeSender, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { untilInTime } from "../support/until.js";

const order = sample("order.created");
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Publishes events to an endpoint that refuses all of them. */
async function failEvents(sender: Sender<AuraConnectCatalog>, clock: SimulatedClock, count: number): Promise<void> {
  const failed = heard(sender, "delivery.failed");
  await sender.publishMany(Array.from({ length: count }, () => ({ type: "order.created" as const, object: order })));
  await untilInTime(clock, "all failed", () => failed.length === count);
}

async function finished(
  sender: Sender<AuraConnectCatalog>,
  clock: SimulatedClock,
  webhookId: string,
  recoveryId: string,
) {
  const read = () => sender.deliveries.recovery({ webhookId, recoveryId });
  await untilInTime(clock, "the recovery is done", async () => (await read()).status === "done");
  return read();
}

describe.each(stores)("recover on $name", ({ make }) => {
  test("sends everything again that failed since then, and says how far it is", async () => {
    const clock = simulatedClock();
    let status = 500;
    const { url, requests } = await endpoint(() => status);
    const sender = await startSender({ ...make(), clock, retrySchedule: [], rateLimit: false, disableAfter: false });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    await failEvents(sender, clock, 3);
    await sender.webhooks.test({ webhookId, eventType: "order.created" });
    await clock.jump(10 * MINUTE);
    const since = new Date(clock.now());
    await failEvents(sender, clock, 450);
    status = 200;
    const sent = requests.length;
    const recovery = await sender.deliveries.recover({ webhookId, since });
    expect(recovery).toMatchObject({
      ...{ id: expect.stringMatching(/^recovery_[0-9a-z]{20}$/) as string, webhookId, since: since.toISOString() },
      ...{ status: "running", resent: 0, tooOld: 0, reachedAt: null, finishedAt: null },
    });
    const done = await finished(sender, clock, webhookId, recovery.id);
    expect(done).toMatchObject({ status: "done", resent: 450, tooOld: 0 });
    expect(done.finishedAt).not.toBeNull();
    const deliveries = async () => (await sender.webhooks.stats({ webhookId })).deliveries;
    await untilInTime(clock, "what came of all is recorded", async () => (await deliveries()).pending === 0);
    expect(await deliveries()).toMatchObject({ success: 450, failed: 3, pending: 0 });
    expect(requests).toHaveLength(sent + 450);
  });

  test("counts what failed at last since then, though it was published before", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => 500);
    const sender = await startSender({ ...make(), clock, retrySchedule: [30 * MINUTE] });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const retrying = heard(sender, "delivery.retrying");
    const failed = heard(sender, "delivery.failed");
    await sender.publish("order.created", order);
    await untilInTime(clock, "it was tried", () => retrying.length === 1);
    await clock.jump(10 * MINUTE);
    const since = new Date(clock.now());
    await clock.jump(25 * MINUTE);
    await untilInTime(clock, "it failed", () => failed.length === 1);
    const { id } = await sender.deliveries.recover({ webhookId, since });
    expect(await finished(sender, clock, webhookId, id)).toMatchObject({ resent: 1 });
  });

  test("counts what had waited for days before it failed", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => 500);
    const sender = makeSender({ ...make(), clock, retrySchedule: [] });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const failed = heard(sender, "delivery.failed");
    await sender.publish("order.created", order);
    // Nobody delivers meanwhile.
    await clock.jump(6 * DAY);
    const since = new Date(clock.now());
    await sender.start();
    await untilInTime(clock, "it failed", () => failed.length === 1);
    const { id } = await sender.deliveries.recover({ webhookId, since });
    expect(await finished(sender, clock, webhookId, id)).toMatchObject({ resent: 1 });
  });

  test("leaves what is older than 7 days, and says how many", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => 500);
    const sender = await startSender({ ...make(), clock, retrySchedule: [], disableAfter: false });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const since = new Date(clock.now());
    await failEvents(sender, clock, 2);
    await clock.jump(7 * DAY + MINUTE);
    await failEvents(sender, clock, 1);
    const { id } = await sender.deliveries.recover({ webhookId, since });
    expect(await finished(sender, clock, webhookId, id)).toMatchObject({ resent: 1, tooOld: 2 });
  });

  test("is one at a time, of an active webhook, and of the past", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint();
    const sender = makeSender({ ...make(), clock });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const since = new Date(clock.now());
    const recovery = await sender.deliveries.recover({ webhookId, since });
    const again = await rejection(sender.deliveries.recover({ webhookId, since }));
    expect(again).toMatchObject({ code: "recovery_running", status: 409 });
    expect(again.message).toContain(recovery.id);
    for (const bad of [new Date(clock.now() + 1), "yesterday", undefined]) {
      const error = await rejection(sender.deliveries.recover({ webhookId, since: bad as Date }));
      expect(error).toMatchObject({ code: "option_invalid", field: "since" });
    }
    const unknown = { webhookId, recoveryId: "recovery_unknown" };
    for (const key of [
      unknown,
      { ...unknown, webhookId: "w" },
      { webhookId, recoveryId: recovery.id, accountId: "thief" },
    ]) {
      expect((await rejection(sender.deliveries.recovery(key))).code).toBe("recovery_not_found");
    }
    await sender.start();
    expect(await finished(sender, clock, webhookId, recovery.id)).toMatchObject({ resent: 0 });
    await sender.deliveries.recover({ webhookId, since });
    await sender.webhooks.update({ webhookId, changes: { active: false } });
    expect((await rejection(sender.deliveries.recover({ webhookId, since }))).code).toBe("webhook_inactive");
  });
});

describe.each(stores)("recover on $name, when processes die", ({ share }) => {
  test.each([
    ["before a step is taken", "queue.resend", lostCalls(1)],
    ["after a step was taken and before that is written", "queue.resend", lostAnswers(1)],
    ["before progress is written", "notes.write", lostCalls(1)],
    ["after progress was written", "notes.write", lostAnswers(1)],
  ] as const)("goes on where it was, and counts and sends each once: %s", async (_, method, fault) => {
    const clock = simulatedClock();
    let status = 500;
    const { url, requests } = await endpoint(() => status);
    const shared = share();
    const options = { clock, retrySchedule: [], rateLimit: false, disableAfter: false } as const;
    const sender = await startSender({ ...options, ...shared() });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const since = new Date(clock.now());
    await failEvents(sender, clock, 250);
    status = 200;
    await sender.stop();
    const sent = requests.length;
    const { id } = await sender.deliveries.recover({ webhookId, since });
    const inner = shared();
    const faulty = faultyStore(inner.store);
    const dying = makeSender({ ...options, ...inner, store: faulty.store });
    const errors = heard(dying, "error");
    faulty.fault(method, fault);
    await dying.start();
    await untilInTime(clock, "it failed once", () => errors.length === 1);
    // From here on it is as good as dead.
    for (const dead of ["queue.resend", "notes.write"] as const) faulty.fault(dead, () => Promise.reject(away()));
    await dying.stop();
    const heir = await startSender({ ...options, ...shared() });
    expect(await finished(heir, clock, webhookId, id)).toMatchObject({ resent: 250, tooOld: 0 });
    await untilInTime(clock, "all were sent", () => requests.length === sent + 250);
    await clock.jump(MINUTE);
    expect(requests).toHaveLength(sent + 250);
  });

  test("two processes that go on with the same one send each delivery once", async () => {
    const clock = simulatedClock();
    let status = 500;
    const { url, requests } = await endpoint(() => status);
    const shared = share();
    const make = () => startSender({ ...shared(), clock, retrySchedule: [], rateLimit: false, disableAfter: false });
    const sender = await make();
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const since = new Date(clock.now());
    await failEvents(sender, clock, 450);
    status = 200;
    await sender.stop();
    const sent = requests.length;
    const { id } = await sender.deliveries.recover({ webhookId, since });
    const [one] = await Promise.all([make(), make()]);
    expect(await finished(one, clock, webhookId, id)).toMatchObject({ resent: 450 });
    await untilInTime(clock, "all were sent", () => requests.length === sent + 450);
    await clock.jump(MINUTE);
    expect(requests).toHaveLength(sent + 450);
  });

  test("ends when its webhook is deleted", async () => {
    const clock = simulatedClock();
    const { url } = await endpoint(() => 500);
    const sender = makeSender({ ...share()(), clock });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const { id } = await sender.deliveries.recover({ webhookId, since: new Date(clock.now()) });
    await sender.webhooks.delete({ webhookId });
    await sender.start();
    expect(await finished(sender, clock, webhookId, id)).toMatchObject({ status: "done", resent: 0 });
  });
});
