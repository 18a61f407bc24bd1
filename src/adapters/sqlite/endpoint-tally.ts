import type { Statements } from "./database.js";
import {
  ADD_FAILURES,
  HAS_FAILURES,
  LIST_LAST_BY_WEBHOOK,
  LIST_WEBHOOKS_OF,
  RESET_FAILURES,
  RESTART_FAILURES,
} from "./endpoint-health-sql.js";

/** A webhook in its stored form, and a place in the list of ids that was asked for. */
interface Row {
  readonly webhookId: string;
  readonly position: number;
}

/**
 * Gathers, over one batch, how attempts ended, and writes once for each webhook. Costs next to nothing while nothing
 * fails: then it does not even ask which webhooks the deliveries are of.
 */
export class EndpointTally {
  readonly #succeeded: string[] = [];
  readonly #failed: string[] = [];
  /** For each that failed, how many had succeeded before it. */
  readonly #before: number[] = [];

  /** `deliveryId` is in its stored form, as it is in the tables. */
  count(deliveryId: string, succeeded: boolean): void {
    if (succeeded) {
      this.#succeeded.push(deliveryId);
    } else {
      this.#failed.push(deliveryId);
      this.#before.push(this.#succeeded.length);
    }
  }

  write(statements: Statements, now: number): void {
    if (this.#failed.length === 0 && (this.#succeeded.length === 0 || statements.get(HAS_FAILURES) === undefined)) {
      return;
    }
    const lastSuccess = this.#lastSuccesses(statements);
    const failures = this.#failuresAfter(statements, lastSuccess);
    for (const webhookId of lastSuccess.keys()) {
      if (!failures.has(webhookId)) statements.run(RESET_FAILURES, webhookId);
    }
    for (const [webhookId, count] of failures) {
      statements.run(lastSuccess.has(webhookId) ? RESTART_FAILURES : ADD_FAILURES, count, now, webhookId);
    }
  }

  #lastSuccesses(statements: Statements): Map<string, number> {
    if (this.#succeeded.length === 0) return new Map();
    const rows = statements.all<Row>(LIST_LAST_BY_WEBHOOK, JSON.stringify(this.#succeeded));
    return new Map(rows.map(({ webhookId, position }) => [webhookId, position]));
  }

  /** How many attempts of each webhook failed after its last that succeeded; webhooks without any are left out. */
  #failuresAfter(statements: Statements, lastSuccess: ReadonlyMap<string, number>): Map<string, number> {
    const counts = new Map<string, number>();
    if (this.#failed.length === 0) return counts;
    for (const { webhookId, position } of statements.all<Row>(LIST_WEBHOOKS_OF, JSON.stringify(this.#failed))) {
      if ((this.#before[position] ?? 0) <= (lastSuccess.get(webhookId) ?? -1)) continue;
      counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    }
    return counts;
  }
}
