/** Where an API gets a header from: by its name, in any case. */
export type ReadHeader = (name: string) => string | null | undefined;

/** A body that the host has parsed already, or bytes or text that nobody has. */
export type GivenBody = { readonly parsed: unknown } | Uint8Array | string;

/** A request to the management API, as a host hands it over. */
export interface ManagementRequest {
  readonly method: string;
  /** What follows the prefix, with the query: `/webhook_123/logs?limit=5`. */
  readonly target: string;
  /** Under which it is mounted, such as `/api/v1/webhooks`; the OpenAPI document says so. */
  readonly prefix: string;
  readonly header: ReadHeader;
  /** Called once, and only for an operation that takes a body. May reject with `payload_too_large`. */
  readonly body: (maxBytes: number) => GivenBody | Promise<GivenBody>;
  /** The host's own request, for `authenticate`. */
  readonly raw: unknown;
}

/** What the host answers with. */
export interface ManagementReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What `authenticate` gets. */
export interface AuthenticatedRequest {
  readonly method: string;
  /** What follows the prefix, with the query. */
  readonly target: string;
  readonly header: ReadHeader;
  /** The host's own request: Express's, Fastify's, a `Request`, or an `IncomingMessage`. */
  readonly raw: unknown;
}
