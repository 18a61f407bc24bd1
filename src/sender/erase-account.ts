import type { Retention } from "../ports/retention.js";
import type { WebhookKey, WebhookPage } from "./webhooks.js";

/** Events removed at a time. */
const BATCH = 500;

/** What {@link Sender.eraseAccount} has removed. */
export interface ErasedAccount {
  readonly webhooks: number;
  readonly events: number;
}

/** Removes an account's webhooks, then everything else that is kept of it. */
export async function eraseAccount(
  {
    list,
    remove,
    retention,
  }: {
    readonly list: (query: { readonly accountId: string }) => Promise<WebhookPage>;
    readonly remove: (key: WebhookKey) => Promise<void>;
    readonly retention: Retention;
  },
  accountId: string,
): Promise<ErasedAccount> {
  let webhooks = 0;
  for (let page = await list({ accountId }); page.webhooks.length > 0; page = await list({ accountId })) {
    for (const { id: webhookId } of page.webhooks) await remove({ accountId, webhookId });
    webhooks += page.webhooks.length;
  }
  let events = 0;
  for (let count = BATCH; count === BATCH; events += count) {
    count = await retention.erase({ accountId, limit: BATCH });
  }
  return { webhooks, events };
}
