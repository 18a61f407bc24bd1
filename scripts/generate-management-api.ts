import { format } from "prettier";
import { ERRORS } from "../src/error-table.js";
import { errorsOf, openApiDocument } from "../src/management/openapi.js";
import { operationOf } from "../src/management/operations.js";
import { ROUTES, type OperationName } from "../src/management/routes.js";
import { auraconnectEvents } from "../src/protocol/auraconnect-events.js";
import type { Generated } from "./generated-files.js";

const PREFIX = "/api/v1/webhooks";

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/management. -->

# Management API

What the accounts of a host manage their webhooks with over HTTP, and a typed client for it. The host mounts it in its own
application; it needs no service of its own.

- [Mounting it](#mounting-it)
- [The client](#the-client)
- [What holds for every call](#what-holds-for-every-call)
- [Operations](#operations)

## Mounting it

<!-- given:
import type { Express } from "express";
import type { Sender } from "@auraconnect/webhooks/sender";
declare const app: Express;
declare const sender: Sender;
declare const sessions: { find(token: string): Promise<{ readonly account: string } | undefined> };
-->

\`\`\`ts
import { createManagementApi } from "@auraconnect/webhooks/management";
import { expressManagement } from "@auraconnect/webhooks/express";

const api = createManagementApi({
  sender,
  async authenticate(token) {
    const session = await sessions.find(token);
    return session === undefined ? null : { accountId: session.account };
  },
});
app.use("/api/v1/webhooks", expressManagement(api));
\`\`\`

\`authenticate\` gets the bearer token and the request, and answers whose call it is; null is 401. It may throw a
\`WebhookError\` of its own, such as \`new WebhookError("forbidden")\`. Whatever else it throws is 500 and goes to \`logger\`.

| host           | mounted with                                                                        | from        |
| -------------- | ----------------------------------------------------------------------------------- | ----------- |
| Express 4, 5   | \`app.use(prefix, expressManagement(api))\`, above or below \`express.json()\`          | \`./express\` |
| Fastify 4, 5   | \`app.register(fastifyManagement(api), { prefix })\`                                  | \`./fastify\` |
| \`Request\`      | \`fetchManagement(api, { prefix })\`: Hono, Next.js, Bun, Deno                        | \`./fetch\`   |
| \`node:http\`    | \`createServer(nodeManagement(api, { prefix }))\`                                     | \`./node\`    |

The prefix is yours; \`fetchManagement\` and \`nodeManagement\` take \`/api/v1/webhooks\` where none is given. The sender need not
have started in the process that serves the API. Limit how often a caller may call where you limit all your routes; what
else is yours to guard is in [security.md](security.md#the-management-api).

For pages of another origin, let your CORS allow the headers \`Authorization\`, \`Content-Type\`, \`Idempotency-Key\` and
\`If-Match\`, and expose \`ETag\` and \`Retry-After\`. Fastify itself answers paths with an escape that is none (\`/%zz\`), as
it does on all its routes.

## The client

For consumer apps, browsers and workers: it needs nothing of Node's and no cryptography.

<!-- given: declare const accessToken: string; -->

\`\`\`ts
import { createClient } from "@auraconnect/webhooks/client";

const client = createClient({ baseUrl: "https://api.example.com/api/v1/webhooks", accessToken });
const webhook = await client.webhooks.create({ url: "https://your-app.com/webhooks/auraconnect", events: ["order.*"] });
await client.webhooks.update({ webhook_id: webhook.id, active: false }, { ifMatch: webhook.etag });
for await (const row of client.webhooks.logs({ webhook_id: webhook.id, status: "failed" })) console.log(row.error);
\`\`\`

Each operation below is a method of its name. It takes one object with the parameters of path and query and the fields of
the body, by the names they have here, and answers the body. Lists answer a page, and iterate over the rows of all pages.

| option         | default          | what it is                                                                     |
| -------------- | ---------------- | ------------------------------------------------------------------------------ |
| \`baseUrl\`      |                  | where the API is mounted, prefix included                                      |
| \`accessToken\`  |                  | the token, or a function that is asked for it at every request                 |
| \`fetch\`        | the platform's   | what sends requests                                                            |
| \`timeoutMs\`    | 30,000           | for each request; a call can have its own                                      |
| \`retries\`      | 3                | repetitions where nothing answered, and of 429 (up to 15 s) and 503            |
| \`retryDelayMs\` | 250              | before the first repetition, doubled before each further one                   |

A call takes \`signal\`, \`timeoutMs\`, and where it fits \`idempotencyKey\` or \`ifMatch\` as its second argument. Calls that make
something get an \`Idempotency-Key\` of their own, so that repeating them is safe; one with \`ifMatch\` is never repeated. After
a repetition a generated secret is masked: give your own where that matters. A call rejects with a \`WebhookError\` of the
server's \`code\`; \`field\` is the pointer or parameter at fault. \`api_unreachable\`, \`api_timeout\` and
\`api_answer_invalid\` are the client's own. It follows no redirect, for that would carry the token along.

## What holds for every call

- **Token:** \`Authorization: Bearer\`, but for event types and the OpenAPI document. What belongs to another account is 404.
- **Bodies** are JSON objects in UTF-8 of at most 64 KB and 64 levels, with or without a \`Content-Type\`, and not compressed. A
  field that does not exist is refused by its name.
- **Errors** are problem documents (RFC 9457): \`code\` is stable, see [errors.md](errors.md); \`pointer\` or \`parameter\`
  says where; \`detail\` says how to mend it. \`Retry-After\` says when to try again.
- **\`Idempotency-Key\`**, where an operation has it, makes it repeatable: for 24 hours the same key with the same request
  is answered with the first answer, its secret masked, and \`Idempotency-Replayed: true\`. Another request under it is 409, and
  so is one that comes while the first is handled. What was refused leaves the key free; a process that dies while it
  handles a request leaves it taken for a minute. An account has 5,000 keys in 24 hours.
- **\`ETag\` and \`If-Match\`:** an update with \`If-Match\` changes only what was read; otherwise it is 412. Without it two updates
  at once both take effect, field by field.
- **Pages:** give \`next_cursor\` as \`cursor\`; null is the last. Rows that are added meanwhile move none.
- **Secrets** are in the answer of the call that generated them, and \`webhook_secret_***\` everywhere else.

\`GET ${PREFIX}/openapi.json\` is the OpenAPI 3.1 document, for generators of clients in other languages.

## Operations

Paths are under the prefix, here \`${PREFIX}\`.
`;

type Json = Readonly<Record<string, unknown>>;

/** `docs/management-api.md`: every operation of the table. */
export async function generateManagementApi(): Promise<Generated> {
  const document = JSON.parse(JSON.stringify(openApiDocument(auraconnectEvents, PREFIX))) as Json;
  const names = Object.keys(ROUTES) as OperationName[];
  const list = names.map(
    (name) => `- [${operationOf(name).summary}](#${anchor(operationOf(name).summary)}): \`${name}\``,
  );
  const page = [INTRODUCTION, ...list, "", ...names.map((name) => section(name, document))].join("\n");
  return {
    ownedFolder: null,
    files: new Map([["docs/management-api.md", await format(page, { parser: "markdown", printWidth: 120 })]]),
  };
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");
}

function section(name: OperationName, document: Json): string {
  const operation = operationOf(name);
  const { methods, path, summary, description, status, open } = operation;
  const [method] = methods;
  const described = at(document, ["paths", `/webhooks${path}`, method?.toLowerCase() ?? ""]);
  const parameters = (described["parameters"] as readonly Json[]).map((parameter) => ({
    name: String(parameter["name"]),
    place: String(parameter["in"]),
    schema: parameter["schema"] as Json,
    description: textOf(parameter["description"]),
    required: parameter["required"] === true,
  }));
  const body = bodyFields(described, document);
  const fields = [...parameters, ...body];
  const rows = fields.map(
    ({ name: field, place, schema, description: words, required }) =>
      `| \`${field}\` | ${place} | ${cell(typeOf(schema, document))} | ${required ? "yes" : "no"} | ${cell(words)} |`,
  );
  const answer = at(described, ["responses", String(status)]);
  const errors = errorsOf(operation).map((code) => `\`${code}\` (${ERRORS[code].status})`);
  return [
    `### ${summary}`,
    "",
    ...methods.map((each) => `\`${each} ${PREFIX}${path}\`${open ? ", without a token" : ""}  `),
    `\`client.${name}\``,
    "",
    description,
    "",
    ...(rows.length === 0
      ? []
      : ["| name | in | type | required | what it is |", "| --- | --- | --- | --- | --- |", ...rows, ""]),
    `**${status}**${answerFields(answer, document)}`,
    "",
    `**Errors:** ${errors.join(", ")}`,
    "",
  ].join("\n");
}

function bodyFields(described: Json, document: Json) {
  const content = (described["requestBody"] as Json | undefined)?.["content"];
  if (content === undefined) return [];
  const schema = resolve(at(content as Json, ["application/json", "schema"]), document);
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.entries(schema["properties"] as Readonly<Record<string, Json>>)
    .filter(([, field]) => !("not" in field))
    .map(([name, field]) => ({
      name,
      place: "body",
      schema: field,
      description: textOf(resolve(field, document)["description"]),
      required: required.includes(name),
    }));
}

function answerFields(answer: Json, document: Json): string {
  if (answer["content"] === undefined) return ", without a body.";
  const schema = resolve(at(answer["content"] as Json, ["application/json", "schema"]), document);
  const properties = schema["properties"] as Readonly<Record<string, Json>> | undefined;
  if (properties === undefined) return ".";
  const rows = Object.entries(properties).map(
    ([name, field]) =>
      `| \`${name}\` | ${cell(typeOf(field, document))} | ${cell(textOf(resolve(field, document)["description"]))} |`,
  );
  return ["", "", "| field | type | what it is |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A schema's type in a few words. */
function typeOf(given: Json, document: Json): string {
  const schema = resolve(given, document);
  if (Array.isArray(schema["enum"]))
    return (schema["enum"] as readonly string[]).map((each) => `\`${each}\``).join(" ");
  if (Array.isArray(schema["anyOf"])) {
    return [...new Set((schema["anyOf"] as readonly Json[]).map((each) => typeOf(each, document)))].join(" or ");
  }
  if (schema["type"] === "array") return `list of ${typeOf((schema["items"] ?? {}) as Json, document)}`;
  if (schema["format"] === "date-time") return "instant";
  return ([schema["type"] ?? "any"].flat() as unknown as readonly string[]).join(" or ");
}

function resolve(schema: Json, document: Json): Json {
  const { $ref: reference, ...beside } = schema;
  if (typeof reference !== "string") return schema;
  return { ...at(document, reference.split("/").slice(1)), ...beside };
}

function at(value: Json, path: readonly string[]): Json {
  const found = path.reduce<unknown>((inner, step) => (inner as Json)[step], value);
  if (typeof found !== "object" || found === null)
    throw new Error(`The OpenAPI document has nothing at ${path.join("/")}.`);
  return found as Json;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Outside of code spans, what Markdown would read as its own stays as it is written. */
function cell(text: string): string {
  return text.replaceAll(/`[^`]*`|[|*_<>]/g, (found) => (found.startsWith("`") ? found : `\\${found}`));
}
