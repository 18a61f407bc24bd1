/** Methods of the management API. */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How an operation is called over HTTP. All of it that a client needs to know, and no schema. */
export interface Route {
  /** The first is the one that clients use. */
  readonly methods: readonly HttpMethod[];
  /** Under the prefix; `{name}` is a parameter. */
  readonly path: string;
  /** Names of the parameters that go into the query. */
  readonly query: readonly string[];
  /** Whether it takes a body: `required`, or `optional` where every field is. */
  readonly body: "required" | "optional" | "none";
  /** Whether it is called without a token. */
  readonly open?: true;
  /**
   * What makes a call repeatable: by its nature, or by the `Idempotency-Key` that it is made with. Every call is one or the
   * other.
   */
  readonly repeatable: "always" | "with_key";
  /** The list in the answer, of one that is paged. */
  readonly pages?: string;
}

const LOG_QUERY = ["status", "event_type", "since", "until", "limit", "cursor"] as const;

/** The routes of all operations, by the name of the operation; its first part is a group of the client's methods. */
export const ROUTES = {
  "webhooks.create": { methods: ["POST"], path: "", query: [], body: "required", repeatable: "with_key" },
  "webhooks.list": {
    methods: ["GET"],
    path: "",
    query: ["limit", "cursor"],
    body: "none",
    repeatable: "always",
    pages: "webhooks",
  },
  "webhooks.test": { methods: ["POST"], path: "/test", query: [], body: "required", repeatable: "with_key" },
  "webhooks.get": { methods: ["GET"], path: "/{webhook_id}", query: [], body: "none", repeatable: "always" },
  "webhooks.update": {
    methods: ["PUT", "PATCH"],
    path: "/{webhook_id}",
    query: [],
    body: "required",
    repeatable: "always",
  },
  "webhooks.delete": { methods: ["DELETE"], path: "/{webhook_id}", query: [], body: "none", repeatable: "always" },
  "webhooks.logs": {
    methods: ["GET"],
    path: "/{webhook_id}/logs",
    query: LOG_QUERY,
    body: "none",
    repeatable: "always",
    pages: "logs",
  },
  "webhooks.stats": {
    methods: ["GET"],
    path: "/{webhook_id}/stats",
    query: ["since"],
    body: "none",
    repeatable: "always",
  },
  "webhooks.rotateSecret": {
    methods: ["POST"],
    path: "/{webhook_id}/rotate-secret",
    query: [],
    body: "optional",
    repeatable: "with_key",
  },
  "webhooks.confirmSecret": {
    methods: ["POST"],
    path: "/{webhook_id}/confirm-secret",
    query: [],
    body: "none",
    repeatable: "always",
  },
  "webhooks.recover": {
    methods: ["POST"],
    path: "/{webhook_id}/recover",
    query: [],
    body: "required",
    repeatable: "with_key",
  },
  "webhooks.recovery": {
    methods: ["GET"],
    path: "/{webhook_id}/recover/{recovery_id}",
    query: [],
    body: "none",
    repeatable: "always",
  },
  "deliveries.get": {
    methods: ["GET"],
    path: "/{webhook_id}/logs/{event_id}",
    query: [],
    body: "none",
    repeatable: "always",
  },
  "deliveries.resend": {
    methods: ["POST"],
    path: "/{webhook_id}/logs/{event_id}/resend",
    query: [],
    body: "none",
    repeatable: "with_key",
  },
  "deliveries.cancel": {
    methods: ["POST"],
    path: "/{webhook_id}/logs/{event_id}/cancel",
    query: [],
    body: "none",
    repeatable: "always",
  },
  "events.explain": {
    methods: ["GET"],
    path: "/events/{event_id}/explain",
    query: [],
    body: "none",
    repeatable: "always",
  },
  "eventTypes.list": {
    methods: ["GET"],
    path: "/event-types",
    query: [],
    body: "none",
    open: true,
    repeatable: "always",
  },
  "api.openapi": { methods: ["GET"], path: "/openapi.json", query: [], body: "none", open: true, repeatable: "always" },
} as const satisfies Readonly<Record<string, Route>>;

/** The name of an operation. */
export type OperationName = keyof typeof ROUTES;
