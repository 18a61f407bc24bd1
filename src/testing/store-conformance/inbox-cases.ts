import { strict as assert } from "node:assert";
import type { ClaimedInboxEvent, InboxStore, InboxSettlement, NewInboxEvent } from "../../ports/inbox.js";

/** A promise of the inbox port, as a value: any test runner can run it against any inbox. */
export interface InboxCase {
  readonly name: string;
  /** Rejects where the inbox breaks the promise. */
  run(context: InboxCaseContext): Promise<void>;
}

/** What one case gets. Nothing of it is shared with another case. */
export interface InboxCaseContext {
  /** An empty inbox that works by `now`. */
  readonly inbox: InboxStore;
  /** The time by which the inbox works: it stands still but for `advance`. A whole number of milliseconds. */
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /** Another handle on the same data, as another process would have; left out where the inbox has only one. */
  readonly another?: (() => Promise<InboxStore>) | undefined;
  /**
   * Runs `work` in a transaction of the host's own, then commits, or rolls back when `work` throws and throws that. Left
   * out where the inbox takes part in no transaction; it must then refuse with `transaction_unsupported`.
   */
  readonly transact?: ((work: (transaction: unknown) => void | Promise<void>) => Promise<void>) | undefined;
}

const LEASE_MS = 15_000;
const RETENTION_MS = 8 * 24 * 3_600_000;

/** Everything an inbox promises to a receiver. */
export const inboxCases: readonly InboxCase[] = [
  {
    name: "keeps an event as it was put, and gives it to one of any number of callers",
    async run({ inbox, another }) {
      const other = (await another?.()) ?? inbox;
      const event = { id: "evt", type: "order.created", body: '\u{feff}{"a":"Zoë 🍅"}\r\n', context: '{"b":1}' };
      assert.equal(await inbox.put(event), "stored");
      const claims = await Promise.all([inbox, other, inbox, other].map((handle) => take(handle)));
      const [claimed, ...others] = claims.flat();
      assert.deepEqual(others, []);
      assert.ok(claimed);
      const { token, ...rest } = claimed;
      assert.equal(typeof token, "string");
      assert.deepEqual(rest, { ...event, attempt: 1 });
    },
  },
  {
    name: "stores an id once, whoever comes at the same moment",
    async run({ inbox, another }) {
      const other = (await another?.()) ?? inbox;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? inbox : other).put(event("evt"))),
      );
      assert.equal(answers.filter((answer) => answer === "stored").length, 1);
      assert.equal((await take(inbox)).length, 1);
    },
  },
  {
    name: "remembers what is done until the retention is over, and not its body",
    async run({ inbox, advance }) {
      await inbox.put(event("evt"));
      assert.equal(await inbox.settle(done(await takeOne(inbox))), true);
      advance(RETENTION_MS - 1);
      assert.equal(await inbox.put(event("evt")), "duplicate");
      assert.deepEqual(await take(inbox), []);
      const [row] = (await inbox.list()).events;
      assert.deepEqual([row?.state, row?.body, row?.error], ["done", null, null]);
      advance(1);
      assert.equal(await inbox.put(event("evt")), "stored");
      assert.equal((await takeOne(inbox)).attempt, 1);
    },
  },
  {
    name: "takes the longest due first, and says when more is due",
    async run({ inbox, advance }) {
      assert.deepEqual(await inbox.claim({ limit: 5, leaseMs: LEASE_MS }), { events: [], nextDueInMs: null });
      for (const id of ["c", "a", "b"]) {
        await inbox.put(event(id));
        advance(1);
      }
      const first = await inbox.claim({ limit: 2, leaseMs: LEASE_MS });
      assert.deepEqual([idsOf(first.events), first.nextDueInMs], [["c", "a"], 0]);
      const second = await inbox.claim({ limit: 2, leaseMs: LEASE_MS });
      assert.deepEqual([idsOf(second.events), second.nextDueInMs], [["b"], LEASE_MS]);
      advance(4_000);
      assert.deepEqual(await inbox.claim({ limit: 2, leaseMs: LEASE_MS }), {
        events: [],
        nextDueInMs: LEASE_MS - 4_000,
      });
    },
  },
  {
    name: "gives what a dead worker held to another when its lease is over, and counts the attempt",
    async run({ inbox, advance }) {
      await inbox.put(event("evt"));
      const first = await takeOne(inbox);
      advance(LEASE_MS - 1);
      assert.deepEqual(await take(inbox), []);
      advance(1);
      const second = await takeOne(inbox);
      assert.equal(second.attempt, 2);
      assert.notEqual(second.token, first.token);
    },
  },
  {
    name: "lets a lease last that is renewed, and says which are lost",
    async run({ inbox, advance }) {
      await inbox.put(event("kept"));
      await inbox.put(event("lost"));
      const [kept, lost] = await take(inbox);
      assert.ok(kept && lost);
      advance(LEASE_MS - 1);
      assert.deepEqual(await inbox.renew({ holds: [kept], leaseMs: LEASE_MS }), [kept.token]);
      advance(1);
      assert.deepEqual(idsOf(await take(inbox)), ["lost"]);
      assert.deepEqual(await inbox.renew({ holds: [kept, lost], leaseMs: LEASE_MS }), [kept.token]);
      assert.equal(await inbox.settle(done(kept)), true);
      assert.deepEqual(await inbox.renew({ holds: [kept], leaseMs: LEASE_MS }), [kept.token]);
      advance(RETENTION_MS - 1);
      assert.equal(await inbox.put(event("kept")), "duplicate");
      advance(1);
      assert.equal(await inbox.put(event("kept")), "stored");
    },
  },
  {
    name: "lets only the holder of the token decide",
    async run({ inbox, advance }) {
      await inbox.put(event("evt"));
      const stale = await takeOne(inbox);
      advance(LEASE_MS);
      const current = await takeOne(inbox);
      for (const settlement of everySettlement(stale)) assert.equal(await inbox.settle(settlement), false);
      assert.deepEqual(await take(inbox), []);
      assert.equal(await inbox.settle(done(current)), true);
      for (const settlement of everySettlement(stale)) assert.equal(await inbox.settle(settlement), false);
    },
  },
  {
    name: "takes a late settlement while nobody else has the event, and a repeated completion as one",
    async run({ inbox, advance }) {
      await inbox.put(event("evt"));
      const held = await takeOne(inbox);
      advance(LEASE_MS * 10);
      assert.equal(await inbox.settle(done(held)), true);
      assert.equal(await inbox.settle(done(held)), true);
      for (const settlement of everySettlement(held).slice(1)) assert.equal(await inbox.settle(settlement), false);
      assert.equal(await inbox.put(event("evt")), "duplicate");
    },
  },
  {
    name: "gives what failed again after its delay, with the attempt counted and the error kept",
    async run({ inbox, advance }) {
      await inbox.put(event("evt"));
      assert.equal(
        await inbox.settle({ ...holdOf(await takeOne(inbox)), kind: "retry", delayMs: 5_000, error: "x" }),
        true,
      );
      const [row] = (await inbox.list({ state: "pending" })).events;
      assert.deepEqual([row?.attempts, row?.error], [1, "x"]);
      advance(4_999);
      assert.deepEqual(await inbox.claim({ limit: 1, leaseMs: LEASE_MS }), { events: [], nextDueInMs: 1 });
      advance(1);
      assert.equal((await takeOne(inbox)).attempt, 2);
    },
  },
  {
    name: "gives what was returned again at once, and does not count the attempt",
    async run({ inbox }) {
      await inbox.put(event("evt"));
      assert.equal(await inbox.settle({ ...holdOf(await takeOne(inbox)), kind: "returned" }), true);
      assert.equal((await takeOne(inbox)).attempt, 1);
    },
  },
  {
    name: "keeps what is dead until somebody asks for it, or it is sent again",
    async run({ inbox, advance }) {
      for (const id of ["a", "b", "c"]) await inbox.put(event(id));
      const claimed = await take(inbox);
      for (const held of claimed) await inbox.settle({ ...holdOf(held), kind: "dead", error: `broke ${held.id}` });
      advance(RETENTION_MS * 10);
      assert.deepEqual(await inbox.claim({ limit: 9, leaseMs: LEASE_MS }), { events: [], nextDueInMs: null });
      const { events } = await inbox.list({ state: "dead" });
      assert.deepEqual(
        events.map(({ id, error, attempts, body }) => [id, error, attempts, body]),
        ["a", "b", "c"].map((id) => [id, `broke ${id}`, 1, "{}"]),
      );
      assert.equal(await inbox.requeue(["a", "a", "nobody"]), 1);
      assert.equal(await inbox.put(event("b")), "stored");
      assert.deepEqual((await take(inbox)).map(({ id, attempt }) => [id, attempt]).sort(), [
        ["a", 1],
        ["b", 1],
      ]);
      assert.equal(await inbox.requeue("all"), 1);
      assert.deepEqual(idsOf(await take(inbox)), ["c"]);
      assert.equal(await inbox.requeue("all"), 0);
    },
  },
  {
    name: "discards what is dead and nothing else, and forgets its id",
    async run({ inbox }) {
      for (const id of ["dead", "done", "held", "other"]) await inbox.put(event(id));
      const [dead, finished, , other] = await take(inbox);
      assert.ok(dead && finished && other);
      for (const held of [dead, other]) await inbox.settle({ ...holdOf(held), kind: "dead", error: "x" });
      await inbox.settle(done(finished));
      assert.equal(await inbox.discard(["dead", "done", "held"]), 1);
      assert.equal(await inbox.discard("all"), 1);
      assert.deepEqual(
        (await inbox.list()).events.map(({ id }) => id),
        ["done", "held"],
      );
      assert.equal(await inbox.put(event("dead")), "stored");
    },
  },
  {
    name: "lists in the order of storing, page by page, and refuses what is no query",
    async run({ inbox, now }) {
      const ids = Array.from({ length: 7 }, (_, index) => `evt-${(index * 3) % 7}`);
      for (const id of ids) await inbox.put(event(id));
      const first = await inbox.list({ limit: 3 });
      assert.deepEqual(first.events[0], {
        ...{ id: "evt-0", type: "order.created", state: "pending", attempts: 0, error: null },
        ...{ receivedAt: now(), body: "{}" },
      });
      const second = await inbox.list({ limit: 3, cursor: first.nextCursor ?? "" });
      const third = await inbox.list({ limit: 3, cursor: second.nextCursor ?? "" });
      assert.deepEqual(
        [first, second, third].flatMap(({ events }) => events.map(({ id }) => id)),
        ids,
      );
      assert.equal(third.nextCursor, null);
      assert.deepEqual(await inbox.list({ state: "dead" }), { events: [], nextCursor: null });
      await assert.rejects(inbox.list({ limit: 0 }), { code: "option_invalid" });
      await assert.rejects(inbox.list({ cursor: "x" }), { code: "cursor_invalid" });
    },
  },
  {
    name: "any string is an id of its own, and an error may be any text",
    async run({ inbox }) {
      const ids = ["__proto__", "constructor", "\u0000", "\ud800", "\udfff", "\ufffd", "'; drop table x;--"];
      for (const id of ids) {
        assert.equal(await inbox.put(event(id)), "stored", JSON.stringify(id));
        const held = await takeOne(inbox);
        assert.equal(held.id, id);
        assert.equal(await inbox.settle({ ...holdOf(held), kind: "dead", error: `\u0000\ud800${id}` }), true);
      }
      const { events } = await inbox.list();
      assert.deepEqual(
        events.map(({ id }) => id),
        ids,
      );
      // A store may hold a text that UTF-8 cannot in another form, as long as it holds it.
      assert.ok(events.every(({ error }) => error !== null && error.length > 0));
    },
  },
  {
    name: "completes an event exactly if the host's transaction commits",
    async run({ inbox, transact, advance }) {
      await inbox.put(event("evt"));
      const first = await takeOne(inbox);
      const completion = { ...holdOf(first), retentionMs: RETENTION_MS };
      if (transact === undefined) {
        await assert.rejects(async () => inbox.completeIn({}, completion), { code: "transaction_unsupported" });
        return;
      }
      const rolledBack = new Error("rolled back");
      const work = transact(async (transaction) => {
        await inbox.completeIn(transaction, completion);
        throw rolledBack;
      });
      await assert.rejects(work, rolledBack);
      advance(LEASE_MS);
      const second = await takeOne(inbox);
      await assert.rejects(
        transact((transaction) => inbox.completeIn(transaction, completion)),
        { code: "lease_lost" },
      );
      await transact((transaction) => inbox.completeIn(transaction, { ...holdOf(second), retentionMs: RETENTION_MS }));
      assert.equal(await inbox.settle(done(second)), true);
      assert.deepEqual(await take(inbox), []);
      assert.equal(await inbox.put(event("evt")), "duplicate");
    },
  },
  {
    name: "refuses to complete in what is no transaction of its database",
    async run({ inbox, transact }) {
      if (transact === undefined) return;
      await inbox.put(event("evt"));
      const completion = { ...holdOf(await takeOne(inbox)), retentionMs: RETENTION_MS };
      for (const transaction of [undefined, null, {}, "transaction"]) {
        await assert.rejects(async () => inbox.completeIn(transaction, completion), { code: "option_invalid" });
      }
    },
  },
  {
    name: "closed and asked again it goes on",
    async run({ inbox, another }) {
      if (another === undefined) return;
      await inbox.put(event("evt"));
      await inbox.close();
      await inbox.close();
      assert.equal((await takeOne(inbox)).id, "evt");
    },
  },
];

function event(id: string): NewInboxEvent {
  return { id, type: "order.created", body: "{}", context: "{}" };
}

async function take(inbox: InboxStore): Promise<readonly ClaimedInboxEvent[]> {
  return (await inbox.claim({ limit: 10, leaseMs: LEASE_MS })).events;
}

async function takeOne(inbox: InboxStore): Promise<ClaimedInboxEvent> {
  const [claimed, ...others] = await take(inbox);
  if (claimed === undefined || others.length > 0) assert.fail("One event should be due.");
  return claimed;
}

function holdOf({ id, token }: ClaimedInboxEvent): { readonly id: string; readonly token: string } {
  return { id, token };
}

function done(claimed: ClaimedInboxEvent): InboxSettlement {
  return { ...holdOf(claimed), kind: "done", retentionMs: RETENTION_MS };
}

function everySettlement(claimed: ClaimedInboxEvent): readonly InboxSettlement[] {
  const hold = holdOf(claimed);
  return [
    done(claimed),
    { ...hold, kind: "retry", delayMs: 0, error: "x" },
    { ...hold, kind: "dead", error: "x" },
    { ...hold, kind: "returned" },
  ];
}

function idsOf(events: readonly ClaimedInboxEvent[]): readonly string[] {
  return events.map(({ id }) => id);
}
