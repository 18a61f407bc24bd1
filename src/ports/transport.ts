/**
 * Sends one HTTP request and says how it ended.
 *
 * Never rejects: whatever an endpoint or the network does is a value. Redirects are not followed, bodies are not
 * decompressed, and the whole exchange (name look-up, connection, request, response) ends within `timeoutMs`.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResult>;

  /** Closes idle connections and lets requests in flight end. Sending again afterwards is allowed. */
  close(): Promise<void>;
}

/** One POST request. */
export interface TransportRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it goes on the wire; a string is sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
}

/** How an exchange ended. */
export type TransportResult = TransportResponse | TransportFailure;

/** Status, headers and body were received in time. */
export interface TransportResponse {
  readonly kind: "response";
  readonly status: number;
  /** Names in lower case; a header that came more than once is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first 4,096 bytes, decoded as UTF-8, without control characters other than line breaks and tabs. */
  readonly body: string;
  /** Milliseconds from handing the request over to the last byte of the response. */
  readonly durationMs: number;
}

/** The exchange did not end in a whole response. */
export interface TransportFailure {
  readonly kind: "failure";
  readonly reason: TransportFailureReason;
  /** One sentence for the delivery log. Holds no secret and no body. */
  readonly message: string;
  readonly durationMs: number;
}

/**
 * Why an exchange failed: `timeout` (no whole response in time), `dns` (the name does not resolve), `address_refused`
 * (the address policy forbids the address), `connection` (refused, reset or closed), `tls` (no trusted connection),
 * `protocol` (the answer is not HTTP), `response_too_large` (headers or body beyond what is read).
 */
export type TransportFailureReason =
  "timeout" | "dns" | "address_refused" | "connection" | "tls" | "protocol" | "response_too_large";
