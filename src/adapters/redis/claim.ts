import type { ClaimedDelivery, ClaimRequest, ClaimResult } from "../../ports/delivery-queue.js";
import { decidedAttempts, parseRecord } from "./delivery-record.js";
import { CLAIM, LOOK } from "./delivery-queue-lua.js";
import { parseEventValue } from "./event-value.js";
import type { Keyspace } from "./keyspace.js";
import { numberOf, textOf, textsOf } from "./reply.js";
import { fromStored, toField } from "./text.js";

/** Webhooks that a claim is shared among at least, where as many are due. */
const SHARED_AMONG = 10;

/** What a claim has got of one partition, and when something else is due there. */
interface Share {
  readonly partition: number;
  readonly limit: number;
  readonly deliveries: readonly ClaimedDelivery[];
  readonly nextDueInMs: number | null;
}

/**
 * Takes due deliveries. Where there are several partitions it first asks all of them when something is due, which costs
 * them next to nothing, and shares the claim among those where something is.
 */
export async function claim(keyspace: Keyspace, request: ClaimRequest): Promise<ClaimResult> {
  if (keyspace.count === 1) {
    const { deliveries, nextDueInMs } = await claimIn(keyspace, 0, request, request.limit);
    return { deliveries, nextDueInMs: nextDueInMs === null ? null : Math.max(0, nextDueInMs) };
  }
  const nextDue = await look(keyspace, request);
  const deliveries: ClaimedDelivery[] = [];
  const capacity = new Map(request.capacity);
  let due = partitionsDue(nextDue);
  for (let isFirst = true; due.length > 0 && deliveries.length < request.limit; isFirst = false) {
    const shares = await claimShares(keyspace, { ...request, capacity }, due, request.limit - deliveries.length);
    for (const { partition, deliveries: taken, nextDueInMs } of shares) {
      // Asked again it knows only of less room than there was, and would say too little: early is better than late.
      if (isFirst) nextDue[partition] = nextDueInMs;
      for (const delivery of taken) {
        deliveries.push(delivery);
        capacity.set(delivery.webhookId, (capacity.get(delivery.webhookId) ?? request.perWebhook) - 1);
      }
    }
    due = shares.filter((share) => share.deliveries.length === share.limit).map(({ partition }) => partition);
  }
  const next = nextDue.filter((ms) => ms !== null);
  return { deliveries, nextDueInMs: next.length === 0 ? null : Math.max(0, Math.min(...next)) };
}

/** Milliseconds until something is due in each partition. */
async function look(keyspace: Keyspace, request: ClaimRequest): Promise<(number | null)[]> {
  const { lease, perWebhook, capacity } = request;
  const answers = await keyspace.runInAll(LOOK, [toField(lease.owner), String(perWebhook), ...pairsOf(capacity)]);
  return answers.map(instantOf);
}

/** Where something is due, the longest due first. */
function partitionsDue(nextDue: readonly (number | null)[]): readonly number[] {
  return nextDue
    .flatMap((ms, partition) => (ms !== null && ms <= 0 ? [{ ms, partition }] : []))
    .sort((a, b) => a.ms - b.ms)
    .map(({ partition }) => partition);
}

async function claimShares(
  keyspace: Keyspace,
  request: ClaimRequest,
  due: readonly number[],
  limit: number,
): Promise<readonly Share[]> {
  const asked = due.slice(0, limit);
  const shares = asked.map((partition, index) => {
    const share = Math.floor(limit / asked.length) + (index < limit % asked.length ? 1 : 0);
    return claimIn(keyspace, partition, request, share);
  });
  const ended = await Promise.allSettled(shares);
  return ended.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

async function claimIn(keyspace: Keyspace, partition: number, request: ClaimRequest, limit: number): Promise<Share> {
  const { lease, perWebhook, capacity } = request;
  const numbers = [lease.token, limit, perWebhook, Math.ceil(limit / SHARED_AMONG)].map(String);
  const reply = await keyspace.run(partition, CLAIM, [toField(lease.owner), ...numbers, ...pairsOf(capacity)]);
  const [next, ...rows] = textsOf(reply);
  const deliveries: ClaimedDelivery[] = [];
  for (let index = 0; index < rows.length; index += 3) deliveries.push(claimed(rows.slice(index, index + 3)));
  return { partition, limit, deliveries, nextDueInMs: instantOf(next) };
}

function claimed([id = "", recordText = "", eventText = ""]: readonly string[]): ClaimedDelivery {
  const record = parseRecord(recordText);
  const { type, createdAt, body, trace } = parseEventValue(eventText);
  return {
    id: fromStored(id),
    accountId: record.accountId,
    webhookId: record.webhookId,
    eventId: record.eventId,
    eventType: type,
    eventCreatedAt: createdAt,
    body,
    trace,
    storedAt: record.storedAt,
    attempts: decidedAttempts(record).length,
    scheduleOffset: record.scheduleOffset,
  };
}

function pairsOf(capacity: ReadonlyMap<string, number>): string[] {
  return [...capacity].flatMap(([webhookId, room]) => [toField(webhookId), String(room)]);
}

function instantOf(reply: unknown): number | null {
  return textOf(reply) === "" ? null : numberOf(reply);
}
