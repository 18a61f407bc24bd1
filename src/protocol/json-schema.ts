import { z } from "zod";
import { requireDefinition, type EventCatalog } from "./event-catalog.js";
import { zodSchema } from "./payload-schema.js";
import { sampleEvent } from "./sample-event.js";

/** A JSON Schema document (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of an event of this type as it is sent, envelope included, with the type's sample under `examples`.
 * Fields it does not name are allowed. What JSON Schema cannot say, such as a custom check, it leaves out.
 *
 * @throws {@link WebhookError} `event_type_unknown` when the catalogue has no such type.
 */
export function eventJsonSchema(catalog: EventCatalog, type: string): JsonSchema {
  const definition = requireDefinition(catalog, type);
  const envelope = z.object({
    id: z.string().min(1).max(128),
    type: z.literal(type),
    created: z.string().meta({ format: "date-time" }),
    data: z.object({ object: zodSchema(definition.object) }),
  });
  const { $schema, ...rules } = z.toJSONSchema(envelope, { io: "input", unrepresentable: "any" });
  return {
    $schema,
    title: type,
    ...(definition.description === "" ? {} : { description: definition.description }),
    ...rules,
    ...(definition.sample === null ? {} : { examples: [sampleEvent(catalog, type)] }),
  };
}
