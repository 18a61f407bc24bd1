import type { DeliveryStatus, TestDelivery } from "../../ports/delivery-log.js";
import type { AttemptRecord, Lease, NewEvent, Settlement } from "../../ports/delivery-queue.js";
import { fromFieldOrNull, fromStored, toField, toFieldOrNull } from "./text.js";

/**
 * A delivery as one string of lines, whose fields are separated by tabs:
 *
 * 1. its state: the letter of its status, or `H` where it is pending and held; deaths in a row; the lease of a settlement
 *    without an attempt (token, owner); when it is due, which is when it was stored where nothing is said; the lease it is
 *    held under (token, owner). What is empty at the end may be left out;
 * 2. webhook, account, event id, event type, when it was stored;
 * 3. and on, an attempt each: `D` where it decided or `S` where it came too late, its lease (token, owner), number,
 *    sentAt, response code, response time, error, debug. Among them a line `R` each time it was sent again by hand, and
 *    first of all a line `T` where it is a test.
 */
export interface DeliveryRecord {
  readonly status: DeliveryStatus;
  /** Null where it is due since it was stored. */
  readonly dueAt: number | null;
  readonly webhookId: string;
  readonly accountId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly storedAt: number;
  /** How often it was sent again by hand. */
  readonly resends: number;
  /** Attempts that had decided when it was sent again last; 0 where it never was. */
  readonly scheduleOffset: number;
  readonly test: boolean;
  /** In the order in which they were recorded. */
  readonly attempts: readonly RecordedAttempt[];
}

/** An attempt, and whether its lease held when it was recorded. */
export interface RecordedAttempt {
  readonly decided: boolean;
  readonly attempt: AttemptRecord;
}

const STATUS_LETTERS: Readonly<Record<DeliveryStatus, string>> = {
  pending: "P",
  success: "S",
  failed: "F",
  expired: "X",
  cancelled: "C",
};

/** Of a delivery that is pending and held. */
const HELD = "H";

/** The line of a resend; a script adds it. */
const RESENT = "R";

/** The line of a test. */
const TEST = "T";

/** The lease of an attempt that was made outside the queue: no owner has an empty name. */
const NO_LEASE: Lease = { owner: "", token: 0 };

const STATUSES = new Map(Object.entries(STATUS_LETTERS).map(([status, letter]) => [letter, status as DeliveryStatus]));

/** The record of a delivery to be, up to where the script puts the instant. */
export function newRecord({ accountId, id, type }: NewEvent, webhookId: string, lease: Lease | null): string {
  const state = lease === null ? STATUS_LETTERS.pending : `${HELD}\t\t\t\t\t${leaseFields(lease)}`;
  return `${state}\n${toField(webhookId)}\t${toField(accountId)}\t${toField(id)}\t${toField(type)}\t`;
}

/** The record of a test: what is before the instant that the script puts in, and what is behind it. */
export function testRecord(test: TestDelivery): readonly [string, string] {
  const { accountId, webhookId, eventId, eventType, status, attempt } = test;
  const identity = [webhookId, accountId, eventId, eventType].map(toField).join("\t");
  const line = attemptLine({ lease: NO_LEASE, attempt });
  return [`${STATUS_LETTERS[status]}\n${identity}\t`, `\n${TEST}\nD\t${line}`];
}

/** The first line after a settlement. One that is due again ends where the script puts the instant. */
export function settledState({ lease, attempt, next }: Settlement): string {
  const settledBy = attempt === null ? leaseFields(lease) : "\t";
  if (next.kind === "retry" || next.kind === "release") return `${STATUS_LETTERS.pending}\t\t${settledBy}\t`;
  const letter = STATUS_LETTERS[next.kind];
  return attempt === null ? `${letter}\t\t${settledBy}\t` : letter;
}

/** The line of an attempt, without the letter that says whether it decided; empty where there was none. */
export function attemptLine({ lease, attempt }: Pick<Settlement, "lease" | "attempt">): string {
  if (attempt === null) return "";
  const { number, sentAt, responseCode, responseTimeMs, error, debug } = attempt;
  return (
    `${leaseFields(lease)}\t${number}\t${sentAt}\t${responseCode ?? ""}\t${responseTimeMs}` +
    `\t${toFieldOrNull(error)}\t${toFieldOrNull(debug)}`
  );
}

/** The fields by which a lease is found in a record. */
function leaseFields({ owner, token }: Lease): string {
  return `${token}\t${toField(owner)}`;
}

export function parseRecord(record: string): DeliveryRecord {
  const [state = "", identity = "", ...lines] = record.split("\n");
  const [letter = "", , , , dueAt = ""] = state.split("\t");
  const [webhookId = "", accountId = "", eventId = "", eventType = "", storedAt] = identity.split("\t").map(fromStored);
  const attempts: RecordedAttempt[] = [];
  let resends = 0;
  let scheduleOffset = 0;
  for (const line of lines) {
    if (line === RESENT) {
      resends += 1;
      scheduleOffset = attempts.filter(({ decided }) => decided).length;
    } else if (line !== TEST) {
      attempts.push(parseAttempt(line));
    }
  }
  return {
    status: STATUSES.get(letter) ?? "pending",
    dueAt: dueAt === "" ? null : Number(dueAt),
    ...{ webhookId, accountId, eventId, eventType, attempts, resends, scheduleOffset },
    storedAt: Number(storedAt),
    test: lines[0] === TEST,
  };
}

/** Requests whose outcome decided something. */
export function decidedAttempts({ attempts }: DeliveryRecord): readonly AttemptRecord[] {
  return attempts.filter(({ decided }) => decided).map(({ attempt }) => attempt);
}

function parseAttempt(line: string): RecordedAttempt {
  const [letter, , , number, sentAt, responseCode = "", responseTimeMs, error = "", debug = ""] = line.split("\t");
  const attempt: AttemptRecord = {
    number: Number(number),
    sentAt: Number(sentAt),
    responseCode: responseCode === "" ? null : Number(responseCode),
    responseTimeMs: Number(responseTimeMs),
    error: fromFieldOrNull(error),
    debug: fromFieldOrNull(debug),
  };
  return { decided: letter === "D", attempt };
}
