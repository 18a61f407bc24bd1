import type { Client } from "@auraconnect/webhooks/client";

/** What the display wants to hear of, and where. */
export interface Wish {
  readonly url: string;
  readonly secret: string;
  readonly restaurantId: number;
}

/** Registers the display's webhook, or brings it up to date where it is registered already: it can be run at each start. */
export async function registerWebhook(client: Client, { url, secret, restaurantId }: Wish): Promise<string> {
  const wanted = {
    events: ["order.*", "payment.*", "inventory.*"],
    filters: { restaurant_id: restaurantId },
    active: true,
  };
  for await (const webhook of client.webhooks.list()) {
    if (webhook.url !== url) continue;
    // Changes nothing where it is the secret that the webhook has.
    await client.webhooks.rotateSecret({ webhook_id: webhook.id, secret, overlap_seconds: 0 });
    return (await client.webhooks.update({ webhook_id: webhook.id, ...wanted })).id;
  }
  return (await client.webhooks.create({ url, secret, description: "Kitchen display", ...wanted })).id;
}
