import type { IncomingMessage } from "node:http";
import { cutShort, tooLarge } from "../receiver/request-body.js";
import { alreadyRead } from "./already-read.js";
import { BodyChunks } from "./body-chunks.js";

/**
 * Reads the body of a request of `node:http`, and stops where it is larger than `maxBytes` or the signal aborts. Leaves
 * no listener behind.
 *
 * @param mend What the user of this host does when the stream was read before; ends the message of that error.
 * @throws {@link WebhookError} `payload_too_large`, `body_incomplete` when the client goes away, and at once
 *   `body_already_parsed` when somebody read or decoded the stream before, or is about to.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
  mend: string,
): Promise<Uint8Array> {
  if (isTaken(request)) {
    return Promise.reject(alreadyRead("The stream of the request was read before it was verified", mend));
  }
  if (request.destroyed) return Promise.reject(cutShort());
  return new Promise((resolve, reject) => {
    const chunks = new BodyChunks();
    const onData = (chunk: Uint8Array): void => {
      if (chunks.add(chunk, maxBytes)) return;
      settle(() => {
        request.pause();
        reject(tooLarge(maxBytes));
      });
    };
    const onEnd = (): void => {
      settle(() => {
        resolve(chunks.bytes());
      });
    };
    // Without `end` before it, `close` tells that the client went away.
    const onGone = (cause?: unknown): void => {
      settle(() => {
        reject(cutShort(cause));
      });
    };
    const onAbort = (): void => {
      settle(() => {
        request.pause();
        reject(signal.reason as Error);
      });
    };
    const settle = (done: () => void): void => {
      signal.removeEventListener("abort", onAbort);
      request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
      done();
    };
    request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
    signal.addEventListener("abort", onAbort);
    // A listener alone does not start a stream that somebody paused to look at the headers first.
    request.resume();
  });
}

/** A stream has one reader: beside another it could be held for ever, or be missing what the other took. */
function isTaken(request: IncomingMessage): boolean {
  const { readableDidRead, readableEnded, readableEncoding } = request;
  if (readableDidRead || readableEnded || readableEncoding !== null) return true;
  return request.listenerCount("data") + request.listenerCount("readable") > 0;
}
