import { readObject, requireArgument } from "../domain/option-value.js";
import type { InboxStore } from "../ports/inbox.js";
import type { Inbox, InboxContext, InboxWork } from "./inbox.js";
import { InboxWorker } from "./inbox-worker.js";

const METHODS = ["put", "claim", "renew", "settle", "completeIn", "list", "requeue", "discard", "close"];

/**
 * Makes an inbox of what keeps its events: the same object, which now also brings what works it.
 *
 * @throws {@link WebhookError} `option_invalid` for what is no store.
 */
export function createInbox<Store extends InboxStore>(store: Store): Store & Inbox {
  requireArgument("createInbox", store, { put: true });
  return Object.assign(readObject("store", store, store, METHODS), { work });
}

// Works what it is called on, so that an object made after an inbox, with methods of its own, is worked by those.
function work(this: InboxStore, context: InboxContext): InboxWork {
  return new InboxWorker(this, context);
}
