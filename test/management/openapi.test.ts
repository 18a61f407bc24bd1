import { Validator } from "@seriousme/openapi-schema-validator";
import openapiTS, { astToString } from "openapi-typescript";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { auraconnectEvents, defineEvents } from "@auraconnect/webhooks/sender";
import { operationOf } from "../../src/management/operations.js";
import { ROUTES, type OperationName } from "../../src/management/routes.js";
import { apiCaller } from "../support/api-caller.js";
import { managementApi } from "../support/management-scene.js";
import type { OpenApi } from "../support/openapi-checker.js";
import { makeSender } from "../support/sender-scene.js";

const plain = (document: object): object => JSON.parse(JSON.stringify(document)) as object;

interface Category {
  readonly name: string;
  readonly children: readonly Category[];
}
const category: z.ZodType<Category> = z.object({
  name: z.string(),
  get children() {
    return z.array(category);
  },
});

describe("the OpenAPI document", () => {
  test.each(["/api/v1/webhooks", "/webhooks", "", "/a/{tenant}/hooks"])(
    "under %j passes a public validator",
    async (prefix) => {
      const document = plain(managementApi(makeSender()).openApi(prefix));
      const { valid, errors } = await new Validator().validate(document as Record<string, unknown>);
      expect(errors).toBeUndefined();
      expect(valid).toBe(true);
    },
  );

  test("is taken by a public generator, which finds every operation and its types", async () => {
    const source = astToString(await openapiTS(plain(managementApi(makeSender()).openApi()) as never));
    for (const name of Object.keys(ROUTES)) expect(source).toContain(`"${name}"`);
    expect(source).toMatch(/NewWebhook: \{/);
    expect(source).not.toContain("unknown;\n            responses: unknown");
  });

  test("has every operation of the table, and a webhook for every event type", () => {
    const { paths, webhooks, servers } = managementApi(makeSender()).openApi() as OpenApi;
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids.sort()).toEqual([...Object.keys(ROUTES), "webhooks.update.patch"].sort());
    expect(Object.keys(webhooks)).toEqual(Object.keys(auraconnectEvents));
    expect(servers).toEqual([{ url: "/api/v1" }]);
    expect(Object.keys(paths)).toContain("/webhooks/{webhook_id}/logs");
  });

  test("keeps the references of a host's own schemas, its recursive ones too", async () => {
    const events = defineEvents({ "menu.changed": z.object({ root: category }) });
    const document = plain(managementApi(makeSender({ events })).openApi());
    expect((await new Validator().validate(document as Record<string, unknown>)).errors).toBeUndefined();
    await openapiTS(document as never);
    expect(JSON.stringify(document)).not.toContain("#/$defs");
  });

  test("is described once, under however many prefixes it is asked for", () => {
    const api = managementApi(makeSender());
    const [one, other] = [api.openApi("/API/v1/webhooks"), api.openApi("/api/V1/webhooks")] as OpenApi[];
    expect(one?.servers).not.toEqual(other?.servers);
    expect(one?.paths["/webhooks/test"]).toBe(other?.paths["/webhooks/test"]);
  });

  test("is served without a token, under the prefix of the host", async () => {
    const { call } = await apiCaller(managementApi(makeSender()), "Express 5");
    const { status, body } = await call("api.openapi", {}, { token: null });
    expect([status, body["openapi"], body["servers"]]).toEqual([200, "3.1.0", [{ url: "/api/v1" }]]);
  });
});

test("event types are listed without a token, each with its schema and sample", async () => {
  const { call } = await apiCaller(managementApi(makeSender()));
  const { body } = await call("eventTypes.list", {}, { token: null });
  const types = body["event_types"] as unknown as {
    type: string;
    group: string;
    schema: object;
    sample: { type: string };
  }[];
  expect(types.map(({ type }) => type)).toEqual(Object.keys(auraconnectEvents));
  for (const { type, group, schema, sample } of types) {
    expect(type.startsWith(`${group}.`)).toBe(true);
    expect(schema).toMatchObject({ title: type });
    expect(sample.type).toBe(type);
  }
});

test("every operation names its parameters in path and query, and no two are one", () => {
  const seen = new Set<string>();
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    const { path, parameters, query, querySchema, methods, body, bodySchema } = operationOf(name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)).toEqual(Object.keys(parameters));
    expect([...query].sort()).toEqual(Object.keys(querySchema?.shape ?? {}).sort());
    expect(bodySchema === null).toBe(body === "none");
    for (const method of methods) {
      expect(seen.has(`${method} ${path}`)).toBe(false);
      seen.add(`${method} ${path}`);
    }
  }
});
