import type { TransportFailureReason } from "../../ports/transport.js";
import { codeOf, ConnectError, connectErrorOf } from "./connect-error.js";

interface Failure {
  readonly reason: TransportFailureReason;
  readonly message: string;
}

/** Bytes of response headers that are read. */
export const MAX_HEADER_BYTES = 16_384;

/** What undici says of a socket that answered something else than HTTP, under the code of a closed one. */
const NO_HTTP: ReadonlySet<string> = new Set(["bad response", "bad upgrade"]);

/** What undici's parser says, under no code, of an answer whose last chunk is missing. */
const END_IS_MISSING = "Invalid EOF state";

/** How a connection ends in the middle of an exchange. */
const BROKEN_OFF: ReadonlySet<string> = new Set([
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "ECONNRESET",
  "EPIPE",
]);

/** Whether an error says that a kept-alive connection was closed by the other side. */
export function isClosedConnection(error: Error): boolean {
  return !(error instanceof ConnectError) && BROKEN_OFF.has(codeOf(error));
}

/**
 * What an error of undici's tells of an exchange.
 *
 * @param responding Whether the head of the response had come. */
export function failureOf(error: Error, responding: boolean): Failure {
  if (error instanceof ConnectError) return error;
  const code = codeOf(error);
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return {
      reason: "response_too_large",
      message: `The headers of the answer are larger than ${MAX_HEADER_BYTES} bytes.`,
    };
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return {
      reason: "protocol",
      message: "The request could not be written: a header has a value that HTTP does not allow.",
    };
  }
  if (NO_HTTP.has(error.message) || (error.name === "HTTPParserError" && !error.message.includes(END_IS_MISSING))) {
    return { reason: "protocol", message: "The answer is not HTTP/1.1." };
  }
  if (error.name === "HTTPParserError" || BROKEN_OFF.has(code)) return brokenOff(responding);
  if (code !== "UND_ERR_ABORTED") return connectErrorOf(error, false);
  return { reason: "connection", message: "The proxy did not connect to the endpoint." };
}

function brokenOff(responding: boolean): Failure {
  const when = responding ? "before its answer was whole" : "before it answered";
  return { reason: "connection", message: `The endpoint closed the connection ${when}.` };
}
