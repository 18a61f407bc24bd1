import type { EndedDelivery, Telemetry } from "../ports/telemetry.js";
import type { SenderEmitter } from "./sender-events.js";

const OUTCOMES = {
  "delivery.succeeded": "success",
  "delivery.failed": "failed",
  "delivery.expired": "expired",
  "delivery.cancelled": "cancelled",
} as const satisfies Record<string, EndedDelivery["outcome"]>;

/** Tells telemetry of every delivery that ends, however it does. */
export function countOutcomes(emitter: SenderEmitter, telemetry: Telemetry): void {
  for (const name of Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[]) {
    emitter.on(name, ({ delivery }) => {
      telemetry.ended({ eventType: delivery.eventType, outcome: OUTCOMES[name] });
    });
  }
}
