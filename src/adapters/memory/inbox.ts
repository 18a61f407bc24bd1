/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import { readInboxQuery } from "../../domain/inbox-query.js";
import { readFunction } from "../../domain/option-value.js";
import { WebhookError } from "../../errors.js";
import type {
  ClaimedInboxEvent,
  InboxStore,
  InboxClaims,
  InboxCompletion,
  InboxEvent,
  InboxHold,
  InboxPage,
  InboxQuery,
  InboxSettlement,
  InboxState,
  NewInboxEvent,
} from "../../ports/inbox.js";

/** Options of `memoryInbox`. */
export interface MemoryInboxOptions {
  /** Milliseconds since the Unix epoch. Defaults to the machine's clock. */
  readonly now?: (() => number) | undefined;
}

interface Row extends NewInboxEvent {
  readonly seq: number;
  readonly receivedAt: number;
  state: InboxState;
  attempts: number;
  token: string | null;
  /** While pending, when it is due or its lease is over; when done, when it is forgotten. */
  dueAt: number;
  error: string | null;
}

/** What `memoryInbox` keeps its events in; the door gives it what works them. */
export function memoryInboxStore({ now }: MemoryInboxOptions = {}): InboxStore {
  return new MemoryInbox(readFunction("now", now, Date.now));
}

class MemoryInbox implements InboxStore {
  /** In the order in which they were stored. */
  readonly #rows = new Map<string, Row>();
  #seq = 0;
  #tokens = 0;

  constructor(private readonly now: () => number) {}

  async put(event: NewInboxEvent): Promise<"stored" | "duplicate"> {
    const present = this.#rows.get(event.id);
    if (present?.state === "dead") {
      revive(present, this.now());
      return "stored";
    }
    if (present !== undefined && (present.state === "pending" || present.dueAt > this.now())) return "duplicate";
    this.#rows.delete(event.id);
    const receivedAt = this.now();
    const fresh = { state: "pending" as const, attempts: 0, token: null, dueAt: receivedAt, error: null };
    this.#rows.set(event.id, { ...event, ...fresh, seq: (this.#seq += 1), receivedAt });
    return "stored";
  }

  async claim({ limit, leaseMs }: { readonly limit: number; readonly leaseMs: number }): Promise<InboxClaims> {
    const now = this.now();
    const events = this.#pending()
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, limit)
      .map((row): ClaimedInboxEvent => {
        const token = String((this.#tokens += 1));
        Object.assign(row, { token, attempts: row.attempts + 1, dueAt: now + leaseMs });
        return { id: row.id, type: row.type, body: row.body, context: row.context, token, attempt: row.attempts };
      });
    const [next] = this.#pending();
    return { events, nextDueInMs: next === undefined ? null : Math.max(0, next.dueAt - now) };
  }

  async renew({ holds, leaseMs }: Parameters<InboxStore["renew"]>[0]): Promise<readonly string[]> {
    return holds.flatMap((hold) => {
      const row = this.#held(hold);
      if (row === undefined) return [];
      if (row.state === "pending") row.dueAt = this.now() + leaseMs;
      return [hold.token];
    });
  }

  async settle(settlement: InboxSettlement): Promise<boolean> {
    const row = this.#held(settlement);
    if (row?.state === "done") return settlement.kind === "done";
    if (row?.state !== "pending") return false;
    if (settlement.kind === "done") {
      Object.assign(row, { state: "done", dueAt: this.now() + settlement.retentionMs, error: null });
    } else if (settlement.kind === "returned") {
      Object.assign(row, { token: null, attempts: row.attempts - 1, dueAt: this.now() });
    } else if (settlement.kind === "retry") {
      Object.assign(row, { token: null, dueAt: this.now() + settlement.delayMs, error: settlement.error });
    } else {
      Object.assign(row, { token: null, state: "dead", error: settlement.error });
    }
    return true;
  }

  completeIn(_transaction: unknown, _completion: InboxCompletion): never {
    throw new WebhookError(
      "transaction_unsupported",
      "memoryInbox() has no transactions; use sqliteInbox() or postgresInbox().",
    );
  }

  async list(query: InboxQuery = {}): Promise<InboxPage> {
    const { state, limit, after } = readInboxQuery(query);
    const rows = [...this.#rows.values()]
      .filter((row) => row.seq > after && (state === null || row.state === state))
      .slice(0, limit + 1);
    const last = rows[limit - 1];
    return {
      events: rows.slice(0, limit).map(listed),
      nextCursor: rows.length > limit && last !== undefined ? String(last.seq) : null,
    };
  }

  async requeue(ids: readonly string[] | "all"): Promise<number> {
    const rows = this.#dead(ids);
    for (const row of rows) revive(row, this.now());
    return rows.length;
  }

  async discard(ids: readonly string[] | "all"): Promise<number> {
    const rows = this.#dead(ids);
    for (const { id } of rows) this.#rows.delete(id);
    return rows.length;
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  #held({ id, token }: InboxHold): Row | undefined {
    const row = this.#rows.get(id);
    return row?.token === token ? row : undefined;
  }

  #pending(): Row[] {
    return [...this.#rows.values()].filter(({ state }) => state === "pending").sort((a, b) => a.dueAt - b.dueAt);
  }

  #dead(ids: readonly string[] | "all"): Row[] {
    const rows = ids === "all" ? [...this.#rows.values()] : ids.flatMap((id) => this.#rows.get(id) ?? []);
    return [...new Set(rows)].filter(({ state }) => state === "dead");
  }
}

function revive(row: Row, now: number): void {
  Object.assign(row, { state: "pending", attempts: 0, token: null, dueAt: now, error: null });
}

function listed({ id, type, state, attempts, error, receivedAt, body }: Row): InboxEvent {
  return { id, type, state, attempts, error, receivedAt, body: state === "done" ? null : body };
}
