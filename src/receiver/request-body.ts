import { types } from "node:util";
import { quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import { runInTime } from "./run-in-time.js";

/**
 * The body as it was sent. A string is taken as UTF-8. A function is called once, after the method and the headers
 * were found acceptable. It may stop reading when the body is larger than `maxBytes`, and when the signal aborts: then the
 * time for it is over, and the request is answered without it.
 */
export type BodySource = RawBody | ReadBody;

/** How a host reads a body that has not arrived yet. */
export type ReadBody = (maxBytes: number, signal: AbortSignal) => RawBody | Promise<RawBody>;

/** A body that nobody has parsed. */
export type RawBody = Uint8Array | ArrayBuffer | string;

/** The bounds of a body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * The bytes of a body.
 *
 * @throws {@link WebhookError} `payload_too_large`, `body_already_parsed` for what is neither bytes nor a string,
 *   `body_incomplete` when reading failed, and `body_timeout`.
 */
export function readBytes(source: BodySource, limits: BodyLimits): Uint8Array | Promise<Uint8Array> {
  return typeof source === "function" ? read(source, limits) : bounded(source, limits);
}

function bounded(body: RawBody, { maxBodyBytes }: BodyLimits): Uint8Array {
  const bytes = toBytes(body);
  if (bytes.byteLength > maxBodyBytes) throw tooLarge(maxBodyBytes, bytes.byteLength);
  return bytes;
}

async function read(source: ReadBody, limits: BodyLimits): Promise<Uint8Array> {
  const { maxBodyBytes, bodyTimeoutMs, clock } = limits;
  try {
    const body = await runInTime((signal) => source(maxBodyBytes, signal), {
      clock,
      timeoutMs: bodyTimeoutMs,
      overdue: () => tooSlow(bodyTimeoutMs),
    });
    return bounded(body, limits);
  } catch (cause) {
    throw WebhookError.is(cause) ? cause : cutShort(cause);
  }
}

function tooSlow(timeoutMs: number): WebhookError {
  return new WebhookError(
    "body_timeout",
    `The body did not arrive within ${timeoutMs} ms (bodyTimeoutMs); its sender is slow, or means harm.`,
  );
}

function toBytes(body: unknown): Uint8Array {
  if (typeof body === "string") return Buffer.from(body);
  // Both checks hold across realms, where `instanceof` does not.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (types.isAnyArrayBuffer(body)) return new Uint8Array(body);
  throw new WebhookError(
    "body_already_parsed",
    `The body is ${quote(body)}, not the bytes that were sent: it was parsed or read before it was verified. Give the receiver the raw body; one that was serialised again does not verify.`,
    { field: "body" },
  );
}

/** The error for a body of which only a part came. */
export function cutShort(cause?: unknown): WebhookError {
  return new WebhookError("body_incomplete", "The connection ended before the whole body had arrived.", { cause });
}

/** The error for a body beyond the limit, also for hosts that stop reading there. */
export function tooLarge(maxBytes: number, bytes?: number): WebhookError {
  const size = bytes === undefined ? "is larger" : `has ${bytes} bytes`;
  return new WebhookError("payload_too_large", `The body ${size}; the receiver takes ${maxBytes} (maxBodyBytes).`);
}
