import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReceiverReply } from "../receiver/reply.js";

/** Sends a receiver's answer through `node:http`. */
export function sendReply(response: ServerResponse, reply: ReceiverReply): void {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = reply.status;
  const headers = { ...reply.headers, ...closesAfter(response.req) };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(reply.body);
}

/**
 * The header that closes the connection of a request whose body was not read to its end, for it is not read on. HTTP/2
 * has no such header and does without: there only the stream ends.
 */
export function closesAfter(request: IncomingMessage): { readonly Connection?: "close" } {
  return request.complete || request.httpVersionMajor >= 2 ? {} : { Connection: "close" };
}
