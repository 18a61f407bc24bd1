import { describe, expect, test } from "vitest";
import type { ClaimedDelivery } from "@auraconnect/webhooks/sender";
import { Lanes } from "../../src/sender/lanes.js";

const lease = { owner: "worker", token: 1 };

const BODY = "{}";

function held(webhookId: string, id: string, body = BODY) {
  const delivery: ClaimedDelivery = {
    id,
    accountId: "default",
    webhookId,
    eventId: `evt_${id}`,
    eventType: "order.created",
    eventCreatedAt: 0,
    body,
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

/** Publishes up to `count` deliveries; answers how many of them the lane keeps. */
function publish(lanes: Lanes, webhookId: string, count: number, body = BODY): number {
  let kept = 0;
  while (kept < count && lanes.reserve(webhookId, body)) {
    kept += 1;
    lanes.putReserved(held(webhookId, `${webhookId}${kept}`, body));
  }
  return kept;
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
    lanes.finish("a", 1);
    expect(takeAll(lanes)).toEqual(["a3"]);
    expect({ inFlight: lanes.inFlight, waiting: lanes.waiting }).toEqual({ inFlight: 2, waiting: 1 });
  });

  test("that hang count as startable only by what is in flight, so that others are fetched", () => {
    const lanes = lanesOf({ hung: 50 });
    expect(lanes.startable).toBe(2);
    takeAll(lanes);
    expect(lanes.startable).toBe(2);
    expect(lanes.waiting).toBe(48);
    lanes.put(held("b", "b1"));
    expect(lanes.startable).toBe(3);
  });

  test("that are kept busy with what is published here still have room for what is due in the store", () => {
    const lanes = new Lanes(2, 8);
    publish(lanes, "a", 100);
    takeAll(lanes);
    expect([lanes.startable, [...lanes.occupancy()]]).toEqual([2, [["a", 2]]]);
    lanes.put(held("a", "due"));
    expect([lanes.waiting, lanes.claimed]).toEqual([99, 1]);
  });

  test("send the older of what was claimed and what was published here", () => {
    const lanes = new Lanes(1, 8);
    for (const id of ["dlv_3", "dlv_5"]) {
      lanes.reserve("a", BODY);
      lanes.putReserved(held("a", id));
    }
    for (const id of ["dlv_1", "dlv_4", "dlv_6"]) lanes.put(held("a", id));
    const taken: (string | undefined)[] = [];
    for (let count = 0; count < 6; count += 1) {
      taken.push(lanes.take()?.delivery.id);
      if (count < 5) lanes.finish("a", 1);
    }
    expect(taken).toEqual(["dlv_1", "dlv_3", "dlv_4", "dlv_5", "dlv_6", undefined]);
    expect([lanes.waiting, lanes.claimed]).toEqual([0, 0]);
  });

  test("keep nothing that is published while the store has older work", () => {
    const lanes = new Lanes(2, 8);
    lanes.setBacklog("b", true);
    expect(lanes.reserve("b", BODY)).toBe(false);
    lanes.setBacklog("b", false);
    expect(lanes.reserve("b", BODY)).toBe(true);
  });

  test("keep what they can send within ten seconds, by how long an attempt takes", () => {
    const lanes = new Lanes(2, 8);
    // 100 ms is what an attempt is taken to last before one has ended.
    expect(publish(lanes, "a", 1_000)).toBe(200);
    lanes.take();
    for (let count = 0; count < 100; count++) {
      lanes.finish("a", 1_000);
      lanes.take();
    }
    // 98 wait, and 20 is what goes out in ten seconds: only what every lane may keep would be taken.
    expect(publish(lanes, "a", 1)).toBe(0);
    for (let count = 0; count < 79; count++) {
      lanes.finish("a", 1_000);
      lanes.take();
    }
    expect(publish(lanes, "a", 100)).toBe(1);
  });

  test("that hang keep four times what they may have in flight", () => {
    const lanes = new Lanes(2, 8);
    publish(lanes, "a", 1);
    takeAll(lanes);
    lanes.finish("a", 20_000, true);
    expect(publish(lanes, "a", 1_000)).toBe(8);
  });

  test("share the memory, so that one that fills it leaves room for the others", () => {
    const lanes = new Lanes(100, 100);
    const big = "x".repeat(255 * 1_024);
    // 64 MiB hold 256 of them.
    const lone = publish(lanes, "a", 1_000, big);
    expect([lone > 160, lone < 180]).toEqual([true, true]);
    const others = Array.from({ length: 20 }, (_, number) => publish(lanes, `b${number}`, 1_000, big));
    expect(others.slice(0, 3).every((count) => count > 0)).toBe(true);
    expect(others.reduce((sum, count) => sum + count, lone)).toBeLessThanOrEqual(256);
    lanes.drain();
    expect(publish(lanes, "a", 1_000, big)).toBe(lone);
  });

  test("give back the room of what was not written", () => {
    const lanes = new Lanes(1, 8);
    const big = "x".repeat(255 * 1_024);
    for (let round = 0; round < 1_000; round++) {
      expect(lanes.reserve("a", big)).toBe(true);
      lanes.unreserve("a", big);
    }
  });

  test("say that they want more when the store has more and they run dry", () => {
    const lanes = lanesOf({ a: 3, b: 3 });
    lanes.setBacklog("a", true);
    takeAll(lanes);
    expect(lanes.finish("a", 1)).toEqual({ wantsMore: true });
    expect(lanes.finish("b", 1)).toEqual({ wantsMore: false });
  });

  test("are forgotten when they are empty, and remembered while anything is promised, in flight or in the store", () => {
    const lanes = new Lanes(2, 8);
    const known = () => [...lanes.occupancy()];
    lanes.put(held("a", "a1"));
    takeAll(lanes);
    expect(known()).toEqual([["a", 1]]);
    lanes.finish("a", 1);
    expect(known()).toEqual([]);
    lanes.reserve("a", BODY);
    expect(known()).toEqual([["a", 0]]);
    lanes.unreserve("a", BODY);
    expect(known()).toEqual([]);
    lanes.setBacklog("a", true);
    expect(known()).toEqual([["a", 0]]);
    lanes.setBacklog("a", false);
    expect(known()).toEqual([]);
  });

  test("give out all that waits, keep what is in flight, and go on afterwards", () => {
    const lanes = lanesOf({ a: 3, b: 1 });
    expect(lanes.take()?.delivery.id).toBe("a1");
    lanes.reserve("b", BODY);
    publish(lanes, "a", 1);
    expect(
      lanes
        .drain()
        .map(({ delivery }) => delivery.id)
        .sort(),
    ).toEqual(["a1", "a2", "a3", "b1"]);
    expect({ inFlight: lanes.inFlight, waiting: lanes.waiting }).toEqual({ inFlight: 1, waiting: 0 });
    expect([...lanes.occupancy()]).toEqual([
      ["a", 1],
      ["b", 0],
    ]);
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
      lanes.finish(webhookId, 20_000, true);
    }
    for (const webhookId of hangs) {
      for (const number of [1, 2, 3]) lanes.put(held(webhookId, `${webhookId}-${number}`));
    }
    expect(takeAll(lanes)).toEqual(["h1-1", "h2-1"]);
    expect(lanes.startable).toBe(2);
    for (const number of [1, 2, 3]) lanes.put(held("quick", `quick-${number}`));
    expect(takeAll(lanes)).toEqual(["quick-1", "quick-2"]);
    lanes.finish("quick", 1);
    expect(takeAll(lanes)).toEqual(["quick-3"]);
    lanes.finish("h1", 20_000, true);
    expect(takeAll(lanes)).toEqual(["h3-1"]);
  });

  test("that answer again are like the others", () => {
    const lanes = new Lanes(2, 2);
    lanes.put(held("a", "a1"));
    takeAll(lanes);
    lanes.finish("a", 20_000, true);
    lanes.put(held("a", "a2"));
    takeAll(lanes);
    lanes.finish("a", 1, false);
    for (const number of [3, 4]) lanes.put(held("a", `a${number}`));
    expect(takeAll(lanes)).toEqual(["a3", "a4"]);
  });
});
