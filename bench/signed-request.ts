import { createHmac, createSecretKey } from "node:crypto";
import { eventIdOf, sampleOrder } from "./sample-order.js";

/** The secret of every webhook of the bench. */
export const SECRET = "a-secret-of-the-bench";

const key = createSecretKey(SECRET, "utf8");
const TYPE = "order.created";

/** An event as it is sent. */
export interface SerializedEvent {
  readonly id: string;
  readonly body: string;
}

/** The event with this number, serialised: what this package makes of the same payload. */
export function serializedEvent(number: number): SerializedEvent {
  const id = eventIdOf(number);
  const object = sampleOrder(number);
  return { id, body: JSON.stringify({ id, type: TYPE, created: new Date().toISOString(), data: { object } }) };
}

/** The headers that this package sends, with both signatures. */
export function signedHeaders({ id, body }: SerializedEvent): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const standard = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return {
    "Content-Type": "application/json",
    "User-Agent": "AuraConnect-Webhooks/0.1.0",
    "X-AuraConnect-Webhook-Id": "webhook_00000000000000000000",
    "X-AuraConnect-Event": TYPE,
    "X-AuraConnect-Event-Id": id,
    "X-AuraConnect-Timestamp": timestamp,
    "X-AuraConnect-Signature": `sha256=${createHmac("sha256", key).update(body).digest("hex")}`,
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${standard}`,
  };
}
