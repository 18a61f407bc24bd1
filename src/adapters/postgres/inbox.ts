import { randomUUID } from "node:crypto";
import { readInboxQuery } from "../../domain/inbox-query.js";
import { quote } from "../../domain/quote.js";
import { WebhookError } from "../../errors.js";
import type {
  InboxClaims,
  InboxCompletion,
  InboxEvent,
  InboxPage,
  InboxQuery,
  InboxSettlement,
  InboxState,
  InboxStore,
  NewInboxEvent,
} from "../../ports/inbox.js";
import { silentLogger } from "../../ports/logger.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import type { AsRead, PostgresValue } from "./database.js";
import { inHostTransaction } from "./host-transaction.js";
import * as SQL from "./inbox-sql.js";
import { checkLocation, type PostgresLocation } from "./location.js";
import { INBOX } from "./migrate.js";
import { openConnection } from "./open-connection.js";
import { fromStored, fromStoredOrNull, toStored } from "./text.js";

/** Options of `postgresInbox`. */
export type PostgresInboxOptions = PostgresLocation & {
  /** Milliseconds since the Unix epoch, in tests. Without it the server's clock rules. */
  readonly now?: (() => number) | undefined;
};

/** A row as it is listed. */
interface ListedRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly state: InboxState;
  readonly attempts: number;
  readonly error: string | null;
  readonly receivedAt: number;
  readonly body: string | null;
}

/** A row that a claim answers: an event, or nothing but when one is due. */
type ClaimRow = { readonly nextDueInMs: number | null } & (
  | { readonly id: null }
  | {
      readonly id: string;
      readonly type: string;
      readonly body: string;
      readonly context: string;
      readonly attempt: number;
      readonly token: string;
    }
);

/** Purging takes more ids at a time than come in between, so that expired ones never pile up. */
const PUTS_PER_PURGE = 50;
const IDS_PER_PURGE = 200;

/** What `postgresInbox` keeps its events in; the door gives it what works them. */
export function postgresInboxStore(options: PostgresInboxOptions): InboxStore {
  return new PostgresInbox(checkLocation(options));
}

class PostgresInbox implements InboxStore {
  #opening: Promise<PostgresConnection> | null = null;
  #puts = 0;

  constructor(private readonly location: PostgresInboxOptions) {}

  async put({ id, type, body, context }: NewInboxEvent): Promise<"stored" | "duplicate"> {
    const connection = await this.#opened();
    this.#puts += 1;
    if (this.#puts % PUTS_PER_PURGE === 0) await connection.all(SQL.PURGE_EVENTS, [this.#now(), IDS_PER_PURGE]);
    const values = [this.#now(), ...[id, type, body, context].map(toStored)];
    return (await connection.allPrepared(SQL.PUT_EVENT, values)).length > 0 ? "stored" : "duplicate";
  }

  async claim({ limit, leaseMs }: Parameters<InboxStore["claim"]>[0]): Promise<InboxClaims> {
    const values = [this.#now(), limit, randomUUID(), Math.ceil(leaseMs)];
    const rows = await this.#all<ClaimRow>(SQL.CLAIM_EVENTS, values);
    const nextDueInMs = rows[0]?.nextDueInMs ?? null;
    return {
      events: rows.flatMap((row) => {
        if (row.id === null) return [];
        const { id, type, body, context, token, attempt } = row;
        const event = { id: fromStored(id), type: fromStored(type), body: fromStored(body) };
        return [{ ...event, context: fromStored(context), token, attempt: Number(attempt) }];
      }),
      nextDueInMs: nextDueInMs === null ? null : Math.max(0, Number(nextDueInMs)),
    };
  }

  async renew({ holds, leaseMs }: Parameters<InboxStore["renew"]>[0]): Promise<readonly string[]> {
    const ids = column(holds.map(({ id }) => toStored(id)));
    const tokens = column(holds.map(({ token }) => toStored(token)));
    const values = [this.#now(), ids, tokens, Math.ceil(leaseMs)];
    return (await this.#all<{ token: string }>(SQL.RENEW_EVENTS, values)).map(({ token }) => token);
  }

  async settle(settlement: InboxSettlement): Promise<boolean> {
    const [sql, values] = statementOf(settlement, this.#now());
    return (await this.#all(sql, values)).length > 0;
  }

  async completeIn(transaction: unknown, completion: InboxCompletion): Promise<void> {
    const connection = await this.#opened();
    await inHostTransaction(connection, transaction, async (send) => {
      const [sql, values] = statementOf({ ...completion, kind: "done" }, this.#now());
      if ((await send(sql, values)).length > 0) return;
      const message = `Event ${quote(completion.id)} is no longer held by this worker; roll your transaction back.`;
      throw new WebhookError("lease_lost", message);
    });
  }

  async list(query: InboxQuery = {}): Promise<InboxPage> {
    const { state, limit, after } = readInboxQuery(query);
    const rows = await (state === null
      ? this.#all<ListedRow>(SQL.LIST_EVENTS, [after, limit + 1])
      : this.#all<ListedRow>(SQL.LIST_EVENTS_IN_STATE, [after, limit + 1, state]));
    const last = rows[limit - 1];
    return {
      events: rows.slice(0, limit).map(listed),
      nextCursor: rows.length > limit && last !== undefined ? String(last.seq) : null,
    };
  }

  async requeue(ids: readonly string[] | "all"): Promise<number> {
    const rows = await (ids === "all"
      ? this.#all(SQL.REVIVE_ALL, [this.#now()])
      : this.#all(SQL.REVIVE_EVENTS, [this.#now(), column(ids.map(toStored))]));
    return rows.length;
  }

  async discard(ids: readonly string[] | "all"): Promise<number> {
    const rows = await (ids === "all"
      ? this.#all(SQL.DISCARD_ALL, [])
      : this.#all(SQL.DISCARD_EVENTS, [column(ids.map(toStored))]));
    return rows.length;
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = null;
    await connection?.close();
  }

  #now(): number | null {
    const { now } = this.location;
    return now === undefined ? null : Math.floor(now());
  }

  async #all<Row>(sql: string, values: readonly PostgresValue[]): Promise<AsRead<Row>[]> {
    return (await this.#opened()).all<Row>(sql, values);
  }

  #opened(): Promise<PostgresConnection> {
    this.#opening ??= openConnection(this.location, INBOX, silentLogger).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}

function statementOf(settlement: InboxSettlement, now: number | null): [sql: string, values: PostgresValue[]] {
  const hold = [toStored(settlement.id), toStored(settlement.token)];
  switch (settlement.kind) {
    case "done":
      return [SQL.COMPLETE_EVENT, [now, ...hold, Math.ceil(settlement.retentionMs)]];
    case "retry":
      return [SQL.RETRY_EVENT, [now, ...hold, Math.ceil(settlement.delayMs), toStored(settlement.error)]];
    case "dead":
      return [SQL.BURY_EVENT, [...hold, toStored(settlement.error)]];
    case "returned":
      return [SQL.RETURN_EVENT, [now, ...hold]];
  }
}

function listed({ id, type, state, attempts, error, receivedAt, body }: AsRead<ListedRow>): InboxEvent {
  return {
    ...{ id: fromStored(id), type: fromStored(type), state, attempts: Number(attempts) },
    ...{ error: fromStoredOrNull(error), receivedAt: Number(receivedAt), body: fromStoredOrNull(body) },
  };
}
