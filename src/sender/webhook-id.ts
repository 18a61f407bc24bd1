import { WebhookError } from "../errors.js";

/** What an id may look like; those that were ever answered are shorter. */
const ID = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** @throws {@link WebhookError} `webhook_not_found` for what cannot be an id. */
export function readWebhookId(webhookId: unknown): string {
  if (typeof webhookId === "string" && ID.test(webhookId)) return webhookId;
  const message =
    typeof webhookId === "string" ? undefined : "`webhookId` is missing; give the id that `create` answered.";
  throw new WebhookError("webhook_not_found", message, { field: "webhookId" });
}
