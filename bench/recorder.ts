import { setTimeout } from "node:timers/promises";
import { Child } from "./child.js";
import { Deadline } from "./deadline.js";
import type { Arrival, EndpointOrder, EndpointTells } from "./recording-endpoint.js";

const LOOK_MS = 20;

/** How long it may take to answer its parent. */
const REPLY_MS = 10_000;

/** An endpoint in a process of its own that remembers what arrived. */
export class Recorder {
  private constructor(
    private readonly child: Child<EndpointTells, EndpointOrder>,
    /** URL of a path. */
    readonly url: (path: string) => string,
  ) {}

  /** Runs `use` with a fresh one. */
  static async with<Result>(deadline: Deadline, use: (recorder: Recorder) => Promise<Result>): Promise<Result> {
    const child = new Child<EndpointTells, EndpointOrder>("recording-endpoint.ts", []);
    try {
      const { port } = await child.told("listening", deadline);
      return await use(new Recorder(child, (path) => `http://127.0.0.1:${port}${path}`));
    } finally {
      await child.kill();
    }
  }

  /** Resolves when so many arrivals were answered 200, or `within` has passed. */
  async answered(count: number, within: Deadline): Promise<void> {
    for (;;) {
      this.child.order({ kind: "count" });
      const { answered } = await this.child.told("count", new Deadline(REPLY_MS));
      if (answered >= count || within.leftMs === 0) return;
      await setTimeout(Math.min(LOOK_MS, within.leftMs));
    }
  }

  async report(): Promise<readonly Arrival[]> {
    this.child.order({ kind: "report" });
    return (await this.child.told("report", new Deadline(REPLY_MS))).arrivals;
  }

  /** Has it answer nothing more after so many requests. */
  hold(after: number, held: number): void {
    this.child.order({ kind: "hold", after, held });
  }

  /** Resolves when as many requests as were named to {@link hold} wait for an answer. */
  async holding(deadline: Deadline): Promise<void> {
    await this.child.told("holding", deadline);
  }

  /** Cuts what is held, and answers again. */
  release(): void {
    this.child.order({ kind: "release" });
  }
}
