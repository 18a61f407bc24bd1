import type { Statements } from "./database.js";
import { LOWER_HEAD } from "./delivery-queue-sql.js";

/** Gathers, over one batch, the earliest instant at which each lane has new due work, and writes each head once. */
export class LaneHeads {
  readonly #earliest = new Map<string, number>();

  /** `webhookId` is in its stored form, as it is in the tables. */
  lower(webhookId: string, dueAt: number): void {
    const earliest = this.#earliest.get(webhookId);
    if (earliest === undefined || dueAt < earliest) this.#earliest.set(webhookId, dueAt);
  }

  write(statements: Statements): void {
    for (const [webhookId, dueAt] of this.#earliest) statements.run(LOWER_HEAD, dueAt, webhookId, dueAt);
  }
}
