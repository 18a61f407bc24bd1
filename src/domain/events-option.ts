import { WebhookError } from "../errors.js";
import { isDefinition, type EventCatalog } from "../protocol/event-catalog.js";
import { readObject } from "./option-value.js";
import { quote } from "./quote.js";

/**
 * A catalogue given as the `events` option, or its default when it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`; its `field` is `events.order.created` where one definition is none.
 */
export function readEvents<Catalog extends EventCatalog>(value: Catalog | undefined, fallback: Catalog): Catalog {
  const events = readObject("events", value, fallback);
  for (const [type, definition] of Object.entries<unknown>(events)) {
    if (isDefinition(definition)) continue;
    const message = `${quote(type)} in \`events\` is no event type; make the catalogue with defineEvents({ ${quote(type, '"')}: schema }).`;
    throw new WebhookError("option_invalid", message, { field: `events.${quote(type, "")}` });
  }
  return events;
}
