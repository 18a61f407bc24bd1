import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import { readText, readWholeNumber } from "../domain/option-value.js";
import { quote } from "../domain/quote.js";
import type { DeliveryLog, DeliveryPage, DeliveryQuery, DeliveryRow, DeliveryStatus } from "../ports/delivery-log.js";
import type { AttemptRecord } from "../ports/delivery-queue.js";
import { parseInstant } from "../protocol/instant.js";
import { readAccountId } from "./account-id.js";
import type { AttemptDebug } from "./debug-record.js";

const STATUSES: readonly DeliveryStatus[] = ["pending", "success", "failed", "expired", "cancelled"];
const MAX_LIMIT = 200;

/** Which deliveries to list, newest first. */
export interface ListDeliveries {
  /** Defaults to `"default"`. */
  readonly accountId?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly eventType?: string | undefined;
  /** Only deliveries made at this instant or later; RFC 3339 or a Date. */
  readonly since?: string | Date | undefined;
  /** Only deliveries made before this instant; RFC 3339 or a Date. */
  readonly until?: string | Date | undefined;
  /** 1 to 200. Defaults to 50. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** One delivery as the log shows it. Instants are RFC 3339. */
export interface DeliveryLogRow {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  /** Requests sent. */
  readonly attempts: number;
  /** Of the last request; null before the first, and where no response came. */
  readonly responseCode: number | null;
  readonly responseTimeMs: number | null;
  /** When the last request was sent; before the first, when the delivery was made. */
  readonly timestamp: string;
  readonly nextAttemptAt: string | null;
  /** Why the last request failed. */
  readonly error: string | null;
  /** How often it was sent again by hand. */
  readonly resends: number;
  /** Whether it was a test. */
  readonly test: boolean;
}

/** One request of a delivery. Instants are RFC 3339. */
export interface AttemptLog {
  readonly number: number;
  readonly sentAt: string;
  /** Null where no response came. */
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  readonly error: string | null;
  /** What debug mode kept; null for an attempt made without it. */
  readonly debug: AttemptDebug | null;
}

/** A delivery with its requests, first to last. */
export interface DeliveryDetails extends DeliveryLogRow {
  readonly requests: readonly AttemptLog[];
}

/** A row of a webhook's log, with what debug mode kept of its attempts; null where none was made in it. */
export interface WebhookLogRow extends DeliveryLogRow {
  readonly debug: readonly AttemptDebug[] | null;
}

export interface WebhookLogPage {
  readonly logs: readonly WebhookLogRow[];
  /** Give it as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null;
}

export interface DeliveryLogPage {
  readonly logs: readonly DeliveryLogRow[];
  /** Give it as `cursor` for the next page; null on the last. */
  readonly nextCursor: string | null;
}

/** @throws {@link WebhookError} `option_invalid`, `cursor_invalid`, `account_id_invalid`, `store_unavailable`. */
export async function listDeliveries(log: DeliveryLog, query: ListDeliveries): Promise<DeliveryLogPage> {
  const { deliveries, more } = await readPage(log, query);
  return { logs: deliveries.map(toLogRow), nextCursor: more ? (deliveries.at(-1)?.id ?? null) : null };
}

/**
 * Lists a webhook's deliveries with what debug mode kept of them.
 *
 * @param everDebugged Whether the webhook is known to have been in debug mode; then also those whose last attempt was
 *   not made in it are looked at.
 */
export async function listWithDebug(
  log: DeliveryLog,
  query: ListDeliveries,
  everDebugged: boolean,
): Promise<WebhookLogPage> {
  const { deliveries, more } = await readPage(log, query);
  const logs = deliveries.map(async (row): Promise<WebhookLogRow> => {
    const last = row.lastAttempt?.debug ?? null;
    const isLooked = last !== null || (everDebugged && row.attempts > 1);
    return { ...toLogRow(row), debug: isLooked ? debugOf(await log.attempts(row.id)) : null };
  });
  return { logs: await Promise.all(logs), nextCursor: more ? (deliveries.at(-1)?.id ?? null) : null };
}

/** A store says of a row that it does not know only that it does not know it. */
async function readPage(log: DeliveryLog, query: ListDeliveries): Promise<DeliveryPage> {
  try {
    return await log.list(readQuery(query));
  } catch (cause) {
    if (!WebhookError.is(cause) || cause.code !== "cursor_invalid") throw cause;
    throw new WebhookError("cursor_invalid", undefined, { field: "cursor", cause });
  }
}

function debugOf(attempts: readonly AttemptRecord[]): readonly AttemptDebug[] | null {
  const records = attempts.flatMap(({ debug }) => (debug === null ? [] : [JSON.parse(debug) as AttemptDebug]));
  return records.length === 0 ? null : records;
}

/** How an attempt is shown. */
export function toAttemptLog({
  number,
  sentAt,
  responseCode,
  responseTimeMs,
  error,
  debug,
}: AttemptRecord): AttemptLog {
  return {
    number,
    sentAt: new Date(sentAt).toISOString(),
    responseCode,
    responseTimeMs,
    error,
    debug: debug === null ? null : (JSON.parse(debug) as AttemptDebug),
  };
}

/** The delivery of an event to a webhook; undefined where there is none. */
export async function findDelivery(
  log: DeliveryLog,
  key: { readonly accountId: string; readonly webhookId: string; readonly eventId: string },
): Promise<DeliveryRow | undefined> {
  const { deliveries } = await log.list({ ...key, limit: 1 });
  return deliveries[0];
}

/** Checks a query before anything is asked of the store. */
export function readQuery(query: ListDeliveries): DeliveryQuery {
  const { status, cursor } = query;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new WebhookError("option_invalid", `${quote(status)} is no status; there are ${STATUSES.join(", ")}.`, {
      field: "status",
    });
  }
  if (cursor !== undefined && !(typeof cursor === "string" && /^dlv_[0-9a-z]{1,64}$/.test(cursor))) {
    throw plainError("cursor_invalid", { field: "cursor" });
  }
  return {
    accountId: readAccountId(query.accountId),
    webhookId: readText("webhookId", query.webhookId),
    eventId: readText("eventId", query.eventId),
    status,
    eventType: readText("eventType", query.eventType),
    since: readInstant("since", query.since),
    until: readInstant("until", query.until),
    limit: readWholeNumber("limit", query.limit, 50, { min: 1, max: MAX_LIMIT }),
    after: cursor,
  };
}

/** @throws {@link WebhookError} `option_invalid`. */
export function readInstant(field: string, value: string | Date | undefined): number | undefined {
  if (value === undefined) return undefined;
  const instant = value instanceof Date ? value.getTime() : parseInstant(value);
  if (instant !== null && !Number.isNaN(instant)) return instant;
  throw new WebhookError(
    "option_invalid",
    `\`${field}\` is an RFC 3339 instant such as 2025-08-08T10:00:00Z, or a Date.`,
    {
      field,
    },
  );
}

/** How a delivery is shown. */
export function toLogRow(row: DeliveryRow): DeliveryLogRow {
  const { lastAttempt } = row;
  return {
    deliveryId: row.id,
    webhookId: row.webhookId,
    eventId: row.eventId,
    eventType: row.eventType,
    status: row.status,
    attempts: row.attempts,
    responseCode: lastAttempt?.responseCode ?? null,
    responseTimeMs: lastAttempt?.responseTimeMs ?? null,
    timestamp: new Date(lastAttempt?.sentAt ?? row.storedAt).toISOString(),
    nextAttemptAt: row.nextAttemptAt === null ? null : new Date(row.nextAttemptAt).toISOString(),
    error: lastAttempt?.error ?? null,
    resends: row.resends,
    test: row.test,
  };
}
