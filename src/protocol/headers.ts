/** Names of the headers of a webhook request, as the documentation writes them. */
export const EVENT_HEADER = "X-AuraConnect-Event";
export const SIGNATURE_HEADER = "X-AuraConnect-Signature";
export const EVENT_ID_HEADER = "X-AuraConnect-Event-Id";
export const TIMESTAMP_HEADER = "X-AuraConnect-Timestamp";
export const WEBHOOK_ID_HEADER = "X-AuraConnect-Webhook-Id";

/** Names of the Standard Webhooks headers that carry the same message signed again. */
export const STANDARD_ID_HEADER = "webhook-id";
export const STANDARD_TIMESTAMP_HEADER = "webhook-timestamp";
export const STANDARD_SIGNATURE_HEADER = "webhook-signature";
