import { format } from "prettier";
import { auraconnectEvents } from "../src/protocol/auraconnect-events.js";
import type { EventType } from "../src/protocol/event-catalog.js";
import { eventJsonSchema } from "../src/protocol/json-schema.js";
import { sampleEvent } from "../src/protocol/sample-event.js";
import type { Generated } from "./generated-files.js";

type DocumentedType = EventType<typeof auraconnectEvents>;

/** What is read of a JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
}

const INTRODUCTION = `<!-- Made by \`npm run generate\` from the event catalogue. -->

# Event types

Every event is the same envelope around a payload, which is \`data.object\`.

| field         | what it is                                                            |
| ------------- | --------------------------------------------------------------------- |
| \`id\`          | the same on every attempt and for every webhook                       |
| \`type\`        | one of the types below; a receiver may also get types added later     |
| \`created\`     | when it happened, RFC 3339                                            |
| \`data.object\` | the payload                                                           |

Three rules keep a consumer from breaking when an event grows:

- Fields may be added at any time. Those that are not named here are allowed and kept.
- Known values are no closed list: any other string may come.
- A field that is not always there is left out, not null.

A webhook's \`filters\` compare with the payload's own scalars and with what the publisher gave beside the event. Where the
payload has no \`restaurant_id\`, only the publisher can say which restaurant an event belongs to.

The JSON Schema of each event is in the package: \`@auraconnect/webhooks/schemas/order.created.json\`.
`;

/** `docs/event-types.md`: each documented event with the fields of its payload and its example. */
export async function generateEventTypes(): Promise<Generated> {
  const types = Object.keys(auraconnectEvents) as DocumentedType[];
  const page = [INTRODUCTION, ...overview(types), ...types.flatMap(section)].join("\n");
  return {
    ownedFolder: null,
    files: new Map([["docs/event-types.md", await format(page, { parser: "markdown", printWidth: 120 })]]),
  };
}

function overview(types: readonly DocumentedType[]): readonly string[] {
  const rows = types.map((type) => {
    const hasRestaurant = Object.hasOwn(payloadOf(type).properties ?? {}, "restaurant_id");
    const link = `[\`${type}\`](#${type.replace(".", "")})`;
    return `| ${link} | ${auraconnectEvents[type].description} | ${hasRestaurant ? "yes" : "no"} |`;
  });
  return ["| type | when | `restaurant_id` in the payload |", "| --- | --- | --- |", ...rows, ""];
}

function section(type: DocumentedType): readonly string[] {
  return [
    `## ${type}`,
    "",
    auraconnectEvents[type].description,
    "",
    "| field | type | always there | known values |",
    "| --- | --- | --- | --- |",
    ...fieldRows(payloadOf(type), ""),
    "",
    "```json",
    JSON.stringify(sampleEvent(auraconnectEvents, type), null, 2),
    "```",
    "",
  ];
}

function fieldRows({ properties = {}, required = [] }: Schema, prefix: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix + name;
    const known = (field.examples ?? []).map((value) => `\`${String(value)}\``).join(", ");
    const row = `| \`${path}\` | ${typeOf(field)} | ${required.includes(name) ? "yes" : "no"} | ${known} |`;
    return [row, ...fieldRows(field.items ?? {}, `${path}[].`)];
  });
}

function typeOf({ type = "any", format: form, items }: Schema): string {
  if (form === "date-time") return "instant, RFC 3339";
  if (type !== "array") return type;
  return items?.type === undefined ? "list" : `list of ${items.type}s`;
}

function payloadOf(type: DocumentedType): Schema {
  const { properties } = eventJsonSchema(auraconnectEvents, type) as Schema;
  return properties?.["data"]?.properties?.["object"] ?? {};
}
