/** What this package is to reach on each of its stores; a store that is not named has no target. */
export interface Targets {
  /** Deliveries a second, of the ceiling's. */
  readonly throughput: number;
  readonly fanOut: number;
  /** Milliseconds from the call of `publish` to the arrival, in one process and across two. */
  readonly latency: LatencyTarget | null;
  readonly latencyAcross: LatencyTarget | null;
}

export interface LatencyTarget {
  readonly p50: number;
  readonly p99: number;
}

const ACROSS: LatencyTarget = { p50: 3, p99: 10 };

export const TARGETS: Readonly<Record<string, Targets>> = {
  memory: { throughput: 1, fanOut: 1, latency: null, latencyAcross: null },
  sqlite: { throughput: 0.85, fanOut: 0.95, latency: { p50: 1.2, p99: 4 }, latencyAcross: null },
  postgres: { throughput: 0.75, fanOut: 0.85, latency: { p50: 2, p99: 5 }, latencyAcross: ACROSS },
  redis: { throughput: 0.9, fanOut: 0.95, latency: { p50: 1.2, p99: 4 }, latencyAcross: ACROSS },
};

/** CPU for a delivery, of the ceiling's. */
export const MAX_CPU = 1.2;

/** What endpoints that hang or fail may cost the others: p99 in milliseconds, and beside what it is without them. */
export const ISOLATION = { p99: 10, timesAlone: 1.5, orMsMore: 3 } as const;

/** Milliseconds after the end of a killed worker's life by which all it held is delivered. */
export const TAKE_OVER_WITHIN_MS = 3_000;
