import type { ReadableStream } from "node:stream/web";
import { isUint8Array } from "node:util/types";
import type { RequestReceiver } from "../receiver/receiver.js";
import { tooLarge } from "../receiver/request-body.js";
import { alreadyRead } from "./already-read.js";
import { BodyChunks } from "./body-chunks.js";

const MEND = "Give the Request to fetchReceiver before anything else reads it; who must read it too reads a clone().";

/**
 * Receives webhooks where requests are `Request`s: Hono, Next.js, Bun, Deno, Workers with `nodejs_compat`.
 *
 * @throws {@link WebhookError} `body_already_parsed`, at once, when the body was read before.
 */
export function fetchReceiver(receiver: RequestReceiver): (request: Request) => Promise<Response> {
  return async (request) => {
    const { status, headers, body } = await receiver.receive({
      method: request.method,
      header: request.headers,
      body: (maxBytes, signal) => readStream(request, maxBytes, signal),
    });
    return new Response(body, { status, headers });
  };
}

/** The bytes of a Request. Not `arrayBuffer()`, which would take in a body of any size. */
export async function readStream(request: Request, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const stream: ReadableStream<unknown> | null = request.body;
  if (request.bodyUsed || stream?.locked === true) {
    throw alreadyRead("The body of the Request was read before it was verified", MEND);
  }
  const reader = stream?.getReader();
  const cancel = (): void => {
    reader?.cancel().catch(() => undefined);
  };
  // A read that waits ends with the stream; what had arrived until then is no body, and nobody takes it for one.
  signal.addEventListener("abort", cancel);
  const chunks = new BodyChunks();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) return chunks.bytes();
    const chunk = next.value;
    if (!isUint8Array(chunk)) throw alreadyRead("The body of the Request is a stream of no bytes", MEND);
    if (!chunks.add(chunk, maxBytes)) {
      cancel();
      throw tooLarge(maxBytes);
    }
  }
}
