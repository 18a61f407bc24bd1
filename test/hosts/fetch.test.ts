import { Readable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { fetchReceiver } from "@auraconnect/webhooks/fetch";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import type { RequestListener } from "node:http";
import { signedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock } from "../../src/testing/simulated-clock.js";
import { secret, testHost } from "./host-cases.js";
import { listen, sendOver, type HostAnswer, type HostRequest } from "./http-client.js";

type Body = NonNullable<NonNullable<ConstructorParameters<typeof Request>[1]>["body"]>;
type Handler = (request: Request) => Promise<Response>;

testHost({
  name: "fetch, called directly",
  owns: [],
  open(receiver) {
    const handle = fetchReceiver(receiver);
    const send = async (request: HostRequest) => answerOf(await handle(requestOf(request)));
    return Promise.resolve({ port: 0, send, close: () => Promise.resolve() });
  },
});

testHost({
  name: "fetch, behind node:http",
  owns: ["sockets"],
  async open(receiver) {
    const { port, close } = await listen(bridge(fetchReceiver(receiver)));
    return { port, close, send: (request) => sendOver(port, request) };
  },
});

function requestOf({ method, headers, body }: HostRequest): Request {
  if (method === "GET") return new Request("http://localhost/", { method, headers });
  const init = { method, headers, duplex: "half" as const };
  const chunked = Array.isArray(body) ? Readable.toWeb(Readable.from(body)) : null;
  return new Request("http://localhost/", { ...init, body: (chunked ?? body) as Body });
}

async function answerOf(response: Response): Promise<HostAnswer> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** As frameworks put `Request` and `Response` onto `node:http`. */
function bridge(handle: Handler): RequestListener {
  return (incoming, outgoing) => {
    const { method = "GET" } = incoming;
    const body = method === "GET" ? {} : { body: Readable.toWeb(incoming) as Body, duplex: "half" as const };
    const headers = new Headers(incoming.headers as Record<string, string>);
    handle(new Request("http://localhost/", { method, headers, ...body })).then(
      async (response) => {
        const answer = await answerOf(response);
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      },
      () => outgoing.destroy(),
    );
  };
}

describe("fetchReceiver", () => {
  const signed = () => requestOf(signedRequest({ type: "order.created", secret }));

  test.each<[string, (request: Request) => unknown]>([
    ["read", (request) => request.text()],
    ["parsed", (request) => request.json()],
    ["locked by a reader", (request) => request.body?.getReader()],
  ])("rejects at once with the mend when the body was %s before", async (_, before) => {
    const request = signed();
    await before(request);
    const onError = vi.fn();
    const answer = fetchReceiver(createReceiver({ secret, onError }))(request);
    await expect(answer).rejects.toMatchObject({ code: "body_already_parsed" });
    await expect(answer).rejects.toThrow("Give the Request to fetchReceiver before anything else reads it");
    expect(onError).toHaveBeenCalledOnce();
  });

  test("rejects when the same Request is given twice", async () => {
    const handle = fetchReceiver(createReceiver({ secret }));
    const request = signed();
    expect((await handle(request)).status).toBe(200);
    await expect(handle(request)).rejects.toMatchObject({ code: "body_already_parsed" });
  });

  test("takes a Request whose clone was read", async () => {
    const request = signed();
    await request.clone().json();
    expect((await fetchReceiver(createReceiver({ secret }))(request)).status).toBe(200);
  });

  test("stops reading at the limit", async () => {
    let given = 0;
    const endless = new ReadableStream({
      pull(controller) {
        given += 1;
        controller.enqueue(new Uint8Array(1_000));
      },
    });
    const request = new Request("http://localhost/", { method: "POST", body: endless, duplex: "half" });
    const response = await fetchReceiver(createReceiver({ secret, maxBodyBytes: 10_000 }))(request);
    expect(response.status).toBe(413);
    expect(given).toBeLessThan(15);
  });

  test("counts what comes, whatever the length that was declared", async () => {
    const body = Readable.toWeb(Readable.from([Buffer.alloc(600), Buffer.alloc(600)])) as Body;
    const headers = { "Content-Length": "600" };
    const request = new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" });
    expect((await fetchReceiver(createReceiver({ secret, maxBodyBytes: 1_000 }))(request)).status).toBe(413);
  });

  test("cuts off a body that does not come, and lets go of its stream", async () => {
    const clock = simulatedClock(Date.now());
    const cancel = vi.fn();
    const start = (controller: ReadableStreamDefaultController) => {
      controller.enqueue(Buffer.from("{"));
    };
    const stalled = new ReadableStream({ start, cancel });
    const request = new Request("http://localhost/", { method: "POST", body: stalled, duplex: "half" });
    const answering = fetchReceiver(createReceiver({ secret, clock, bodyTimeoutMs: 5_000 }))(request);
    await clock.advance(5_000);
    expect(await answerOf(await answering)).toMatchObject({ status: 408, body: '{"error":"body_timeout"}' });
    expect(cancel).toHaveBeenCalledOnce();
  });

  test("answers 400 when the body breaks off", async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("reset"));
      },
    });
    const request = new Request("http://localhost/", { method: "POST", body: broken, duplex: "half" });
    const response = await fetchReceiver(createReceiver({ secret }))(request);
    expect(await answerOf(response)).toMatchObject({ status: 400, body: '{"error":"body_incomplete"}' });
  });
});
