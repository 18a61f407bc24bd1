import type { Contender } from "../job.js";
import { openStores } from "../open-stores.js";
import type { ServerKind } from "../servers.js";

/** How a contender is set to take over the work of a process that died. */
export interface TakeOver {
  /** Its settings, for the table. */
  readonly says: string;
  /** Milliseconds to ask for; null is the default. */
  readonly afterMs: number | null;
  /** By when it should be done, in milliseconds: no longer is it waited for. */
  readonly waitMs: number;
  /** What its documentation has, where that is longer than is waited for. */
  readonly documented?: string;
}

/** Who can take part in what. */
export interface ContenderEntry {
  /** The server it keeps its work on; null where it needs none. */
  readonly needs: ServerKind | null;
  /** The bare client that bounds all others, this package, or what it is compared with. */
  readonly kind: "ceiling" | "ours" | "theirs";
  /** Whether several processes can share its work. */
  readonly isShared: boolean;
  /** Set up only to keep endpoints apart. */
  readonly onlyIsolates?: boolean;
  /** Empty for what keeps nothing. */
  readonly takeOvers: readonly TakeOver[];
  /** Reads its code, which is so in the memory of no other contender's process. */
  readonly load: () => Promise<Contender>;
}

const OUR_TAKE_OVERS: readonly TakeOver[] = [
  { says: "default, a life of 15 s", afterMs: null, waitMs: 40_000 },
  { says: "leaseMs: 2000", afterMs: 2_000, waitMs: 20_000 },
];

function ours(name: string): ContenderEntry {
  const isShared = name in openStores;
  const needs = name === "postgres" || name === "redis" ? name : null;
  const takeOvers = isShared ? OUR_TAKE_OVERS : [];
  const load = async (): Promise<Contender> => (await import("./auraconnect.js")).auraconnect(name);
  return { needs, kind: "ours", isShared, takeOvers, load };
}

const theirs = { kind: "theirs", isShared: true } as const;

/** Who takes part, by name: this package by the name of its store. */
export const contenders: Readonly<Record<string, ContenderEntry>> = {
  ceiling: {
    ...{ needs: null, kind: "ceiling", isShared: false, takeOvers: [] },
    load: async () => (await import("./ceiling.js")).contender,
  },
  memory: ours("memory"),
  ...Object.fromEntries(Object.keys(openStores).map((name) => [name, ours(name)])),
  bullmq: {
    ...{ ...theirs, needs: "redis" },
    takeOvers: [
      { says: "default", afterMs: null, waitMs: 75_000 },
      { says: "lockDuration and stalledInterval: 2000", afterMs: 2_000, waitMs: 20_000 },
    ],
    load: async () => (await import("./bullmq.js")).bullmq("one"),
  },
  "bullmq-queues": {
    ...{ ...theirs, needs: "redis", onlyIsolates: true, takeOvers: [] },
    load: async () => (await import("./bullmq.js")).bullmq("one-per-webhook"),
  },
  "pg-boss": {
    ...{ ...theirs, needs: "postgres" },
    takeOvers: [
      { says: "default", afterMs: null, waitMs: 5_000, documented: "15 minutes" },
      { says: "expireInSeconds: 16, maintenanceIntervalSeconds: 2", afterMs: 2_000, waitMs: 40_000 },
    ],
    load: async () => (await import("./pg-boss.js")).contender,
  },
  "graphile-worker": {
    ...{ ...theirs, needs: "postgres" },
    takeOvers: [{ says: "default", afterMs: null, waitMs: 5_000, documented: "4 hours" }],
    load: async () => (await import("./graphile-worker.js")).contender,
  },
};
