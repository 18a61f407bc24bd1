import type {
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  LambdaFunctionURLHandler,
} from "aws-lambda";
import { describe, expect, test, vi } from "vitest";
import { lambdaReceiver, type LambdaHttpEvent } from "@auraconnect/webhooks/lambda";
import { createReceiver, type RequestReceiver } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { secret, testHost } from "./host-cases.js";
import type { HostRequest } from "./http-client.js";

/** It is what each event source calls, by AWS's own types. */
const handlerOf = (receiver: RequestReceiver) => {
  const handler = lambdaReceiver(receiver);
  handler satisfies APIGatewayProxyHandler;
  handler satisfies APIGatewayProxyHandlerV2;
  handler satisfies LambdaFunctionURLHandler;
  handler satisfies ALBHandler;
  return handler;
};

const bytesOf = ({ body }: HostRequest): Buffer =>
  Array.isArray(body) ? Buffer.concat(body as Uint8Array[]) : Buffer.from(body as string);

type EventOf = (request: HostRequest) => LambdaHttpEvent;

/** As AWS documents the events; what the receiver does not look at is left out. */
const restApi: EventOf = (request) =>
  ({
    resource: "/webhooks",
    path: "/webhooks",
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value]])),
    body: request.method === "GET" ? null : bytesOf(request).toString(),
    isBase64Encoded: false,
  }) satisfies Partial<APIGatewayProxyEvent>;

const httpApi: EventOf = (request) =>
  ({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/webhooks",
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    requestContext: { http: { method: request.method } } as APIGatewayProxyEventV2["requestContext"],
    body: bytesOf(request).toString(),
    isBase64Encoded: false,
  }) satisfies Partial<APIGatewayProxyEventV2>;

const inBase64 =
  (form: EventOf): EventOf =>
  (request) => ({ ...form(request), body: bytesOf(request).toString("base64"), isBase64Encoded: true });

const { multiValueHeaders: _, ...withoutMulti } = restApi({ method: "POST", headers: {}, body: "" });
const balancer: EventOf = (request) => ({ ...withoutMulti, ...httpApi(request), httpMethod: request.method });

for (const [name, form] of [
  ["REST API (format 1.0)", restApi],
  ["REST API with base64", inBase64(restApi)],
  ["HTTP API and function URL (format 2.0)", httpApi],
  ["function URL with base64", inBase64(httpApi)],
  ["load balancer", balancer],
] as const) {
  testHost({
    name: `Lambda behind a ${name}`,
    owns: [],
    open(receiver) {
      const handler = handlerOf(receiver);
      const send = async (request: HostRequest) => {
        const { statusCode, headers, body } = await handler(form(request));
        const lower = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
        return { status: statusCode, headers: Object.fromEntries(lower) as Record<string, string>, body };
      };
      return Promise.resolve({ port: 0, send, close: () => Promise.resolve() });
    },
  });
}

describe("lambdaReceiver", () => {
  const signed = () => signedRequest({ type: "order.created", secret });

  test("sees a header that came twice, which `headers` has only once", async () => {
    const event = restApi(signed());
    const multiValueHeaders = { ...event.multiValueHeaders, "X-AuraConnect-Event": ["order.created", "order.created"] };
    const { statusCode, body } = await handlerOf(createReceiver({ secret }))({ ...event, multiValueHeaders });
    expect([statusCode, body]).toEqual([400, '{"error":"event_malformed"}']);
  });

  test("answers a load balancer that sends lists of values with such lists, for it drops others", async () => {
    const { headers: _headers, ...event } = restApi({ ...signed(), method: "PUT" });
    const answer = await handlerOf(createReceiver({ secret }))(event);
    expect(answer).toMatchObject({
      statusCode: 405,
      multiValueHeaders: { Allow: ["POST"], "Content-Type": ["application/json"] },
    });
    expect(await handlerOf(createReceiver({ secret }))(restApi(signed()))).not.toHaveProperty("multiValueHeaders");
  });

  test("refuses base64 over the limit before it is decoded", async () => {
    const decode = vi.spyOn(Buffer, "from");
    const event = { ...httpApi(signed()), body: "A".repeat(400_000), isBase64Encoded: true };
    const { statusCode } = await handlerOf(createReceiver({ secret }))(event);
    expect(statusCode).toBe(413);
    expect(decode).not.toHaveBeenCalledWith(expect.anything(), "base64");
    decode.mockRestore();
  });

  test("rejects with the mend when a mapping template has parsed the body", async () => {
    const event = { ...restApi(signed()), body: { id: "evt_1" } as unknown as string };
    const answer = handlerOf(createReceiver({ secret }))(event);
    await expect(answer).rejects.toMatchObject({ code: "body_already_parsed" });
    await expect(answer).rejects.toThrow("a proxy integration, without a mapping template");
  });

  test.each<[string, LambdaHttpEvent]>([
    ["an event of another source", { Records: [] } as LambdaHttpEvent],
    ["a GET without anything", { httpMethod: "GET", headers: null, multiValueHeaders: null, body: null }],
  ])("answers 405 to %s", async (_name, event) => {
    expect((await handlerOf(createReceiver({ secret }))(event)).statusCode).toBe(405);
  });
});
