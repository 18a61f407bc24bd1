import type { KnownEvent, NewEvent } from "../../ports/delivery-queue.js";
import { fromFieldOrNull, fromStored, toField, toFieldOrNull, toStored } from "./text.js";

/** Digits that say how long the head is, in bytes. Scripts count on it. */
const LENGTH_DIGITS = 8;

/** Stands in the field of `unmatched` before the trace, where there is one; no field has such a character of its own. */
const BEFORE_TRACE = "\v";

/** What scripts and readers need of a stored event. */
export interface StoredEvent extends KnownEvent {
  readonly trace: string | null;
  readonly createdAt: number;
  readonly storedAt: number;
}

/** What an event's value is made of. */
type EventParts = Pick<NewEvent, "type" | "createdAt" | "attributes" | "unmatched" | "trace" | "body"> &
  Pick<KnownEvent, "deliveries">;

/**
 * An event as one string: the length of the head, the head, the body. The head has type, `created`, attributes, and
 * unmatched with what telemetry keeps, then id and webhook of each delivery, with tabs in between. Scripts read the head without the body. The one
 * that stores it adds a tab and the instant.
 */
export function eventValue({ type, createdAt, attributes, unmatched, trace, deliveries, body }: EventParts): string {
  let head = `${toField(type)}\t${createdAt}\t${toFieldOrNull(attributes)}\t${toFieldOrNull(unmatched)}`;
  if (trace) head += BEFORE_TRACE + toField(trace);
  for (const { id, webhookId } of deliveries) head += `\t${toField(id)}\t${toField(webhookId)}`;
  return String(Buffer.byteLength(head)).padStart(LENGTH_DIGITS, "0") + head + toStored(body);
}

/** The event of an {@link eventValue} that was stored. */
export function parseEventValue(value: string): StoredEvent {
  const end = value.lastIndexOf("\t");
  const { head, body } = split(value.slice(0, end));
  const [type = "", createdAt = "", attributes = "", beside = "", ...pairs] = head.split("\t");
  const [unmatched = "", trace] = beside.split(BEFORE_TRACE);
  const deliveries: { id: string; webhookId: string }[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    deliveries.push({ id: fromStored(pairs[index] ?? ""), webhookId: fromStored(pairs[index + 1] ?? "") });
  }
  return {
    type: fromStored(type),
    createdAt: Number(createdAt),
    storedAt: Number(value.slice(end + 1)),
    attributes: fromFieldOrNull(attributes),
    unmatched: fromFieldOrNull(unmatched),
    trace: trace === undefined ? null : fromStored(trace),
    deliveries,
    body: fromStored(body),
  };
}

/** The length counts bytes, for scripts; a head of ASCII, which nearly every one is, is as long in characters. */
function split(value: string): { readonly head: string; readonly body: string } {
  const length = Number(value.slice(0, LENGTH_DIGITS));
  const end = LENGTH_DIGITS + length;
  const head = value.slice(LENGTH_DIGITS, end);
  if (Buffer.byteLength(head) === length) return { head, body: value.slice(end) };
  const bytes = Buffer.from(value);
  return { head: bytes.toString("utf8", LENGTH_DIGITS, end), body: bytes.toString("utf8", end) };
}
