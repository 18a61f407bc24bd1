import { z } from "zod";
import { STATUSES, type ErrorCode } from "../errors.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import * as wireHeaders from "../protocol/headers.js";
import { eventJsonSchema } from "../protocol/json-schema.js";
import { VERSION } from "../protocol/version.js";
import { COMMON_ERRORS, operationOf, type Operation } from "./operations.js";
import { ROUTES, type OperationName } from "./routes.js";
import { problem, schemaNames } from "./schemas.js";

type Json = Readonly<Record<string, unknown>>;

/** Schemas that stand under `components`, by name; filled while the document is written. */
type Components = Map<string, Json>;

/** What the document says wherever the API is mounted. */
export interface ApiDescription {
  /** The operations of each path, by their methods; paths are what follows the prefix. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Everything else but `servers`. */
  readonly rest: Json;
}

/** The OpenAPI 3.1 document of the management API, mounted under a prefix; see {@link openApiUnder}. */
export function openApiDocument(events: EventCatalog, prefix: string): Json {
  return openApiUnder(describeApi(events), prefix);
}

/**
 * The document of an API that was described, under a prefix.
 *
 * @param prefix Such as `/api/v1/webhooks`. Its last part begins every path, for a path cannot be empty.
 */
export function openApiUnder({ paths, rest }: ApiDescription, prefix: string): Json {
  const cut = prefix.replace(/\/$/, "").lastIndexOf("/");
  const [server, base] = cut === -1 ? ["/", ""] : [prefix.slice(0, cut) || "/", prefix.replace(/\/$/, "").slice(cut)];
  const { openapi, info, ...others } = rest;
  return {
    ...{ openapi, info, servers: [{ url: server }] },
    paths: Object.fromEntries(Object.entries(paths).map(([path, operations]) => [base + path || "/", operations])),
    ...others,
  };
}

/** Describes every operation, with a `webhooks` section of all event types. */
export function describeApi(events: EventCatalog): ApiDescription {
  const components: Components = new Map();
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const operation = operationOf(name);
    for (const method of operation.methods) {
      const id = method === "PATCH" ? `${name}.patch` : name;
      (paths[operation.path] ??= {})[method.toLowerCase()] = writeOperation(id, operation, components);
    }
  }
  const webhooks = Object.fromEntries(
    Object.keys(events).map((type) => [type, writeWebhook(events, type, components)]),
  );
  schemaOf(problem, "output", components);
  const rest = {
    openapi: "3.1.0",
    info: {
      title: "Webhook management",
      version: VERSION,
      description:
        "Webhooks of an account: registering, changing, testing and deleting them, and what became of events.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ bearer: [] }],
    tags: [...new Set(Object.keys(ROUTES).map(tagOf))].map((name) => ({ name })),
    webhooks,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
  return { paths, rest };
}

function tagOf(name: string): string {
  return name.split(".")[0] ?? name;
}

function writeOperation(operationId: string, operation: Operation, components: Components): Json {
  const { summary, description, bodySchema, body, open } = operation;
  return {
    operationId,
    summary,
    description,
    tags: [tagOf(operationId)],
    ...(open ? { security: [] } : {}),
    parameters: parametersOf(operation, components),
    ...(bodySchema === null
      ? {}
      : { requestBody: { required: body === "required", content: json(schemaOf(bodySchema, "input", components)) } }),
    responses: responsesOf(operation, components),
  };
}

function parametersOf(operation: Operation, components: Components): readonly Json[] {
  const { parameters, querySchema, ifMatch, repeatable } = operation;
  const inPath = Object.entries(parameters).map(([name, schema]) =>
    parameter(name, "path", schemaOf(schema, "input", components)),
  );
  const inQuery = Object.entries<z.ZodType>(querySchema?.shape ?? {}).map(([name, schema]) =>
    parameter(name, "query", schemaOf(schema, "output", components)),
  );
  const text = { type: "string" };
  return [
    ...inPath,
    ...inQuery,
    ...(ifMatch ? [parameter("If-Match", "header", { ...text, description: "The `ETag` of what was read." })] : []),
    ...(repeatable === "with_key"
      ? [parameter("Idempotency-Key", "header", { ...text, maxLength: 255, description: KEY_DESCRIPTION })]
      : []),
  ];
}

const KEY_DESCRIPTION =
  "Makes the call repeatable: for 24 hours the same key is answered with the first answer, its secret masked.";

function parameter(name: string, place: "path" | "query" | "header", { description, ...schema }: Json): Json {
  return { name, in: place, required: place === "path", ...(description === undefined ? {} : { description }), schema };
}

function responsesOf(operation: Operation, components: Components): Json {
  const { status, response, etag, summary } = operation;
  const responses: Record<string, Json> = {
    [status]: {
      description: summary,
      ...(etag ? { headers: { ETag: { schema: { type: "string" }, description: "The webhook's revision." } } } : {}),
      ...(response === null ? {} : { content: json(schemaOf(response, "output", components)) }),
    },
  };
  for (const [code, codes] of Object.entries(errorsByStatus(operation))) {
    responses[code] = {
      description: codes.map((each) => `\`${each}\``).join(", "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return responses;
}

/** Every code an operation may answer, by its status. */
export function errorsOf({ errors, open, repeatable, body }: Operation): readonly ErrorCode[] {
  return [
    ...(open ? [] : COMMON_ERRORS),
    ...(body === "none" ? [] : (["body_malformed", "payload_too_large", "unsupported_media_type"] as const)),
    ...errors,
    ...(repeatable === "with_key"
      ? (["idempotency_key_invalid", "idempotency_key_conflict", "idempotency_key_in_use"] as const)
      : []),
    "api_failed",
  ];
}

function errorsByStatus(operation: Operation): Record<string, ErrorCode[]> {
  const byStatus: Record<string, ErrorCode[]> = {};
  for (const code of errorsOf(operation)) byStatus[STATUSES[code]] = [...(byStatus[STATUSES[code]] ?? []), code];
  return byStatus;
}

function writeWebhook(events: EventCatalog, type: string, components: Components): Json {
  const {
    $schema: _,
    title: __,
    description,
    examples,
    ...schema
  } = eventJsonSchema(events, type) as Json & {
    readonly examples?: readonly unknown[];
  };
  const header = (name: string): Json => parameter(name, "header", { type: "string" });
  return {
    post: {
      operationId: type,
      summary: type,
      ...(description === undefined ? {} : { description }),
      tags: ["events"],
      security: [],
      parameters: Object.values(wireHeaders).map(header),
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: embed(schema, `event.${type}`, components),
            ...(examples === undefined ? {} : { example: examples[0] }),
          },
        },
      },
      responses: { "2XX": { description: "The event was taken; anything else is retried." } },
    },
  };
}

function json(schema: Json): Json {
  return { "application/json": { schema } };
}

/** A schema of ours as it stands in the document: one with a name is a reference to it. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Components): Json {
  const { $schema: _, ...root } = z.toJSONSchema(schema, {
    io,
    metadata: schemaNames as unknown as z.core.$ZodRegistry<Record<string, unknown>>,
    override({ zodSchema, jsonSchema }) {
      const { description, format } = z.globalRegistry.get(zodSchema) ?? {};
      if (description !== undefined) jsonSchema.description = description;
      if (typeof format === "string") jsonSchema.format = format;
      // A field may be added to an answer at any time; only what callers send is closed.
      if (zodSchema._zod.def.type === "object" && zodSchema._zod.def.catchall === undefined) {
        delete jsonSchema.additionalProperties;
      }
    },
  }) as Json;
  return embed(root, schemaNames.get(schema)?.id ?? null, components);
}

/** Moves a schema's own definitions to `components`, where references can reach them. */
function embed(root: Json, name: string | null, components: Components): Json {
  const { $defs = {}, id: _, ...schema } = root as Json & { readonly $defs?: Readonly<Record<string, Json>> };
  const isOurs = name !== null && !name.startsWith("event.");
  const placed = (definition: string): string => (isOurs || name === null ? definition : `${name}.${definition}`);
  const rewrite = (value: Json): Json =>
    JSON.parse(JSON.stringify(value), (key, text: unknown) => {
      if (key !== "$ref" || typeof text !== "string") return text;
      if (text === "#" && name !== null) return `#/components/schemas/${name}`;
      return text.replace(
        /^#\/\$defs\/(.*)$/,
        (__, definition: string) => `#/components/schemas/${placed(definition)}`,
      );
    }) as Json;
  for (const [definition, { id: __, ...value }] of Object.entries($defs))
    components.set(placed(definition), rewrite(value));
  // A root with a name of its own stands among the definitions already.
  if (name === null || "$ref" in schema) return rewrite(schema);
  components.set(name, rewrite(schema));
  return { $ref: `#/components/schemas/${name}` };
}
