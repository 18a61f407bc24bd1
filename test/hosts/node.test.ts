import { PassThrough, Readable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import type { IncomingMessage, RequestListener } from "node:http";
import { signedRequest } from "../../src/testing/signed-request.js";
import { secret, testHost } from "./host-cases.js";
import { listen, sendOver } from "./http-client.js";

testHost({
  name: "node:http",
  owns: ["sockets", "connections"],
  async open(receiver) {
    const { port, close } = await listen(nodeReceiver(receiver));
    return { port, close, send: (request) => sendOver(port, request) };
  },
});

describe("nodeReceiver", () => {
  /** What becomes of a request that `before` had first. */
  async function sendAfter(before: (request: IncomingMessage) => unknown) {
    const onError = vi.fn();
    const handle = nodeReceiver(createReceiver({ secret, onError }));
    const listener: RequestListener = (request, response) => {
      void Promise.resolve(before(request)).then(() => {
        handle(request, response);
      });
    };
    const { port, close } = await listen(listener);
    try {
      const answer = await sendOver(port, signedRequest({ type: "order.created", secret }));
      return { answer, error: onError.mock.calls[0]?.[0] as Error | undefined };
    } finally {
      await close();
    }
  }

  test.each<[string, (request: IncomingMessage) => unknown]>([
    ["read", (request) => request.toArray()],
    ["read in part", (request) => new Promise((resolve) => request.once("data", resolve))],
    ["decoded", (request) => request.setEncoding("utf8")],
    ["listened to", (request) => void request.on("readable", () => undefined)],
    ["piped elsewhere", (request) => void request.pipe(new PassThrough())],
    ["made a web stream", (request) => void Readable.toWeb(request)],
  ])("answers 500 at once when the body was %s before, and tells the mend", async (_, before) => {
    const { answer, error } = await sendAfter(before);
    expect(answer).toMatchObject({ status: 500, body: '{"error":"body_already_parsed"}' });
    expect(error).toMatchObject({ code: "body_already_parsed" });
    expect(error?.message).toContain("Give the request to nodeReceiver before anything else reads it.");
  });

  test("reads a request that was paused while somebody looked at its headers", async () => {
    const { answer } = await sendAfter(async (request) => {
      request.pause();
      await new Promise(setImmediate);
    });
    expect(answer.status).toBe(200);
  });

  test("answers 500 when it is given a request twice", async () => {
    const handler = vi.fn();
    const onError = vi.fn();
    const handle = nodeReceiver(createReceiver({ secret, onError }).on("*", handler));
    const { port, close } = await listen((request, response) => {
      handle(request, response);
      handle(request, response);
    });
    const answer = await sendOver(port, signedRequest({ type: "order.created", secret }));
    await close();
    expect(answer.body).toBe('{"error":"body_already_parsed"}');
    expect(onError).toHaveBeenCalledOnce();
  });

  test("leaves no listener on the request", async () => {
    const counts: number[] = [];
    const count = (request: IncomingMessage) =>
      ["data", "end", "error", "close"].reduce((sum, name) => sum + request.listenerCount(name), 0);
    await sendAfter((request) => {
      counts.push(count(request));
      request.once("end", () => setImmediate(() => counts.push(count(request))));
    });
    await new Promise(setImmediate);
    expect(counts).toEqual([counts[0], counts[0]]);
  });

  test("answers 500 when the receiver breaks its promise", async () => {
    const broken = nodeReceiver({ receive: () => Promise.reject(new Error("broken")) });
    const { port, close } = await listen(broken);
    const answer = await sendOver(port, signedRequest({ type: "order.created", secret }));
    await close();
    expect(answer).toMatchObject({ status: 500, body: '{"error":"receiver_failed"}' });
  });
});
