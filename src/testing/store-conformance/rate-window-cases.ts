import { strict as assert } from "node:assert";
import type { Permits, RateWindow, WindowShape } from "../../ports/rate-window.js";
import { ACCOUNT, anotherStore } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

const MINUTE = 60_000;

/** The window of an account: an hour. */
const HOURLY: WindowShape = { key: ACCOUNT, slotMs: MINUTE, slots: 60 };

/** Some window of a webhook: a second. */
const SECONDLY: WindowShape = { key: "webhook_a", slotMs: 100, slots: 10 };

/** What the rate window promises. */
export const rateWindowCases: readonly StoreCase[] = [
  {
    name: "rate: grants what is wanted, then what is left, then nothing",
    async run(context) {
      const { rate } = context.store;
      const minute = Math.floor(context.now() / MINUTE);
      const validForMs = (minute + 1) * MINUTE - context.now();
      assert.deepEqual(await take(rate, 100, 60), { granted: 60, slot: minute, validForMs, retryInMs: 0 });
      assert.deepEqual(await take(rate, 100, 60), { granted: 40, slot: minute, validForMs, retryInMs: 0 });
      assert.equal((await take(rate, 100, 60)).granted, 0);
    },
  },
  {
    name: "rate: windows are told apart by their keys, whatever these are",
    async run({ store: { rate } }) {
      for (const key of ["a", "b", "constructor", "__proto__", "a\n1", "a\t", "\ud800", "\ud801"]) {
        assert.equal((await rate.take({ ...HOURLY, key, limit: 5, wanted: 10 })).granted, 5, JSON.stringify(key));
      }
    },
  },
  {
    name: "rate: of many who take at the same moment, over two handles, none gets more than is left",
    async run(context) {
      const other = await anotherStore(context);
      const permits = await Promise.all(
        Array.from({ length: 40 }, (_, index) => take((index % 2 === 0 ? context.store : other).rate, 100, 7)),
      );
      assert.equal(sum(permits), 100);
      assert.equal((await take(other.rate, 100, 1)).granted, 0);
    },
  },
  {
    name: "rate: never more than the limit in any 60 minutes, and what was taken comes back a slot late at most",
    async run(context) {
      toMinute(context, 0.9);
      assert.equal((await take(context.store.rate, 10, 10)).granted, 10);
      const takenAt = context.now();
      const refusal = await take(context.store.rate, 10, 1);
      assert.equal(refusal.granted, 0);
      assert.equal(refusal.retryInMs, 60 * MINUTE + 0.1 * MINUTE);
      context.advance(refusal.retryInMs - 1);
      const stillFull = await take(context.store.rate, 10, 1);
      assert.deepEqual([stillFull.granted, stillFull.retryInMs], [0, 1]);
      context.advance(1);
      assert.equal((await take(context.store.rate, 10, 20)).granted, 10);
      const backAfterMs = context.now() - takenAt;
      assert.ok(backAfterMs >= 60 * MINUTE && backAfterMs <= 61 * MINUTE, `${backAfterMs}`);
    },
  },
  {
    name: "rate: slots leave the window one by one, and the oldest that counts says when to ask again",
    async run(context) {
      toMinute(context, 0);
      for (let minute = 0; minute < 3; minute += 1) {
        assert.equal((await take(context.store.rate, 30, 10)).granted, 10);
        context.advance(10 * MINUTE);
      }
      assert.equal((await take(context.store.rate, 30, 30)).retryInMs, 31 * MINUTE);
      context.advance(31 * MINUTE);
      assert.equal((await take(context.store.rate, 30, 30)).granted, 10);
      assert.equal((await take(context.store.rate, 30, 30)).retryInMs, 10 * MINUTE);
    },
  },
  {
    name: "rate: a permit is for the slot in which it was taken, to its last millisecond",
    async run(context) {
      toMinute(context, 0);
      const first = await take(context.store.rate, 10, 1);
      assert.equal(first.validForMs, MINUTE);
      context.advance(MINUTE - 1);
      const last = await take(context.store.rate, 10, 1);
      assert.deepEqual([last.slot, last.validForMs], [first.slot, 1]);
      context.advance(1);
      const next = await take(context.store.rate, 10, 1);
      assert.deepEqual([next.slot, next.validForMs], [first.slot + 1, MINUTE]);
    },
  },
  {
    name: "rate: what is given back can be taken again, through another handle and after its slot too",
    async run(context) {
      const other = await anotherStore(context);
      const { slot } = await take(context.store.rate, 10, 10);
      await context.store.rate.giveBack({ ...HOURLY, slot, count: 4 });
      assert.equal((await take(other.rate, 10, 3)).granted, 3);
      context.advance(5 * MINUTE);
      await other.rate.giveBack({ ...HOURLY, slot, count: 2 });
      assert.equal((await take(context.store.rate, 10, 10)).granted, 3);
    },
  },
  {
    name: "rate: giving back more than was taken, or by a stranger, makes no room",
    async run({ store: { rate } }) {
      const { slot } = await take(rate, 10, 5);
      await rate.giveBack({ ...HOURLY, slot, count: 99 });
      await rate.giveBack({ ...HOURLY, slot, count: 99 });
      await rate.giveBack({ ...HOURLY, key: "stranger", slot, count: 99 });
      assert.equal((await take(rate, 10, 99)).granted, 10);
      assert.equal((await rate.take({ ...HOURLY, key: "stranger", limit: 10, wanted: 99 })).granted, 10);
    },
  },
  {
    name: "rate: what was given back in full no longer says when to ask again",
    async run(context) {
      toMinute(context, 0);
      const { slot } = await take(context.store.rate, 10, 5);
      context.advance(10 * MINUTE);
      await take(context.store.rate, 10, 5);
      await context.store.rate.giveBack({ ...HOURLY, slot, count: 5 });
      await take(context.store.rate, 10, 5);
      assert.equal((await take(context.store.rate, 10, 1)).retryInMs, 61 * MINUTE);
    },
  },
  {
    name: "rate: a clock that was days ahead and is set right blocks nobody until then",
    async run(context) {
      context.advance(6 * 24 * 60 * MINUTE);
      await take(context.store.rate, 10, 10);
      context.advance(-6 * 24 * 60 * MINUTE);
      assert.equal((await take(context.store.rate, 10, 10)).granted, 10);
    },
  },
  {
    name: "rate: a clock that is set back by minutes makes no room",
    async run(context) {
      await take(context.store.rate, 10, 10);
      context.advance(-30 * MINUTE);
      const refusal = await take(context.store.rate, 10, 1);
      assert.equal(refusal.granted, 0);
      assert.ok(refusal.retryInMs > 0);
    },
  },
  {
    name: "rate: a limit that was lowered below what is taken grants nothing",
    async run({ store: { rate } }) {
      await take(rate, 10, 8);
      const refusal = await take(rate, 5, 1);
      assert.equal(refusal.granted, 0);
      assert.ok(refusal.retryInMs > 0);
      assert.equal((await take(rate, 10, 8)).granted, 2);
    },
  },
  {
    name: "rate: a window of a second has slots of its own length, beside one of an hour",
    async run(context) {
      const { rate } = context.store;
      toMinute(context, 0);
      const second = { ...SECONDLY, limit: 3, wanted: 2 };
      const slot = context.now() / SECONDLY.slotMs;
      assert.deepEqual(await rate.take(second), { granted: 2, slot, validForMs: 100, retryInMs: 0 });
      await take(rate, 10, 10);
      context.advance(250);
      assert.deepEqual(await rate.take(second), { granted: 1, slot: slot + 2, validForMs: 50, retryInMs: 0 });
      assert.deepEqual(await rate.take(second), { granted: 0, slot: slot + 2, validForMs: 50, retryInMs: 850 });
      context.advance(849);
      assert.deepEqual([(await rate.take(second)).granted, (await rate.take(second)).retryInMs], [0, 1]);
      context.advance(1);
      assert.equal((await rate.take(second)).granted, 2);
      assert.equal((await take(rate, 10, 1)).granted, 0);
    },
  },
  {
    name: "rate: what is given back of a short window is taken from the slot it was for",
    async run(context) {
      const { rate } = context.store;
      toMinute(context, 0);
      const { slot } = await rate.take({ ...SECONDLY, limit: 5, wanted: 5 });
      context.advance(100);
      await rate.giveBack({ ...SECONDLY, slot, count: 2 });
      assert.equal((await rate.take({ ...SECONDLY, limit: 5, wanted: 5 })).granted, 2);
      context.advance(1_000);
      assert.equal((await rate.take({ ...SECONDLY, limit: 5, wanted: 5 })).granted, 3);
    },
  },
];

function take(rate: RateWindow, limit: number, wanted: number): Promise<Permits> {
  return rate.take({ ...HOURLY, limit, wanted });
}

function sum(permits: readonly Permits[]): number {
  return permits.reduce((total, { granted }) => total + granted, 0);
}

/** Moves to the place in the next minute that is named as a share of it. */
function toMinute({ now, advance }: StoreCaseContext, share: number): void {
  advance(MINUTE - (now() % MINUTE) + share * MINUTE);
}
