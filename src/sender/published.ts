import type { KnownEvent, NewEvent } from "../ports/delivery-queue.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";
import type { DraftEvent } from "./draft-event.js";
import type { Unmatched } from "./match-webhooks.js";

/** What became of publishing one event. */
export interface Published {
  readonly event: WebhookEvent;
  /** One per webhook that the event goes to. */
  readonly deliveries: readonly { readonly id: string; readonly webhookId: string }[];
  /** Whether the same event was published before; then all of this is what that call answered. */
  readonly duplicate: boolean;
  readonly unmatched: readonly Unmatched[];
}

/** What publishing an event answers that was not there before. */
export function publishedNow({ body, deliveries }: NewEvent, unmatched: readonly Unmatched[]): Published {
  const named = deliveries.map(({ id, webhookId }) => ({ id, webhookId }));
  return published(body, named, false, unmatched);
}

/** What publishing an event answers that was published before: what the first call answered. */
export function publishedBefore({ body, deliveries, unmatched }: KnownEvent): Published {
  return published(body, deliveries, true, unmatched === null ? [] : (JSON.parse(unmatched) as readonly Unmatched[]));
}

/** Whether an event is what was stored under its id, but for the instant where the publisher gave none. */
export function isSameEvent(draft: DraftEvent, known: KnownEvent): boolean {
  if (known.type !== draft.type || known.attributes !== draft.givenAttributes) return false;
  if (draft.createdGiven) return known.body === draft.body;
  const { created } = JSON.parse(known.body) as WebhookEvent;
  return known.body === JSON.stringify({ ...(JSON.parse(draft.body) as WebhookEvent), created });
}

/** The event is read off the body when somebody asks for it: few do, and it costs as much as writing it. */
function published(
  body: string,
  deliveries: Published["deliveries"],
  duplicate: boolean,
  unmatched: readonly Unmatched[],
): Published {
  let event: WebhookEvent | undefined;
  return {
    get event() {
      return (event ??= JSON.parse(body) as WebhookEvent);
    },
    deliveries,
    duplicate,
    unmatched,
  };
}
