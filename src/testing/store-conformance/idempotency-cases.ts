import { strict as assert } from "node:assert";
import type { IdempotencyStore } from "../../ports/idempotency.js";

/** A promise of the idempotency port, as a value: any test runner can run it against any store. */
export interface IdempotencyCase {
  readonly name: string;
  /** Rejects where the store breaks the promise. */
  run(context: IdempotencyCaseContext): Promise<void>;
}

/** What one case gets. Nothing of it is shared with another case. */
export interface IdempotencyCaseContext {
  /** An empty store that works by `now` and has room for 1,000 keys. */
  readonly store: IdempotencyStore;
  /** The time by which the store works: it stands still but for `advance`. */
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /** Another handle on the same data; left out where the store has only one. */
  readonly another?: (() => Promise<IdempotencyStore>) | undefined;
}

const LEASE_MS = 17_000;
const RETENTION_MS = 8 * 24 * 3_600_000;

/** Everything an idempotency store promises to a receiver. */
export const idempotencyCases: readonly IdempotencyCase[] = [
  {
    name: "of any number of callers at the same moment one gets the key",
    async run({ store, another }) {
      const other = (await another?.()) ?? store;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? store : other).claim({ key: "evt", leaseMs: LEASE_MS }),
        ),
      );
      assert.equal(answers.filter(({ kind }) => kind === "claimed").length, 1);
      for (const answer of answers) {
        if (answer.kind !== "claimed") assert.deepEqual(answer, { kind: "in_flight", retryAfterMs: LEASE_MS });
      }
    },
  },
  {
    name: "what is handled is done for everybody until the retention is over",
    async run({ store, advance }) {
      await store.complete({ key: "evt", token: await take(store, "evt"), retentionMs: RETENTION_MS });
      assert.deepEqual(await store.claim({ key: "evt", leaseMs: LEASE_MS }), { kind: "done" });
      advance(RETENTION_MS - 1);
      assert.deepEqual(await store.claim({ key: "evt", leaseMs: LEASE_MS }), { kind: "done" });
      advance(1);
      await take(store, "evt");
    },
  },
  {
    name: "what is given back can be taken at once",
    async run({ store }) {
      await store.release({ key: "evt", token: await take(store, "evt") });
      await take(store, "evt");
    },
  },
  {
    name: "a claim lapses when its lease is over, and says how long that is",
    async run({ store, advance }) {
      const first = await take(store, "evt");
      advance(LEASE_MS - 1);
      const answer = await store.claim({ key: "evt", leaseMs: LEASE_MS });
      assert.deepEqual(answer, { kind: "in_flight", retryAfterMs: 1 });
      advance(1);
      assert.notEqual(await take(store, "evt"), first);
    },
  },
  {
    name: "a holder whose claim lapsed can neither complete nor release what another holds",
    async run({ store, advance }) {
      const late = await take(store, "evt");
      advance(LEASE_MS);
      const current = await take(store, "evt");
      await store.complete({ key: "evt", token: late, retentionMs: RETENTION_MS });
      await store.release({ key: "evt", token: late });
      assert.equal((await store.claim({ key: "evt", leaseMs: LEASE_MS })).kind, "in_flight");
      await store.complete({ key: "evt", token: current, retentionMs: RETENTION_MS });
      await store.release({ key: "evt", token: late });
      assert.equal((await store.claim({ key: "evt", leaseMs: LEASE_MS })).kind, "done");
    },
  },
  {
    name: "a lapsed claim that nobody took is completed all the same, also after others came and went",
    async run({ store, advance }) {
      const token = await take(store, "evt");
      advance(LEASE_MS);
      for (let index = 0; index < 200; index += 1) await take(store, `other-${index}`);
      await store.complete({ key: "evt", token, retentionMs: RETENTION_MS });
      assert.equal((await store.claim({ key: "evt", leaseMs: LEASE_MS })).kind, "done");
    },
  },
  {
    name: "completing twice is completing once, and what is done is not given back",
    async run({ store }) {
      const token = await take(store, "evt");
      await store.complete({ key: "evt", token, retentionMs: RETENTION_MS });
      await store.complete({ key: "evt", token, retentionMs: RETENTION_MS });
      await store.release({ key: "evt", token });
      assert.equal((await store.claim({ key: "evt", leaseMs: LEASE_MS })).kind, "done");
    },
  },
  {
    name: "any string is a key of its own",
    async run({ store }) {
      const keys = [
        "__proto__",
        "constructor",
        "toString",
        "\u0000",
        "\ud800",
        "\udfff",
        "\ufffd",
        "'; drop table x;--",
      ];
      for (const key of keys) {
        await store.complete({ key, token: await take(store, key), retentionMs: RETENTION_MS });
        assert.equal((await store.claim({ key, leaseMs: LEASE_MS })).kind, "done", JSON.stringify(key));
      }
    },
  },
];

async function take(store: IdempotencyStore, key: string): Promise<string> {
  const answer = await store.claim({ key, leaseMs: LEASE_MS });
  if (answer.kind !== "claimed") assert.fail(`${JSON.stringify(key)} should be free and is ${answer.kind}.`);
  return answer.token;
}
