import type { ManagementApi } from "@auraconnect/webhooks/management";
import { ROUTES, type OperationName, type Route } from "../../src/management/routes.js";
import { managementHosts, PREFIX } from "./management-scene.js";
import { OpenApiChecker, type OpenApi } from "./openapi-checker.js";

export interface ApiAnswer<Body = Readonly<Record<string, never>>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body & Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface ApiCall {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly query?: string;
  readonly method?: string;
}

/** Calls operations by their names over real HTTP, and checks every answer against the OpenAPI document. */
export async function apiCaller(api: ManagementApi, hostName = "node:http") {
  const host = managementHosts.find(({ name }) => name === hostName);
  if (host === undefined) throw new Error(`There is no host ${hostName}.`);
  const origin = await host.serve(api);
  const checker = new OpenApiChecker(api.openApi(PREFIX) as OpenApi);
  const call = async (
    name: OperationName,
    parameters: Readonly<Record<string, string>> = {},
    { token = "token-of-one", headers = {}, body, query = "", method }: ApiCall = {},
  ): Promise<ApiAnswer> => {
    const route: Route = ROUTES[name];
    const used = method ?? route.methods[0] ?? "GET";
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ""));
    const response = await fetch(`${origin}${PREFIX}${path}${query}`, {
      method: used,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    checker.check(used, `/webhooks${route.path}`, {
      status: response.status,
      contentType: response.headers.get("content-type"),
      body: text,
    });
    const parsed = (text === "" ? {} : JSON.parse(text)) as ApiAnswer["body"];
    return { status: response.status, headers: response.headers, body: parsed, text };
  };
  return { origin, baseUrl: origin + PREFIX, checker, call };
}
