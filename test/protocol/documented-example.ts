import { readFileSync } from "node:fs";
import { auraconnectEvents, type AuraConnectCatalog } from "../../src/protocol/auraconnect-events.js";
import type { EventType, WebhookEvent } from "../../src/protocol/event-catalog.js";

/** The eleven documented types, in the documentation's order. */
export const documentedTypes = Object.keys(auraconnectEvents) as EventType<AuraConnectCatalog>[];

/** The example of a type as the documentation prints it. */
export function documentedExample(type: string): WebhookEvent {
  return JSON.parse(documentedText(`${type}.json`)) as WebhookEvent;
}

/** A file copied from the documentation, as text. */
export function documentedText(file: string): string {
  return readFileSync(new URL(`../fixtures/documentation/${file}`, import.meta.url), "utf8");
}
