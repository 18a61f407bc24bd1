import { WebhookError } from "../errors.js";
import { requireDefinition, type EventCatalog, type EventOf, type EventType } from "./event-catalog.js";

const UNDOCUMENTED = { id: "evt_sample", created: "2025-01-01T00:00:00Z" };

/**
 * A sample event of a type; for the documented types the example of the documentation. A new object at each call.
 *
 * @throws {@link WebhookError} `event_type_unknown` when the catalogue has no such type, `option_invalid` when the type
 *   was defined without a sample.
 */
export function sampleEvent<Catalog extends EventCatalog, Type extends EventType<Catalog>>(
  catalog: Catalog,
  type: Type,
): EventOf<Catalog, Type> {
  const definition = requireDefinition(catalog, type);
  if (definition.sample === null) {
    throw new WebhookError("option_invalid", `\`${type}\` was defined without a sample; give one to defineEvents.`);
  }
  const { id, created } = definition.documented ?? UNDOCUMENTED;
  return { id, type, created, data: { object: structuredClone(definition.sample) } };
}
