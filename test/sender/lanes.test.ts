import { describe, expect, test } from "vitest";
import type { ClaimedDelivery } from "@auraconnect/webhooks/sender";
import { Lanes } from "../../src/sender/lanes.js";

const lease = { owner: "worker", token: 1 };

function held(webhookId: string, id: string) {
  const delivery: ClaimedDelivery = {
    id,
    accountId: "default",
    webhookId,
    eventId: `evt_${id}`,
    eventType: "order.created",
    eventCreatedAt: 0,
    body: "{}",
    storedAt: 0,
    attempts: 0,
    scheduleOffset: 0,
  };
  return { delivery, lease };
}

/** Lanes that hold so many of each webhook, two in flight per webhook. */
function lanesOf(counts: Readonly<Record<string, number>>): Lanes {
  const lanes = new Lanes(2, 8);
  for (const [webhookId, count] of Object.entries(counts)) {
    for (let number = 1; number <= count; number++) lanes.put(held(webhookId, `${webhookId}${number}`));
  }
  return lanes;
}

/** Takes until nothing can be started. */
function takeAll(lanes: Lanes): string[] {
  const taken: string[] = [];
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) taken.push(next.delivery.id);
  return taken;
}

describe("lanes", () => {
  test("take turns, each in the order in which its deliveries came", () => {
    expect(takeAll(lanesOf({ a: 2, b: 1, c: 2 }))).toEqual(["a1", "b1", "c1", "a2", "c2"]);
  });

  test("start no more than allowed at a time, and the next when one has ended", () => {
    const lanes = lanesOf({ a: 4 });
    expect(takeAll(lanes)).toEqual(["a1", "a2"]);
    expect(lanes.inFlight).toBe(2);
    lanes.finish("a");
    expect(takeAll(lanes)).toEqual(["a3"]);
    expect({ inFlight: lanes.inFlight, waiting: lanes.waiting, size: lanes.size }).toEqual({
      inFlight: 2,
      waiting: 1,
      size: 3,
    });
  });

  test("that hang count as startable only by what is in flight, so that others are fetched", () => {
    const lanes = lanesOf({ hung: 50 });
    expect(lanes.startable).toBe(2);
    takeAll(lanes);
    expect(lanes.startable).toBe(2);
    expect(lanes.size).toBe(50);
    lanes.put(held("b", "b1"));
    lanes.reserve("c", 5);
    expect(lanes.startable).toBe(4);
  });

  test("reserve up to their room, and not while the store has older work", () => {
    const lanes = lanesOf({ a: 1 });
    expect([1, 2, 3].map(() => lanes.reserve("a", 3))).toEqual([true, true, false]);
    expect(lanes.size).toBe(3);
    lanes.unreserve("a");
    expect(lanes.reserve("a", 3)).toBe(true);
    lanes.setBacklog("b", true);
    expect(lanes.reserve("b", 3)).toBe(false);
    lanes.setBacklog("b", false);
    expect(lanes.reserve("b", 3)).toBe(true);
  });

  test("say that they want more when the store has more and they run dry", () => {
    const lanes = lanesOf({ a: 3, b: 3 });
    lanes.setBacklog("a", true);
    takeAll(lanes);
    expect(lanes.finish("a")).toEqual({ wantsMore: true });
    expect(lanes.finish("b")).toEqual({ wantsMore: false });
  });

  test("are forgotten when they are empty, and remembered while anything is promised, in flight or in the store", () => {
    const lanes = new Lanes(2, 8);
    const known = () => [...lanes.occupancy()];
    lanes.put(held("a", "a1"));
    takeAll(lanes);
    expect(known()).toEqual([["a", 1]]);
    lanes.finish("a");
    expect(known()).toEqual([]);
    lanes.reserve("a", 1);
    expect(known()).toEqual([["a", 1]]);
    lanes.unreserve("a");
    expect(known()).toEqual([]);
    lanes.setBacklog("a", true);
    expect(known()).toEqual([["a", 0]]);
    lanes.setBacklog("a", false);
    expect(known()).toEqual([]);
    expect(lanes.reserve("a", 0)).toBe(false);
    expect(known()).toEqual([]);
  });

  test("give out all that waits, keep what is in flight, and go on afterwards", () => {
    const lanes = lanesOf({ a: 3, b: 1 });
    expect(lanes.take()?.delivery.id).toBe("a1");
    lanes.reserve("b", 9);
    expect(
      lanes
        .drain()
        .map(({ delivery }) => delivery.id)
        .sort(),
    ).toEqual(["a2", "a3", "b1"]);
    expect({ inFlight: lanes.inFlight, waiting: lanes.waiting, size: lanes.size }).toEqual({
      inFlight: 1,
      waiting: 0,
      size: 2,
    });
    expect(lanes.take()).toBeUndefined();
    lanes.put(held("a", "a4"));
    lanes.put(held("c", "c1"));
    expect(takeAll(lanes).sort()).toEqual(["a4", "c1"]);
  });

  test("that hang have half of what may be in flight together, and the others the rest", () => {
    const lanes = new Lanes(2, 4);
    const hangs = ["h1", "h2", "h3"];
    for (const webhookId of hangs) {
      lanes.put(held(webhookId, `${webhookId}-a`));
      takeAll(lanes);
      lanes.finish(webhookId, true);
    }
    for (const webhookId of hangs) {
      for (const number of [1, 2, 3]) lanes.put(held(webhookId, `${webhookId}-${number}`));
    }
    expect(takeAll(lanes)).toEqual(["h1-1", "h2-1"]);
    expect(lanes.startable).toBe(2);
    for (const number of [1, 2, 3]) lanes.put(held("quick", `quick-${number}`));
    expect(takeAll(lanes)).toEqual(["quick-1", "quick-2"]);
    lanes.finish("quick");
    expect(takeAll(lanes)).toEqual(["quick-3"]);
    lanes.finish("h1", true);
    expect(takeAll(lanes)).toEqual(["h3-1"]);
  });

  test("that answer again are like the others", () => {
    const lanes = new Lanes(2, 2);
    lanes.put(held("a", "a1"));
    takeAll(lanes);
    lanes.finish("a", true);
    lanes.put(held("a", "a2"));
    takeAll(lanes);
    lanes.finish("a", false);
    for (const number of [3, 4]) lanes.put(held("a", `a${number}`));
    expect(takeAll(lanes)).toEqual(["a3", "a4"]);
  });
});
