import { WebhookError } from "../../errors.js";

/** The schema that statements name as they are written, and in which the tables are unless the host chose another. */
export const DEFAULT_SCHEMA = "webhooks";

const MAX_NAME_BYTES = 63;

/** `webhooks.` before a table, `schema webhooks` where it is made, and `'webhooks'` where it is looked up. */
const NAMED = /\bwebhooks(?=\.)|(?<=\bschema )webhooks\b|'webhooks'/g;

/** @throws {@link WebhookError} `option_invalid` for what PostgreSQL cannot have as the name of a schema. */
export function checkSchemaName(name: unknown = DEFAULT_SCHEMA): string {
  const isName = typeof name === "string" && name !== "" && !name.includes("\u0000") && name.isWellFormed();
  if (!isName || Buffer.byteLength(name) > MAX_NAME_BYTES || /^pg_/i.test(name)) {
    const message = `\`schema\` is a name of 1 to ${MAX_NAME_BYTES} bytes that does not begin with pg_.`;
    throw new WebhookError("option_invalid", message, { field: "schema" });
  }
  return name;
}

/** A statement for another schema than the default one. The only place that puts a name into SQL. */
export function inSchema(sql: string, schema: string): string {
  if (schema === DEFAULT_SCHEMA) return sql;
  const identifier = `"${schema.replaceAll('"', '""')}"`;
  const isEscaped = schema.includes("\\");
  const literal = `${isEscaped ? " E" : ""}'${schema.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return sql.replace(NAMED, (found) => (found.startsWith("'") ? literal : identifier));
}
