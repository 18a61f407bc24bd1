import { auraconnectEvents } from "../src/protocol/auraconnect-events.js";
import { eventJsonSchema } from "../src/protocol/json-schema.js";
import type { Generated } from "./generated-files.js";

/** `schemas/<type>.json`: the JSON Schema of each documented event, envelope and example included. */
export function generateSchemas(): Generated {
  const files = Object.keys(auraconnectEvents).map((type): [path: string, content: string] => [
    `schemas/${type}.json`,
    `${JSON.stringify(eventJsonSchema(auraconnectEvents, type), null, 2)}\n`,
  ]);
  return { ownedFolder: "schemas", files: new Map(files) };
}
