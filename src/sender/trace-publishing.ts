import type { Telemetry } from "../ports/telemetry.js";
import type { DraftEvent } from "./draft-event.js";
import type { Published } from "./published.js";
import type { InTransaction } from "./sender.js";

/** Writes events, each for itself or all in a transaction of the caller's. */
export type WriteEvents = (drafts: readonly DraftEvent[], given: InTransaction) => Promise<readonly Published[]>;

/** Writes events with a span around each, whose trace they carry; without telemetry as before. */
export function tracedWrite(write: WriteEvents, telemetry: Telemetry | null): WriteEvents {
  if (telemetry === null) return write;
  return async (drafts, given) => {
    const trace = (some: readonly DraftEvent[]): Promise<readonly Published[]> =>
      tracePublishing(telemetry, some, (traced) => write(traced, given));
    if (given.transaction !== undefined) return trace(drafts);
    return (await Promise.all(drafts.map((draft) => trace([draft])))).flat();
  };
}

/** What is written together is stored or fails together. */
async function tracePublishing(
  telemetry: Telemetry,
  drafts: readonly DraftEvent[],
  write: (drafts: readonly DraftEvent[]) => Promise<readonly Published[]>,
): Promise<readonly Published[]> {
  const traced = drafts.map((draft) => {
    const { accountId, id: eventId, type: eventType, body } = draft;
    const span = telemetry.publishing({ accountId, eventId, eventType, body });
    return { draft: { ...draft, trace: span.trace }, span };
  });
  try {
    const published = await write(traced.map(({ draft }) => draft));
    for (const [index, { deliveries, duplicate }] of published.entries()) {
      traced[index]?.span.end({ deliveries: deliveries.length, duplicate });
    }
    return published;
  } catch (error) {
    for (const { span } of traced) span.end({ error });
    throw error;
  }
}
