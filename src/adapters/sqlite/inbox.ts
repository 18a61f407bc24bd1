import { randomUUID } from "node:crypto";
import { readInboxQuery } from "../../domain/inbox-query.js";
import { readFunction } from "../../domain/option-value.js";
import { quote } from "../../domain/quote.js";
import { WebhookError } from "../../errors.js";
import type {
  InboxStore,
  InboxClaims,
  InboxCompletion,
  InboxEvent,
  InboxPage,
  InboxQuery,
  InboxSettlement,
  NewInboxEvent,
} from "../../ports/inbox.js";
import { silentLogger } from "../../ports/logger.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { inHostTransaction } from "./host-transaction.js";
import * as SQL from "./inbox-sql.js";
import { checkLocation } from "./location.js";
import type { Component } from "./migrate.js";
import { openConnection, type SqliteLocation } from "./open-connection.js";
import { fromStored, fromStoredOrNull, toStored } from "./text.js";

/** Options of `sqliteInbox`. */
export type SqliteInboxOptions = SqliteLocation & {
  /** Milliseconds since the Unix epoch. Defaults to the machine's clock. */
  readonly now?: (() => number) | undefined;
};

const INBOX: Component = { name: "inbox", migrations: SQL.INBOX_MIGRATIONS };

/** Purging takes more ids at a time than come in between, so that expired ones never pile up. */
const PUTS_PER_PURGE = 50;
const IDS_PER_PURGE = 200;

/** What `sqliteInbox` keeps its events in; the door gives it what works them. */
export function sqliteInboxStore(options: SqliteInboxOptions): InboxStore {
  const { now, ...location } = checkLocation("sqliteInbox", options, { now: true });
  return new SqliteInbox(location, readFunction("now", now, Date.now));
}

class SqliteInbox implements InboxStore {
  readonly #now: () => number;
  #opening: Promise<SqliteConnection> | null = null;
  #puts = 0;

  constructor(
    private readonly location: SqliteLocation,
    now: () => number,
  ) {
    this.#now = () => Math.floor(now());
  }

  async put(event: NewInboxEvent): Promise<"stored" | "duplicate"> {
    this.#puts += 1;
    const purge = this.#puts % PUTS_PER_PURGE === 0;
    return this.#write((statements) => {
      if (purge) statements.run(SQL.PURGE_EVENTS, this.#now(), IDS_PER_PURGE);
      return putEvent(statements, this.#now(), event);
    });
  }

  async claim({ limit, leaseMs }: Parameters<InboxStore["claim"]>[0]): Promise<InboxClaims> {
    const connection = await this.#open();
    // Asking takes no lock, so that idle workers are in nobody's way.
    const waits = await connection.read((statements) => nextDueInMs(statements, this.#now()));
    if (waits !== 0) return { events: [], nextDueInMs: waits };
    return connection.write((statements) => claimEvents(statements, this.#now(), limit, leaseMs));
  }

  async renew({ holds, leaseMs }: Parameters<InboxStore["renew"]>[0]): Promise<readonly string[]> {
    return this.#write((statements) => {
      const dueAt = this.#now() + Math.ceil(leaseMs);
      return holds
        .filter(({ id, token }) => statements.run(SQL.RENEW_EVENT, dueAt, toStored(id), toStored(token)) > 0)
        .map(({ token }) => token);
    });
  }

  async settle(settlement: InboxSettlement): Promise<boolean> {
    return this.#write((statements) => settle(statements, this.#now(), settlement));
  }

  completeIn(transaction: unknown, completion: InboxCompletion): void {
    inHostTransaction(transaction, (statements) => {
      if (settle(statements, this.#now(), { ...completion, kind: "done" })) return;
      const message = `Event ${quote(completion.id)} is no longer held by this worker; roll your transaction back.`;
      throw new WebhookError("lease_lost", message);
    });
  }

  async list(query: InboxQuery = {}): Promise<InboxPage> {
    const { state, limit, after } = readInboxQuery(query);
    const connection = await this.#open();
    const rows = await connection.read((statements) =>
      state === null
        ? statements.all<InboxEvent & { readonly seq: number }>(SQL.LIST_EVENTS, after, limit + 1)
        : statements.all<InboxEvent & { readonly seq: number }>(SQL.LIST_EVENTS_IN_STATE, state, after, limit + 1),
    );
    const last = rows[limit - 1];
    return {
      events: rows.slice(0, limit).map(({ seq: _, ...row }) => ({
        ...row,
        id: fromStored(row.id),
        type: fromStored(row.type),
        error: fromStoredOrNull(row.error),
      })),
      nextCursor: rows.length > limit && last !== undefined ? String(last.seq) : null,
    };
  }

  async requeue(ids: readonly string[] | "all"): Promise<number> {
    return this.#write((statements) =>
      ids === "all"
        ? statements.run(SQL.REVIVE_ALL, this.#now())
        : sum(ids.map((id) => statements.run(SQL.REVIVE_EVENT, this.#now(), toStored(id)))),
    );
  }

  async discard(ids: readonly string[] | "all"): Promise<number> {
    return this.#write((statements) =>
      ids === "all"
        ? statements.run(SQL.DISCARD_ALL)
        : sum(ids.map((id) => statements.run(SQL.DISCARD_EVENT, toStored(id)))),
    );
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = null;
    await connection?.close();
  }

  async #write<Result>(run: (statements: Statements) => Result): Promise<Result> {
    return (await this.#open()).write(run);
  }

  #open(): Promise<SqliteConnection> {
    this.#opening ??= openConnection(this.location, INBOX, silentLogger).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}

function putEvent(statements: Statements, now: number, event: NewInboxEvent): "stored" | "duplicate" {
  const id = toStored(event.id);
  const present = statements.get<{ state: string; dueAt: number | null }>(SQL.GET_EVENT, id);
  if (present?.state === "dead") {
    statements.run(SQL.REVIVE_EVENT, now, id);
    return "stored";
  }
  if (present !== undefined && (present.state === "pending" || (present.dueAt ?? 0) > now)) return "duplicate";
  statements.run(SQL.FORGET_EVENT, id);
  statements.run(SQL.PUT_EVENT, id, toStored(event.type), event.body, toStored(event.context), now, now);
  return "stored";
}

function claimEvents(statements: Statements, now: number, limit: number, leaseMs: number): InboxClaims {
  const due = statements.all<NewInboxEvent & { readonly attempt: number }>(SQL.LIST_DUE, now, limit);
  const events = due.map((row) => {
    const token = randomUUID();
    statements.run(SQL.TAKE_EVENT, token, now + Math.ceil(leaseMs), row.id);
    return { ...row, id: fromStored(row.id), type: fromStored(row.type), context: fromStored(row.context), token };
  });
  return { events, nextDueInMs: nextDueInMs(statements, now) };
}

function nextDueInMs(statements: Statements, now: number): number | null {
  const dueAt = statements.get<{ dueAt: number | null }>(SQL.NEXT_DUE)?.dueAt ?? null;
  return dueAt === null ? null : Math.max(0, dueAt - now);
}

function settle(statements: Statements, now: number, settlement: InboxSettlement): boolean {
  const hold = [toStored(settlement.id), toStored(settlement.token)] as const;
  if (settlement.kind === "done") {
    return statements.run(SQL.COMPLETE_EVENT, now + Math.ceil(settlement.retentionMs), ...hold) > 0;
  }
  if (settlement.kind === "returned") return statements.run(SQL.RETURN_EVENT, now, ...hold) > 0;
  const error = toStored(settlement.error);
  if (settlement.kind === "dead") return statements.run(SQL.BURY_EVENT, error, ...hold) > 0;
  return statements.run(SQL.RETRY_EVENT, now + Math.ceil(settlement.delayMs), error, ...hold) > 0;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
