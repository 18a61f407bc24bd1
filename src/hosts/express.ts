import type { IncomingMessage, ServerResponse } from "node:http";
import { isUint8Array } from "node:util/types";
import type { RequestReceiver } from "../receiver/receiver.js";
import { alreadyRead } from "./already-read.js";
import { readBody } from "./read-body.js";
import { sendReply } from "./send-reply.js";

/** What the receiver needs of Express's request. Body parsers leave `body`, and some platforms `rawBody`. */
export type ExpressRequest = IncomingMessage & { body?: unknown; rawBody?: unknown };

/** Fits as a handler into Express 4 and 5, and into what is shaped like them. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

const MEND =
  'Mount expressReceiver above the body parser, put express.raw({ type: "*/*", limit: "256kb" }) on its route, or keep the bytes with express.json({ verify: keepRawBody }).';

/**
 * Receives webhooks in Express. Mount it above `express.json()`, or have that keep the bytes: see {@link keepRawBody}.
 *
 * @throws {@link WebhookError} `body_already_parsed`, at once and to Express's error handler, when the bytes are gone.
 */
export function expressReceiver(receiver: RequestReceiver): ExpressHandler {
  return async (request, response, next) => {
    try {
      const reply = await receiver.receive({
        method: request.method ?? "",
        header: request.headers,
        body: (maxBytes, signal) => rawBodyOf(request, maxBytes, signal),
      });
      sendReply(response, reply);
    } catch (error) {
      next(error);
    }
  };
}

/**
 * Has `express.json({ verify: keepRawBody })` keep the bytes it parses, so that the receiver can be mounted below it.
 * `express.json()` refuses more than 100 kB unless it is given a `limit`; webhooks have up to 256 kB.
 */
export function keepRawBody(request: ExpressRequest, _response: ServerResponse, bytes: Buffer): void {
  request.rawBody = bytes;
}

function rawBodyOf(request: ExpressRequest, maxBytes: number, signal: AbortSignal): Uint8Array | Promise<Uint8Array> {
  const { rawBody, body } = request;
  if (isUint8Array(rawBody)) return rawBody;
  if (isUint8Array(body)) return body;
  if (typeof body === "string" && body !== "") throw alreadyRead("express.text() made a string of the body", MEND);
  // Express 4 leaves an empty object where no parser felt responsible; only the stream tells whether it was read.
  if (isFilled(body)) throw alreadyRead("express.json() or another parser ran before the receiver", MEND);
  return readBody(request, maxBytes, signal, MEND);
}

function isFilled(body: unknown): boolean {
  return typeof body === "object" ? body !== null && Object.keys(body).length > 0 : body !== undefined;
}
