// Made by `npm run generate`: the public face of this package. Whatever changes here, users can see.
//
// First what each door exports; then the declaration of each of those, once, and of what they are made of, by the file it
// is in. Comments and private members are left out. Nothing reads this file but reviewers.

// @auraconnect/webhooks
//   ATTEMPT_TIMEOUT_MS
//   AURACONNECT_RETRY_SCHEDULE
//   type Attributes
//   type AuraConnectCatalog
//   type AuraConnectEvent
//   BODY_TIMEOUT_MS
//   CLAIM_GRACE_MS
//   DEBUG_MODE_MS
//   DISABLE_AFTER
//   ERRORS
//   EVENT_MAX_AGE_MS
//   type ErrorCode
//   type ErrorEntry
//   type EventCatalog
//   type EventContext
//   type EventDefinition
//   type EventGroup
//   type EventHandler
//   type EventMatching
//   type EventOf
//   type EventPattern
//   type EventPayload
//   type EventType
//   type Filters
//   HANDLER_TIMEOUT_MS
//   IDEMPOTENCY_RETENTION_MS
//   INBOX_HANDLER_TIMEOUT_MS
//   INBOX_RETRY_SCHEDULE
//   type InventoryEvent
//   type JsonSchema
//   MAX_EVENT_BYTES
//   MAX_WEBHOOKS_PER_ACCOUNT
//   type OrderEvent
//   type PayloadSchema
//   type PaymentEvent
//   type PosEvent
//   type PublishOptions
//   type PublishResult
//   RATE_LIMIT_PER_HOUR
//   RETENTION_MS
//   ROTATION_OVERLAP_MS
//   type Receiver
//   type ReceiverOptions
//   type RetrySchedule
//   type Scalar
//   type Sender
//   type SenderOptions
//   type StaffEvent
//   type Subscription
//   type SubscriptionMatch
//   TIMESTAMP_TOLERANCE_MS
//   type UnknownEvent
//   WebhookError
//   type WebhookEvent
//   auraconnectEvents
//   createReceiver
//   createSender
//   defineEvents
//   eventJsonSchema
//   matchSubscription
//   retryDelayMs
//   sampleEvent

// @auraconnect/webhooks/signature
//   type StandardMessage
//   sign
//   signStandard
//   verify
//   verifyStandard

// @auraconnect/webhooks/sender
//   type AddressPolicyOptions
//   type AttemptDebug
//   type AttemptLog
//   type AttemptRecord
//   type AttemptSpan
//   type AttemptSummary
//   type Attributes
//   type AuraConnectCatalog
//   type CancelDeliveries
//   type CancelledDelivery
//   type ClaimRequest
//   type ClaimResult
//   type ClaimedDelivery
//   type Clock
//   type Deliveries
//   type DeliveryCounts
//   type DeliveryDetails
//   type DeliveryKey
//   type DeliveryLog
//   type DeliveryLogPage
//   type DeliveryLogRow
//   type DeliveryPage
//   type DeliveryQuery
//   type DeliveryQueue
//   type DeliveryRow
//   type DeliveryStatus
//   type DeliverySummary
//   type DisableAfter
//   type EndedDelivery
//   type EndpointHealth
//   type EndpointRecord
//   type EnqueueResult
//   type ErasedAccount
//   type ErrorCode
//   type EventCatalog
//   type EventDefinition
//   type EventOf
//   type EventPattern
//   type EventPayload
//   type EventRow
//   type EventToPublish
//   type EventType
//   type Explanation
//   type Filters
//   type InTransaction
//   type Keep
//   type KeyRotation
//   type KnownEvent
//   type Lease
//   type Life
//   type ListDeliveries
//   type ListWebhooks
//   type Logger
//   type NewDelivery
//   type NewEvent
//   type NewNote
//   type NewWebhook
//   type NextState
//   type Note
//   type NoteKey
//   type NotePage
//   type Notes
//   type ObservedLoad
//   type OnceAnswer
//   type OnceRequest
//   type PayloadSchema
//   type PermitRequest
//   type Permits
//   type PublishOptions
//   type PublishResult
//   type PublishSpan
//   type QueueDepth
//   type RateLimitOf
//   type RateWindow
//   type RecoverDeliveries
//   type Recovery
//   type RegistryPage
//   type RegistrySnapshot
//   type ResendRequest
//   type ResendResult
//   type Retention
//   type RetrySchedule
//   type Scalar
//   type SecretKey
//   type SecretRotation
//   type Sender
//   type SenderEventName
//   type SenderEvents
//   type SenderListener
//   type SenderOptions
//   type SenderStats
//   type SenderStore
//   type SettleResult
//   type Settlement
//   type StoreContext
//   type Telemetry
//   type TestDelivery
//   type Throttle
//   type TlsOptions
//   type TracedAttempt
//   type TracedEvent
//   type Transport
//   type TransportFailure
//   type TransportFailureReason
//   type TransportRequest
//   type TransportResponse
//   type TransportResult
//   type Unmatched
//   type UnusedPermits
//   type Verdict
//   type Webhook
//   WebhookError
//   type WebhookEvent
//   type WebhookExplanation
//   type WebhookKey
//   type WebhookLogPage
//   type WebhookLogRow
//   type WebhookPage
//   type WebhookRecord
//   type WebhookRegistry
//   type WebhookStats
//   type WebhookStatsQuery
//   type WebhookTest
//   type WebhookTestResult
//   type WebhookUpdate
//   type Webhooks
//   type WindowShape
//   auraconnectEvents
//   createSender
//   defineEvents
//   silentLogger

// @auraconnect/webhooks/receiver
//   type AuraConnectCatalog
//   type AuraConnectEvent
//   type BodySource
//   type ClaimedInboxEvent
//   type Clock
//   type ErrorCode
//   type EventCatalog
//   type EventContext
//   type EventDefinition
//   type EventHandler
//   type EventMatching
//   type EventOf
//   type EventPattern
//   type EventPayload
//   type EventType
//   type HandledEvent
//   type HeaderSource
//   type HeaderValue
//   type IdempotencyClaim
//   type IdempotencyClaimResult
//   type IdempotencyStore
//   type Inbox
//   type InboxClaims
//   type InboxCompletion
//   type InboxContext
//   type InboxEvent
//   type InboxHold
//   type InboxPage
//   type InboxQuery
//   type InboxSettlement
//   type InboxState
//   type InboxStore
//   type InboxWork
//   type InvalidEventJudge
//   type InvalidEventPolicy
//   type InventoryEvent
//   type Logger
//   type NewInboxEvent
//   type OrderEvent
//   type PayloadSchema
//   type PaymentEvent
//   type PosEvent
//   type RawBody
//   type ReceivedEvent
//   type Receiver
//   type ReceiverErrorListener
//   type ReceiverOptions
//   type ReceiverReply
//   type ReceiverRequest
//   type RequestReceiver
//   type SecretLookup
//   type SecretSource
//   type SignatureProof
//   type SignatureRequirement
//   type StaffEvent
//   type UnknownEvent
//   WebhookError
//   type WebhookEvent
//   auraconnectEvents
//   createInbox
//   createReceiver
//   defineEvents

// @auraconnect/webhooks/management
//   type AuthenticatedAccount
//   type AuthenticatedRequest
//   type ErrorCode
//   type GivenBody
//   type ManagementApi
//   type ManagementApiOptions
//   type ManagementReply
//   type ManagementRequest
//   type ReadHeader
//   WebhookError
//   createManagementApi

// @auraconnect/webhooks/client
//   type AnswerOf
//   type CallOptions
//   type Client
//   type ClientOptions
//   type ErrorCode
//   type InputOf
//   type KeyedCallOptions
//   type MatchingCallOptions
//   type Paged
//   WebhookError
//   createClient

// @auraconnect/webhooks/memory
//   type MemoryIdempotencyOptions
//   type MemoryInboxOptions
//   memoryIdempotency
//   memoryInbox
//   memoryStore

// @auraconnect/webhooks/sqlite
//   type SqliteDatabase
//   type SqliteIdempotency
//   type SqliteIdempotencyOptions
//   type SqliteInboxOptions
//   type SqliteRunResult
//   type SqliteStatement
//   type SqliteStoreOptions
//   type SqliteValue
//   sqliteIdempotency
//   sqliteInbox
//   sqliteStore

// @auraconnect/webhooks/postgres
//   type PostgresIdempotency
//   type PostgresIdempotencyOptions
//   type PostgresInboxOptions
//   type PostgresLocation
//   type PostgresMigrationsOptions
//   type PostgresQueryable
//   type PostgresServer
//   type PostgresStoreOptions
//   postgresIdempotency
//   postgresInbox
//   postgresMigrations
//   postgresStore

// @auraconnect/webhooks/redis
//   type IoredisClient
//   type IoredisCluster
//   type IoredisSubscriber
//   type NodeRedisClient
//   type NodeRedisCluster
//   type NodeRedisEvalOptions
//   type NodeRedisSubscriber
//   type RedisClient
//   type RedisIdempotencyOptions
//   type RedisStoreOptions
//   redisIdempotency
//   redisStore

// @auraconnect/webhooks/otel
//   type OpenTelemetryOptions
//   openTelemetry

// @auraconnect/webhooks/express
//   type ExpressErrorHandler
//   type ExpressHandler
//   type ExpressManagementRequest
//   type ExpressRequest
//   expressManagement
//   expressReceiver
//   keepRawBody

// @auraconnect/webhooks/fastify
//   type FastifyManagementPlugin
//   type FastifyManagementReply
//   type FastifyManagementRequest
//   type FastifyManagementScope
//   type FastifyReceiverPlugin
//   type FastifyReplyLike
//   type FastifyRequestLike
//   type FastifyScope
//   fastifyManagement
//   fastifyReceiver

// @auraconnect/webhooks/fetch
//   type ManagementMount
//   fetchManagement
//   fetchReceiver

// @auraconnect/webhooks/node
//   type ManagementMount
//   nodeManagement
//   nodeReceiver

// @auraconnect/webhooks/lambda
//   type LambdaHttpEvent
//   type LambdaHttpResult
//   lambdaReceiver

// @auraconnect/webhooks/testing
//   type FakeAnswer
//   type FakeDelivery
//   type FakeEndpoint
//   type FakeEventOptions
//   type FakeSender
//   type FakeSenderOptions
//   type HandClock
//   type IdempotencyCase
//   type IdempotencyCaseContext
//   type InboxCase
//   type InboxCaseContext
//   type SignedRequest
//   type SignedRequestOptions
//   type SimulatedClock
//   type StoreCase
//   type StoreCaseContext
//   fakeSender
//   handClock
//   idempotencyCases
//   inboxCases
//   signedRequest
//   simulatedClock
//   storeCases

// src/adapters/memory/idempotency.ts

export interface MemoryIdempotencyOptions {
  readonly maxKeys?: number | undefined;
  readonly now?: (() => number) | undefined;
}
export declare function memoryIdempotency(options?: MemoryIdempotencyOptions): IdempotencyStore;

// src/adapters/memory/inbox.ts

export interface MemoryInboxOptions {
  readonly now?: (() => number) | undefined;
}

// src/adapters/memory/store.ts

export declare function memoryStore(): SenderStore;

// src/adapters/otel/telemetry.ts

export interface OpenTelemetryOptions {
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
  readonly propagate?: boolean | undefined;
  readonly continueTrace?: boolean | undefined;
}
export declare function openTelemetry(options?: OpenTelemetryOptions): Telemetry;

// src/adapters/postgres/database.ts

export interface PostgresQueryable {
  query(text: string, values?: unknown[]): PromiseLike<unknown>;
}

// src/adapters/postgres/idempotency.ts

export interface PostgresIdempotency extends IdempotencyStore {
  close(): Promise<void>;
}
export type PostgresIdempotencyOptions = PostgresLocation & {
  readonly now?: (() => number) | undefined;
};
export declare function postgresIdempotency(options: PostgresIdempotencyOptions): PostgresIdempotency;

// src/adapters/postgres/inbox.ts

export type PostgresInboxOptions = PostgresLocation & {
  readonly now?: (() => number) | undefined;
};

// src/adapters/postgres/location.ts

export type PostgresLocation = PostgresServer & {
  readonly schema?: string | undefined;
  readonly migrate?: boolean | undefined;
  readonly preparedStatements?: boolean | undefined;
};
export type PostgresServer =
  | {
      readonly pool: PostgresQueryable;
      readonly connectionString?: undefined;
    }
  | {
      readonly connectionString: string;
      readonly pool?: undefined;
    };

// src/adapters/postgres/migrate.ts

export interface Component {
  readonly name: "sender" | "receiver" | "inbox";
  readonly migrations: readonly string[];
}
export interface PostgresMigrationsOptions {
  readonly schema?: string | undefined;
  readonly components?: readonly Component["name"][] | undefined;
}
export declare function postgresMigrations(options?: PostgresMigrationsOptions): string;

// src/adapters/postgres/store.ts

export type PostgresStoreOptions = PostgresLocation & {
  readonly listen?: boolean | undefined;
};
export declare function postgresStore(options: PostgresStoreOptions): SenderStore;

// src/adapters/redis/client.ts

export type RedisClient = IoredisClient | IoredisCluster | NodeRedisClient | NodeRedisCluster;

// src/adapters/redis/idempotency.ts

export interface RedisIdempotencyOptions {
  readonly client: RedisClient;
  readonly prefix?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}
export declare function redisIdempotency(options: RedisIdempotencyOptions): IdempotencyStore;

// src/adapters/redis/ioredis-client.ts

export interface IoredisClient {
  readonly status: string;
  evalsha(sha: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(lua: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  info(): Promise<string>;
  duplicate(): IoredisSubscriber;
}
export interface IoredisCluster extends Pick<IoredisClient, "evalsha" | "eval" | "publish"> {
  nodes(role: "master"): IoredisClient[];
}
export interface IoredisSubscriber {
  readonly status: string;
  on(event: string, listener: (...args: string[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

// src/adapters/redis/node-redis-client.ts

export interface NodeRedisClient {
  readonly isOpen: boolean;
  evalSha(sha: string, options: NodeRedisEvalOptions): Promise<unknown>;
  eval(lua: string, options: NodeRedisEvalOptions): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  info(): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}
export interface NodeRedisCluster extends Pick<NodeRedisClient, "evalSha" | "eval" | "publish"> {
  readonly masters: readonly unknown[];
  nodeClient(node: never): NodeRedisClient | Promise<NodeRedisClient>;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  destroy?(): void;
}
export interface NodeRedisEvalOptions {
  keys: string[];
  arguments: string[];
}
export interface NodeRedisSubscriber {
  readonly isOpen: boolean;
  on(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  disconnect(): Promise<unknown>;
  destroy?(): void;
}

// src/adapters/redis/store.ts

export interface RedisStoreOptions {
  readonly client: RedisClient;
  readonly prefix?: string | undefined;
  readonly partitions?: number | undefined;
  readonly timeoutMs?: number | undefined;
}
export declare function redisStore(options: RedisStoreOptions): SenderStore;

// src/adapters/sqlite/database.ts

export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  readonly inTransaction?: boolean;
  readonly isTransaction?: boolean;
}
export interface SqliteRunResult {
  readonly changes: number | bigint;
  readonly lastInsertRowid: number | bigint;
}
export interface SqliteStatement {
  run(...parameters: never[]): SqliteRunResult;
  get(...parameters: never[]): unknown;
  all(...parameters: never[]): unknown[];
}
export type SqliteValue = string | number | null;

// src/adapters/sqlite/idempotency.ts

export interface SqliteIdempotency extends IdempotencyStore {
  close(): Promise<void>;
}
export type SqliteIdempotencyOptions = SqliteLocation & {
  readonly now?: (() => number) | undefined;
};
export declare function sqliteIdempotency(options: SqliteIdempotencyOptions): SqliteIdempotency;

// src/adapters/sqlite/inbox.ts

export type SqliteInboxOptions = SqliteLocation & {
  readonly now?: (() => number) | undefined;
};

// src/adapters/sqlite/open-connection.ts

export type SqliteLocation =
  | {
      readonly path: string;
      readonly database?: undefined;
    }
  | {
      readonly database: SqliteDatabase;
      readonly path?: undefined;
    };

// src/adapters/sqlite/store.ts

export type SqliteStoreOptions = SqliteLocation;
export declare function sqliteStore(options: SqliteStoreOptions): SenderStore;

// src/client/client.ts

export type AnswerOf<Name extends OperationName> = Table[Name] extends {
  readonly etag: true;
}
  ? Response<Name> & {
      readonly etag: string;
    }
  : Response<Name>;
type Answered<Name extends OperationName> = Table[Name] extends {
  readonly pages: infer List;
}
  ? AnswerOf<Name> extends infer Page
    ? List extends keyof Page
      ? Page[List] extends readonly (infer Row)[]
        ? Paged<Page, Row>
        : never
      : never
    : never
  : Promise<AnswerOf<Name>>;
type BodyOf<Name extends OperationName> = Table[Name]["bodySchema"] extends infer Schema extends z.ZodObject
  ? z.input<Schema>
  : unknown;
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}
export type Client = {
  readonly [Group in GroupOf<OperationName>]: {
    readonly [Name in OperationName as Name extends `${Group}.${infer Short}` ? Short : never]: Method<Name>;
  };
};
type GroupOf<Name extends string> = Name extends `${infer Group}.${string}` ? Group : never;
export type InputOf<Name extends OperationName> = PathOf<Name> & QueryOf<Name> & BodyOf<Name>;
export interface KeyedCallOptions extends CallOptions {
  readonly idempotencyKey?: string | undefined;
}
export interface MatchingCallOptions extends CallOptions {
  readonly ifMatch?: string | undefined;
}
type Method<Name extends OperationName> =
  Partial<InputOf<Name>> extends InputOf<Name>
    ? (input?: InputOf<Name>, options?: OptionsOf<Name>) => Answered<Name>
    : (input: InputOf<Name>, options?: OptionsOf<Name>) => Answered<Name>;
type OptionsOf<Name extends OperationName> = Table[Name] extends {
  readonly ifMatch: true;
}
  ? MatchingCallOptions
  : Table[Name]["repeatable"] extends "with_key"
    ? KeyedCallOptions
    : CallOptions;
export type Paged<Page, Row> = Promise<Page> & AsyncIterable<Row>;
type PathOf<Name extends OperationName> = {
  readonly [Key in keyof Table[Name]["parameters"]]: string;
};
type QueryOf<Name extends OperationName> = Table[Name]["querySchema"] extends infer Schema extends z.ZodObject
  ? z.output<Schema>
  : unknown;
type Response<Name extends OperationName> = Table[Name]["response"] extends infer Schema extends z.ZodType
  ? z.output<Schema>
  : undefined;
type Table = typeof OPERATIONS;

// src/client/create-client.ts

export interface ClientOptions {
  readonly baseUrl: string;
  readonly accessToken: string | (() => string | Promise<string>);
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retries?: number | undefined;
  readonly retryDelayMs?: number | undefined;
}
export declare function createClient(options: ClientOptions): Client;

// src/domain/address-policy.ts

export interface AddressPolicyOptions {
  readonly allowHttp?: boolean | undefined;
  readonly allowHosts?: readonly string[] | undefined;
  readonly allowNetworks?: readonly string[] | undefined;
}

// src/domain/filters.ts

export type Attributes = Readonly<Record<string, Scalar>>;
export type Filters = Readonly<Record<string, Scalar | readonly Scalar[]>>;
export type Scalar = string | number | boolean | null;

// src/domain/retry-schedule.ts

export declare const AURACONNECT_RETRY_SCHEDULE: RetrySchedule;
export declare const INBOX_RETRY_SCHEDULE: RetrySchedule;
export type RetrySchedule = readonly number[];
export declare function retryDelayMs(
  schedule: RetrySchedule,
  attempt: number,
  random: number,
  retryAfterMs?: number,
): number | null;

// src/domain/subscription.ts

export interface Subscription {
  readonly events: readonly string[];
  readonly filters: Filters | null;
}
export type SubscriptionMatch =
  | {
      readonly kind: "matched";
      readonly pattern: string;
    }
  | {
      readonly kind: "not_subscribed";
    }
  | {
      readonly kind: "filtered" | "attribute_missing";
      readonly key: string;
    };
export declare function matchSubscription(
  { events, filters }: Subscription,
  type: string,
  attributes: Attributes,
): SubscriptionMatch;

// src/domain/throttle.ts

export interface Throttle {
  readonly requests: number;
  readonly perSeconds: number;
}

// src/doors/memory.ts

export declare function memoryInbox(options?: MemoryInboxOptions): Inbox;

// src/doors/postgres.ts

export declare function postgresInbox(options: PostgresInboxOptions): Inbox;

// src/doors/receiver.ts

export declare function createReceiver<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: ReceiverOptions<Catalog>,
): Receiver<Catalog>;

// src/doors/sender.ts

export declare function createSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: SenderOptions<Catalog>,
): Sender<Catalog>;

// src/doors/sqlite.ts

export declare function sqliteInbox(options: SqliteInboxOptions): Inbox;

// src/error-table.ts

export declare const ERRORS: Readonly<
  Record<
    | "body_already_parsed"
    | "body_incomplete"
    | "body_timeout"
    | "signature_missing"
    | "signature_invalid"
    | "timestamp_outside_tolerance"
    | "event_malformed"
    | "event_too_old"
    | "method_not_allowed"
    | "unsupported_media_type"
    | "event_in_progress"
    | "handler_failed"
    | "handler_timeout"
    | "secret_unavailable"
    | "receiver_failed"
    | "inbox_unavailable"
    | "idempotency_unavailable"
    | "event_invalid"
    | "payload_too_large"
    | "option_invalid"
    | "secret_invalid"
    | "driver_missing"
    | "lease_lost"
    | "event_dead"
    | "completion_too_early"
    | "event_type_unknown"
    | "event_id_invalid"
    | "event_id_conflict"
    | "created_invalid"
    | "attributes_invalid"
    | "account_id_invalid"
    | "transaction_unsupported"
    | "event_not_found"
    | "webhook_not_found"
    | "webhook_limit_reached"
    | "webhook_stale"
    | "webhook_invalid"
    | "pattern_invalid"
    | "filter_invalid"
    | "url_invalid"
    | "address_refused"
    | "cursor_invalid"
    | "delivery_not_found"
    | "delivery_pending"
    | "webhook_inactive"
    | "resend_too_late"
    | "recovery_running"
    | "recovery_not_found"
    | "rate_limited"
    | "idempotency_key_invalid"
    | "idempotency_key_conflict"
    | "idempotency_key_in_use"
    | "unauthorized"
    | "forbidden"
    | "route_not_found"
    | "body_malformed"
    | "request_invalid"
    | "api_failed"
    | "api_unreachable"
    | "api_timeout"
    | "api_answer_invalid"
    | "secret_key_missing"
    | "secret_unreadable"
    | "store_unavailable"
    | "store_refused"
    | "store_incompatible",
    ErrorEntry
  >
>;
export interface ErrorEntry {
  readonly status: number;
  readonly says: string;
}

// src/errors.ts

export type ErrorCode = keyof typeof STATUSES;
export declare const STATUSES: {
  readonly body_already_parsed: 500;
  readonly body_incomplete: 400;
  readonly body_timeout: 408;
  readonly signature_missing: 401;
  readonly signature_invalid: 401;
  readonly timestamp_outside_tolerance: 401;
  readonly event_malformed: 400;
  readonly event_too_old: 400;
  readonly method_not_allowed: 405;
  readonly unsupported_media_type: 415;
  readonly event_in_progress: 409;
  readonly handler_failed: 500;
  readonly handler_timeout: 500;
  readonly secret_unavailable: 500;
  readonly receiver_failed: 500;
  readonly inbox_unavailable: 500;
  readonly idempotency_unavailable: 500;
  readonly event_invalid: 400;
  readonly payload_too_large: 413;
  readonly option_invalid: 500;
  readonly secret_invalid: 400;
  readonly driver_missing: 500;
  readonly lease_lost: 409;
  readonly event_dead: 500;
  readonly completion_too_early: 500;
  readonly event_type_unknown: 400;
  readonly event_id_invalid: 400;
  readonly event_id_conflict: 409;
  readonly created_invalid: 400;
  readonly attributes_invalid: 400;
  readonly account_id_invalid: 400;
  readonly transaction_unsupported: 400;
  readonly event_not_found: 404;
  readonly webhook_not_found: 404;
  readonly webhook_limit_reached: 409;
  readonly webhook_stale: 412;
  readonly webhook_invalid: 400;
  readonly pattern_invalid: 400;
  readonly filter_invalid: 400;
  readonly url_invalid: 400;
  readonly address_refused: 400;
  readonly cursor_invalid: 400;
  readonly delivery_not_found: 404;
  readonly delivery_pending: 409;
  readonly webhook_inactive: 409;
  readonly resend_too_late: 409;
  readonly recovery_running: 409;
  readonly recovery_not_found: 404;
  readonly rate_limited: 429;
  readonly idempotency_key_invalid: 400;
  readonly idempotency_key_conflict: 409;
  readonly idempotency_key_in_use: 409;
  readonly unauthorized: 401;
  readonly forbidden: 403;
  readonly route_not_found: 404;
  readonly body_malformed: 400;
  readonly request_invalid: 400;
  readonly api_failed: 500;
  readonly api_unreachable: 502;
  readonly api_timeout: 504;
  readonly api_answer_invalid: 502;
  readonly secret_key_missing: 500;
  readonly secret_unreadable: 500;
  readonly store_unavailable: 503;
  readonly store_refused: 500;
  readonly store_incompatible: 500;
};
export declare class WebhookError extends Error {
  readonly code: ErrorCode;
  readonly name: string;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  constructor(code: ErrorCode, message?: string, details?: WebhookErrorDetails);
  get status(): number;
  static [Symbol.hasInstance](value: unknown): boolean;
  static is(error: unknown): error is WebhookError;
}
export interface WebhookErrorDetails extends ErrorOptions {
  readonly field?: string;
  readonly retryAfterMs?: number;
}

// src/hosts/express-management.ts

export type ExpressErrorHandler = (
  error: unknown,
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;
export type ExpressManagementRequest = ExpressRequest & {
  readonly baseUrl?: string;
};
export declare function expressManagement(api: ManagementApi): [ExpressHandler, ExpressErrorHandler];

// src/hosts/express.ts

export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;
export type ExpressRequest = IncomingMessage & {
  body?: unknown;
  rawBody?: unknown;
};
export declare function expressReceiver(receiver: RequestReceiver): ExpressHandler;
export declare function keepRawBody(request: ExpressRequest, _response: ServerResponse, bytes: Buffer): void;

// src/hosts/fastify-management.ts

export type FastifyManagementPlugin = (scope: FastifyManagementScope) => Promise<void>;
export interface FastifyManagementReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}
export interface FastifyManagementRequest {
  readonly raw: IncomingMessage;
}
export interface FastifyManagementScope {
  readonly prefix: string;
  setErrorHandler(
    handler: (error: unknown, request: FastifyManagementRequest, reply: FastifyManagementReply) => unknown,
  ): unknown;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  all(
    path: string,
    handler: (request: FastifyManagementRequest, reply: FastifyManagementReply) => Promise<unknown>,
  ): unknown;
}
export declare function fastifyManagement(api: ManagementApi): FastifyManagementPlugin;

// src/hosts/fastify.ts

export type FastifyReceiverPlugin = (scope: FastifyScope) => Promise<void>;
export interface FastifyReplyLike {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}
export interface FastifyScope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>): unknown;
}
export declare function fastifyReceiver(receiver: RequestReceiver): FastifyReceiverPlugin;

// src/hosts/fetch-management.ts

export declare function fetchManagement(
  api: ManagementApi,
  mount?: ManagementMount,
): (request: Request) => Promise<Response>;

// src/hosts/fetch.ts

export declare function fetchReceiver(receiver: RequestReceiver): (request: Request) => Promise<Response>;

// src/hosts/lambda.ts

export interface LambdaHttpEvent {
  readonly httpMethod?: string | undefined;
  readonly requestContext?: object | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}
export interface LambdaHttpResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}
export declare function lambdaReceiver(
  receiver: RequestReceiver,
): (event: LambdaHttpEvent) => Promise<LambdaHttpResult>;

// src/hosts/node-management.ts

export interface ManagementMount {
  readonly prefix?: string | undefined;
}
export declare function nodeManagement(
  api: ManagementApi,
  mount?: ManagementMount,
): (request: IncomingMessage, response: ServerResponse) => void;

// src/hosts/node.ts

export declare function nodeReceiver(
  receiver: RequestReceiver,
): (request: IncomingMessage, response: ServerResponse) => void;

// src/management/create-management-api.ts

export interface AuthenticatedAccount {
  readonly accountId: string;
}
export interface ManagementApi {
  handle(request: ManagementRequest): Promise<ManagementReply>;
  openApi(prefix?: string): object;
}
export interface ManagementApiOptions {
  readonly sender: Sender;
  readonly authenticate: (
    token: string,
    request: AuthenticatedRequest,
  ) => AuthenticatedAccount | null | Promise<AuthenticatedAccount | null>;
  readonly logger?: Logger | undefined;
}
export declare function createManagementApi({ sender, authenticate, logger }: ManagementApiOptions): ManagementApi;

// src/management/operations.ts

export declare const OPERATIONS: {
  readonly "webhooks.create": {
    readonly summary: "Register a webhook";
    readonly description: "Events published from now on are delivered to it. A secret that is generated is in this answer only.";
    readonly bodySchema: z.ZodObject<
      {
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodOptional<
          z.ZodNullable<
            z.ZodRecord<
              z.ZodString,
              z.ZodUnion<
                readonly [
                  z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                  z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
                ]
              >
            >
          >
        >;
        secret: z.ZodOptional<z.ZodString>;
        active: z.ZodOptional<z.ZodBoolean>;
        description: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        headers: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodString>>;
        throttle: z.ZodOptional<
          z.ZodNullable<
            z.ZodObject<
              {
                requests: z.ZodInt;
                per_seconds: z.ZodInt;
              },
              z.core.$strict
            >
          >
        >;
        debug_mode: z.ZodOptional<z.ZodBoolean>;
      },
      z.core.$strict
    >;
    readonly status: 201;
    readonly response: z.ZodObject<
      {
        secret: z.ZodString;
        disabled_reason: z.ZodNullable<z.ZodString>;
        debug_until: z.ZodNullable<z.ZodString>;
        rate_limit: z.ZodNullable<z.ZodInt>;
        created_at: z.ZodString;
        updated_at: z.ZodString;
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodNullable<
          z.ZodRecord<
            z.ZodString,
            z.ZodUnion<
              readonly [
                z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
              ]
            >
          >
        >;
        active: z.ZodBoolean;
        description: z.ZodNullable<z.ZodString>;
        headers: z.ZodRecord<z.ZodString, z.ZodString>;
        throttle: z.ZodNullable<
          z.ZodObject<
            {
              requests: z.ZodInt;
              per_seconds: z.ZodInt;
            },
            z.core.$strict
          >
        >;
        debug_mode: z.ZodBoolean;
        id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly [
      "url_invalid",
      "address_refused",
      "pattern_invalid",
      "filter_invalid",
      "webhook_invalid",
      "secret_invalid",
      "webhook_limit_reached",
    ];
    readonly etag: true;
    readonly parameters: {};
    readonly querySchema: null;
    readonly methods: readonly ["POST"];
    readonly path: "";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.list": {
    readonly summary: "List webhooks";
    readonly description: "In the order in which they were registered.";
    readonly querySchema: z.ZodObject<
      {
        limit: z.ZodOptional<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>, z.ZodInt>>;
        cursor: z.ZodOptional<z.ZodString>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        webhooks: z.ZodArray<
          z.ZodObject<
            {
              secret: z.ZodString;
              disabled_reason: z.ZodNullable<z.ZodString>;
              debug_until: z.ZodNullable<z.ZodString>;
              rate_limit: z.ZodNullable<z.ZodInt>;
              created_at: z.ZodString;
              updated_at: z.ZodString;
              url: z.ZodString;
              events: z.ZodArray<z.ZodString>;
              filters: z.ZodNullable<
                z.ZodRecord<
                  z.ZodString,
                  z.ZodUnion<
                    readonly [
                      z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                      z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
                    ]
                  >
                >
              >;
              active: z.ZodBoolean;
              description: z.ZodNullable<z.ZodString>;
              headers: z.ZodRecord<z.ZodString, z.ZodString>;
              throttle: z.ZodNullable<
                z.ZodObject<
                  {
                    requests: z.ZodInt;
                    per_seconds: z.ZodInt;
                  },
                  z.core.$strict
                >
              >;
              debug_mode: z.ZodBoolean;
              id: z.ZodString;
            },
            z.core.$strip
          >
        >;
        next_cursor: z.ZodNullable<z.ZodString>;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["cursor_invalid"];
    readonly parameters: {};
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "";
    readonly query: readonly ["limit", "cursor"];
    readonly body: "none";
    readonly repeatable: "always";
    readonly pages: "webhooks";
  };
  readonly "webhooks.test": {
    readonly summary: "Test a webhook";
    readonly description: "Sends one real, signed request with a sample of the event type, or with a payload of yours, and answers what the endpoint said. Works for inactive webhooks and for types that are not subscribed. It is not retried, counts in the rate window, and never toward disabling the webhook.";
    readonly bodySchema: z.ZodObject<
      {
        webhook_id: z.ZodString;
        event_type: z.ZodString;
        object: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        response_body: z.ZodNullable<z.ZodString>;
        debug: z.ZodOptional<
          z.ZodArray<
            z.ZodObject<
              {
                attempt: z.ZodInt;
                sent_at: z.ZodString;
                duration_ms: z.ZodNumber;
                request: z.ZodObject<
                  {
                    headers: z.ZodRecord<z.ZodString, z.ZodString>;
                  },
                  z.core.$strip
                >;
                response: z.ZodNullable<
                  z.ZodObject<
                    {
                      status: z.ZodInt;
                      headers: z.ZodRecord<z.ZodString, z.ZodString>;
                      body: z.ZodString;
                    },
                    z.core.$strip
                  >
                >;
                error: z.ZodNullable<z.ZodString>;
              },
              z.core.$strip
            >
          >
        >;
        event_id: z.ZodString;
        event_type: z.ZodString;
        status: z.ZodEnum<{
          success: "success";
          pending: "pending";
          failed: "failed";
          expired: "expired";
          cancelled: "cancelled";
        }>;
        attempts: z.ZodInt;
        response_code: z.ZodNullable<z.ZodInt>;
        response_time_ms: z.ZodNullable<z.ZodNumber>;
        timestamp: z.ZodString;
        next_attempt_at: z.ZodNullable<z.ZodString>;
        error: z.ZodNullable<z.ZodString>;
        resends: z.ZodInt;
        test: z.ZodBoolean;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found", "event_type_unknown", "event_invalid", "rate_limited"];
    readonly parameters: {};
    readonly querySchema: null;
    readonly status: 200;
    readonly methods: readonly ["POST"];
    readonly path: "/test";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.get": {
    readonly summary: "Read a webhook";
    readonly description: "As it is now.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        secret: z.ZodString;
        disabled_reason: z.ZodNullable<z.ZodString>;
        debug_until: z.ZodNullable<z.ZodString>;
        rate_limit: z.ZodNullable<z.ZodInt>;
        created_at: z.ZodString;
        updated_at: z.ZodString;
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodNullable<
          z.ZodRecord<
            z.ZodString,
            z.ZodUnion<
              readonly [
                z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
              ]
            >
          >
        >;
        active: z.ZodBoolean;
        description: z.ZodNullable<z.ZodString>;
        headers: z.ZodRecord<z.ZodString, z.ZodString>;
        throttle: z.ZodNullable<
          z.ZodObject<
            {
              requests: z.ZodInt;
              per_seconds: z.ZodInt;
            },
            z.core.$strict
          >
        >;
        debug_mode: z.ZodBoolean;
        id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found"];
    readonly etag: true;
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.update": {
    readonly summary: "Update a webhook";
    readonly description: "Only the given fields change, all of them or none. With `If-Match` it changes only what you have read. Making it active again sends what waited for it. `debug_mode: true` lasts 24 hours and can be renewed.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly bodySchema: z.ZodObject<
      {
        secret: z.ZodOptional<z.ZodNever>;
        url: z.ZodOptional<z.ZodString>;
        events: z.ZodOptional<z.ZodArray<z.ZodString>>;
        filters: z.ZodOptional<
          z.ZodNullable<
            z.ZodRecord<
              z.ZodString,
              z.ZodUnion<
                readonly [
                  z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                  z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
                ]
              >
            >
          >
        >;
        active: z.ZodOptional<z.ZodBoolean>;
        description: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        headers: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodString>>;
        throttle: z.ZodOptional<
          z.ZodNullable<
            z.ZodObject<
              {
                requests: z.ZodInt;
                per_seconds: z.ZodInt;
              },
              z.core.$strict
            >
          >
        >;
        debug_mode: z.ZodOptional<z.ZodBoolean>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        secret: z.ZodString;
        disabled_reason: z.ZodNullable<z.ZodString>;
        debug_until: z.ZodNullable<z.ZodString>;
        rate_limit: z.ZodNullable<z.ZodInt>;
        created_at: z.ZodString;
        updated_at: z.ZodString;
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodNullable<
          z.ZodRecord<
            z.ZodString,
            z.ZodUnion<
              readonly [
                z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
              ]
            >
          >
        >;
        active: z.ZodBoolean;
        description: z.ZodNullable<z.ZodString>;
        headers: z.ZodRecord<z.ZodString, z.ZodString>;
        throttle: z.ZodNullable<
          z.ZodObject<
            {
              requests: z.ZodInt;
              per_seconds: z.ZodInt;
            },
            z.core.$strict
          >
        >;
        debug_mode: z.ZodBoolean;
        id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly [
      "webhook_not_found",
      "webhook_stale",
      "url_invalid",
      "address_refused",
      "pattern_invalid",
      "filter_invalid",
      "webhook_invalid",
      "secret_invalid",
    ];
    readonly etag: true;
    readonly ifMatch: true;
    readonly querySchema: null;
    readonly status: 200;
    readonly methods: readonly ["PUT", "PATCH"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "always";
  };
  readonly "webhooks.delete": {
    readonly summary: "Delete a webhook";
    readonly description: "What waits for it is cancelled; its log stays readable.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly status: 204;
    readonly errors: readonly ["webhook_not_found"];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly response: null;
    readonly methods: readonly ["DELETE"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.logs": {
    readonly summary: "Read a webhook's log";
    readonly description: "One row per delivery, newest first. Rows that are added meanwhile move none from page to page.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly querySchema: z.ZodObject<
      {
        status: z.ZodOptional<
          z.ZodEnum<{
            success: "success";
            pending: "pending";
            failed: "failed";
            expired: "expired";
            cancelled: "cancelled";
          }>
        >;
        event_type: z.ZodOptional<z.ZodString>;
        since: z.ZodOptional<z.ZodString>;
        until: z.ZodOptional<z.ZodString>;
        limit: z.ZodOptional<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>, z.ZodInt>>;
        cursor: z.ZodOptional<z.ZodString>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        logs: z.ZodArray<
          z.ZodObject<
            {
              debug: z.ZodOptional<
                z.ZodArray<
                  z.ZodObject<
                    {
                      attempt: z.ZodInt;
                      sent_at: z.ZodString;
                      duration_ms: z.ZodNumber;
                      request: z.ZodObject<
                        {
                          headers: z.ZodRecord<z.ZodString, z.ZodString>;
                        },
                        z.core.$strip
                      >;
                      response: z.ZodNullable<
                        z.ZodObject<
                          {
                            status: z.ZodInt;
                            headers: z.ZodRecord<z.ZodString, z.ZodString>;
                            body: z.ZodString;
                          },
                          z.core.$strip
                        >
                      >;
                      error: z.ZodNullable<z.ZodString>;
                    },
                    z.core.$strip
                  >
                >
              >;
              event_id: z.ZodString;
              event_type: z.ZodString;
              status: z.ZodEnum<{
                success: "success";
                pending: "pending";
                failed: "failed";
                expired: "expired";
                cancelled: "cancelled";
              }>;
              attempts: z.ZodInt;
              response_code: z.ZodNullable<z.ZodInt>;
              response_time_ms: z.ZodNullable<z.ZodNumber>;
              timestamp: z.ZodString;
              next_attempt_at: z.ZodNullable<z.ZodString>;
              error: z.ZodNullable<z.ZodString>;
              resends: z.ZodInt;
              test: z.ZodBoolean;
            },
            z.core.$strip
          >
        >;
        next_cursor: z.ZodNullable<z.ZodString>;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found", "cursor_invalid"];
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/logs";
    readonly query: readonly ["status", "event_type", "since", "until", "limit", "cursor"];
    readonly body: "none";
    readonly repeatable: "always";
    readonly pages: "logs";
  };
  readonly "webhooks.stats": {
    readonly summary: "Read a webhook's statistics";
    readonly description: "What became of its deliveries of late, and how its endpoint is doing.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly querySchema: z.ZodObject<
      {
        since: z.ZodOptional<z.ZodString>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        webhook_id: z.ZodString;
        since: z.ZodString;
        deliveries: z.ZodObject<
          {
            pending: z.ZodInt;
            success: z.ZodInt;
            failed: z.ZodInt;
            expired: z.ZodInt;
            cancelled: z.ZodInt;
          },
          z.core.$strip
        >;
        attempts: z.ZodInt;
        complete: z.ZodBoolean;
        success_rate: z.ZodNullable<z.ZodNumber>;
        response_time_ms: z.ZodNullable<
          z.ZodObject<
            {
              median: z.ZodNumber;
              p95: z.ZodNumber;
              max: z.ZodNumber;
            },
            z.core.$strip
          >
        >;
        failures_in_a_row: z.ZodInt;
        failing_since: z.ZodNullable<z.ZodString>;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found"];
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/stats";
    readonly query: readonly ["since"];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.rotateSecret": {
    readonly summary: "Rotate a secret";
    readonly description: "For the overlap both secrets sign: `webhook-signature` carries both signatures, and `X-AuraConnect-Signature` the one of the secret before, until the new one is confirmed. Rotating again drops the oldest; to the secret that it has, changes nothing.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly bodySchema: z.ZodObject<
      {
        secret: z.ZodOptional<z.ZodString>;
        overlap_seconds: z.ZodOptional<z.ZodInt>;
      },
      z.core.$strict
    >;
    readonly response: z.ZodObject<
      {
        secret: z.ZodString;
        disabled_reason: z.ZodNullable<z.ZodString>;
        debug_until: z.ZodNullable<z.ZodString>;
        rate_limit: z.ZodNullable<z.ZodInt>;
        created_at: z.ZodString;
        updated_at: z.ZodString;
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodNullable<
          z.ZodRecord<
            z.ZodString,
            z.ZodUnion<
              readonly [
                z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
              ]
            >
          >
        >;
        active: z.ZodBoolean;
        description: z.ZodNullable<z.ZodString>;
        headers: z.ZodRecord<z.ZodString, z.ZodString>;
        throttle: z.ZodNullable<
          z.ZodObject<
            {
              requests: z.ZodInt;
              per_seconds: z.ZodInt;
            },
            z.core.$strict
          >
        >;
        debug_mode: z.ZodBoolean;
        id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found", "secret_invalid"];
    readonly etag: true;
    readonly querySchema: null;
    readonly status: 200;
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/rotate-secret";
    readonly query: readonly [];
    readonly body: "optional";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.confirmSecret": {
    readonly summary: "Confirm a new secret";
    readonly description: "Says that the consumer knows the new secret: `X-AuraConnect-Signature` is made with it from now on.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        secret: z.ZodString;
        disabled_reason: z.ZodNullable<z.ZodString>;
        debug_until: z.ZodNullable<z.ZodString>;
        rate_limit: z.ZodNullable<z.ZodInt>;
        created_at: z.ZodString;
        updated_at: z.ZodString;
        url: z.ZodString;
        events: z.ZodArray<z.ZodString>;
        filters: z.ZodNullable<
          z.ZodRecord<
            z.ZodString,
            z.ZodUnion<
              readonly [
                z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
              ]
            >
          >
        >;
        active: z.ZodBoolean;
        description: z.ZodNullable<z.ZodString>;
        headers: z.ZodRecord<z.ZodString, z.ZodString>;
        throttle: z.ZodNullable<
          z.ZodObject<
            {
              requests: z.ZodInt;
              per_seconds: z.ZodInt;
            },
            z.core.$strict
          >
        >;
        debug_mode: z.ZodBoolean;
        id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found"];
    readonly etag: true;
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/confirm-secret";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.recover": {
    readonly summary: "Send again all that failed";
    readonly description: "Everything of the webhook whose last attempt failed at `since` or later is sent again, in the background, each delivery once; it goes on after a crash. Events older than 7 days are left as they are, and counted. One recovery of a webhook at a time.";
    readonly parameters: {
      webhook_id: z.ZodString;
    };
    readonly bodySchema: z.ZodObject<
      {
        since: z.ZodString;
      },
      z.core.$strict
    >;
    readonly status: 202;
    readonly response: z.ZodObject<
      {
        id: z.ZodString;
        webhook_id: z.ZodString;
        since: z.ZodString;
        status: z.ZodEnum<{
          done: "done";
          running: "running";
        }>;
        resent: z.ZodInt;
        too_old: z.ZodInt;
        reached_at: z.ZodNullable<z.ZodString>;
        started_at: z.ZodString;
        finished_at: z.ZodNullable<z.ZodString>;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found", "webhook_inactive", "recovery_running"];
    readonly querySchema: null;
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/recover";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.recovery": {
    readonly summary: "See how far a recovery is";
    readonly description: "The last recovery of each webhook is remembered for 7 days.";
    readonly parameters: {
      readonly recovery_id: z.ZodString;
      readonly webhook_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        id: z.ZodString;
        webhook_id: z.ZodString;
        since: z.ZodString;
        status: z.ZodEnum<{
          done: "done";
          running: "running";
        }>;
        resent: z.ZodInt;
        too_old: z.ZodInt;
        reached_at: z.ZodNullable<z.ZodString>;
        started_at: z.ZodString;
        finished_at: z.ZodNullable<z.ZodString>;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["recovery_not_found"];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/recover/{recovery_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "deliveries.get": {
    readonly summary: "Read a delivery";
    readonly description: "One row of the log with each of its requests.";
    readonly parameters: {
      webhook_id: z.ZodString;
      event_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        requests: z.ZodArray<
          z.ZodObject<
            {
              number: z.ZodInt;
              sent_at: z.ZodString;
              response_code: z.ZodNullable<z.ZodInt>;
              response_time_ms: z.ZodNumber;
              error: z.ZodNullable<z.ZodString>;
              debug: z.ZodOptional<
                z.ZodObject<
                  {
                    attempt: z.ZodInt;
                    sent_at: z.ZodString;
                    duration_ms: z.ZodNumber;
                    request: z.ZodObject<
                      {
                        headers: z.ZodRecord<z.ZodString, z.ZodString>;
                      },
                      z.core.$strip
                    >;
                    response: z.ZodNullable<
                      z.ZodObject<
                        {
                          status: z.ZodInt;
                          headers: z.ZodRecord<z.ZodString, z.ZodString>;
                          body: z.ZodString;
                        },
                        z.core.$strip
                      >
                    >;
                    error: z.ZodNullable<z.ZodString>;
                  },
                  z.core.$strip
                >
              >;
            },
            z.core.$strip
          >
        >;
        event_id: z.ZodString;
        event_type: z.ZodString;
        status: z.ZodEnum<{
          success: "success";
          pending: "pending";
          failed: "failed";
          expired: "expired";
          cancelled: "cancelled";
        }>;
        attempts: z.ZodInt;
        response_code: z.ZodNullable<z.ZodInt>;
        response_time_ms: z.ZodNullable<z.ZodNumber>;
        timestamp: z.ZodString;
        next_attempt_at: z.ZodNullable<z.ZodString>;
        error: z.ZodNullable<z.ZodString>;
        resends: z.ZodInt;
        test: z.ZodBoolean;
        webhook_id: z.ZodString;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["delivery_not_found"];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/logs/{event_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "deliveries.resend": {
    readonly summary: "Send a delivery again";
    readonly description: "A delivery that has ended, also one that succeeded, is pending again with the whole schedule of retries; attempts keep counting. Events older than 7 days are refused.";
    readonly parameters: {
      webhook_id: z.ZodString;
      event_id: z.ZodString;
    };
    readonly status: 202;
    readonly response: z.ZodObject<
      {
        debug: z.ZodOptional<
          z.ZodArray<
            z.ZodObject<
              {
                attempt: z.ZodInt;
                sent_at: z.ZodString;
                duration_ms: z.ZodNumber;
                request: z.ZodObject<
                  {
                    headers: z.ZodRecord<z.ZodString, z.ZodString>;
                  },
                  z.core.$strip
                >;
                response: z.ZodNullable<
                  z.ZodObject<
                    {
                      status: z.ZodInt;
                      headers: z.ZodRecord<z.ZodString, z.ZodString>;
                      body: z.ZodString;
                    },
                    z.core.$strip
                  >
                >;
                error: z.ZodNullable<z.ZodString>;
              },
              z.core.$strip
            >
          >
        >;
        event_id: z.ZodString;
        event_type: z.ZodString;
        status: z.ZodEnum<{
          success: "success";
          pending: "pending";
          failed: "failed";
          expired: "expired";
          cancelled: "cancelled";
        }>;
        attempts: z.ZodInt;
        response_code: z.ZodNullable<z.ZodInt>;
        response_time_ms: z.ZodNullable<z.ZodNumber>;
        timestamp: z.ZodString;
        next_attempt_at: z.ZodNullable<z.ZodString>;
        error: z.ZodNullable<z.ZodString>;
        resends: z.ZodInt;
        test: z.ZodBoolean;
      },
      z.core.$strip
    >;
    readonly errors: readonly [
      "webhook_not_found",
      "webhook_inactive",
      "delivery_not_found",
      "delivery_pending",
      "resend_too_late",
    ];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/logs/{event_id}/resend";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "with_key";
  };
  readonly "deliveries.cancel": {
    readonly summary: "Cancel a delivery";
    readonly description: "Ends a delivery that waits. One that is being sent at this moment is not stopped.";
    readonly parameters: {
      webhook_id: z.ZodString;
      event_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        cancelled: z.ZodInt;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["webhook_not_found", "delivery_not_found"];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/logs/{event_id}/cancel";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "events.explain": {
    readonly summary: "Explain what became of an event";
    readonly description: "For every webhook of the account: whether it takes the event and by which pattern, which filter does not and why, every request, when it goes on, and what to do.";
    readonly parameters: {
      readonly event_id: z.ZodString;
    };
    readonly response: z.ZodObject<
      {
        event: z.ZodObject<
          {
            id: z.ZodString;
            type: z.ZodString;
            created: z.ZodString;
            stored_at: z.ZodString;
            test: z.ZodBoolean;
          },
          z.core.$strip
        >;
        webhooks: z.ZodArray<
          z.ZodObject<
            {
              webhook_id: z.ZodString;
              url: z.ZodNullable<z.ZodString>;
              verdict: z.ZodEnum<{
                failed: "failed";
                expired: "expired";
                cancelled: "cancelled";
                not_subscribed: "not_subscribed";
                filtered: "filtered";
                attribute_missing: "attribute_missing";
                waiting: "waiting";
                delivered: "delivered";
                retrying: "retrying";
                rate_deferred: "rate_deferred";
                waiting_inactive: "waiting_inactive";
                inactive: "inactive";
                registered_later: "registered_later";
                changed_later: "changed_later";
              }>;
              matches: z.ZodNullable<z.ZodBoolean>;
              pattern: z.ZodNullable<z.ZodString>;
              filter: z.ZodNullable<
                z.ZodObject<
                  {
                    key: z.ZodString;
                    expected: z.ZodUnion<
                      readonly [
                        z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>,
                        z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>,
                      ]
                    >;
                    actual: z.ZodOptional<z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull]>>;
                  },
                  z.core.$strip
                >
              >;
              delivery: z.ZodNullable<
                z.ZodObject<
                  {
                    requests: z.ZodArray<
                      z.ZodObject<
                        {
                          number: z.ZodInt;
                          sent_at: z.ZodString;
                          response_code: z.ZodNullable<z.ZodInt>;
                          response_time_ms: z.ZodNumber;
                          error: z.ZodNullable<z.ZodString>;
                          debug: z.ZodOptional<
                            z.ZodObject<
                              {
                                attempt: z.ZodInt;
                                sent_at: z.ZodString;
                                duration_ms: z.ZodNumber;
                                request: z.ZodObject<
                                  {
                                    headers: z.ZodRecord<z.ZodString, z.ZodString>;
                                  },
                                  z.core.$strip
                                >;
                                response: z.ZodNullable<
                                  z.ZodObject<
                                    {
                                      status: z.ZodInt;
                                      headers: z.ZodRecord<z.ZodString, z.ZodString>;
                                      body: z.ZodString;
                                    },
                                    z.core.$strip
                                  >
                                >;
                                error: z.ZodNullable<z.ZodString>;
                              },
                              z.core.$strip
                            >
                          >;
                        },
                        z.core.$strip
                      >
                    >;
                    event_id: z.ZodString;
                    event_type: z.ZodString;
                    status: z.ZodEnum<{
                      success: "success";
                      pending: "pending";
                      failed: "failed";
                      expired: "expired";
                      cancelled: "cancelled";
                    }>;
                    attempts: z.ZodInt;
                    response_code: z.ZodNullable<z.ZodInt>;
                    response_time_ms: z.ZodNullable<z.ZodNumber>;
                    timestamp: z.ZodString;
                    next_attempt_at: z.ZodNullable<z.ZodString>;
                    error: z.ZodNullable<z.ZodString>;
                    resends: z.ZodInt;
                    test: z.ZodBoolean;
                    webhook_id: z.ZodString;
                  },
                  z.core.$strip
                >
              >;
              until: z.ZodNullable<z.ZodString>;
              reason: z.ZodString;
              advice: z.ZodNullable<z.ZodString>;
            },
            z.core.$strip
          >
        >;
      },
      z.core.$strip
    >;
    readonly errors: readonly ["event_not_found"];
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly methods: readonly ["GET"];
    readonly path: "/events/{event_id}/explain";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "eventTypes.list": {
    readonly summary: "List event types";
    readonly description: "Every type that can be subscribed to, with its JSON Schema and a sample.";
    readonly response: z.ZodObject<
      {
        event_types: z.ZodArray<
          z.ZodObject<
            {
              type: z.ZodString;
              group: z.ZodString;
              description: z.ZodString;
              schema: z.ZodRecord<z.ZodString, z.ZodUnknown>;
              sample: z.ZodNullable<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
            },
            z.core.$strip
          >
        >;
      },
      z.core.$strip
    >;
    readonly parameters: {};
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly errors: readonly [];
    readonly methods: readonly ["GET"];
    readonly path: "/event-types";
    readonly query: readonly [];
    readonly body: "none";
    readonly open: true;
    readonly repeatable: "always";
  };
  readonly "api.openapi": {
    readonly summary: "Read this API's OpenAPI document";
    readonly description: "OpenAPI 3.1, with a `webhooks` section of all event types.";
    readonly response: z.ZodRecord<z.ZodString, z.ZodUnknown>;
    readonly parameters: {};
    readonly querySchema: null;
    readonly bodySchema: null;
    readonly status: 200;
    readonly errors: readonly [];
    readonly methods: readonly ["GET"];
    readonly path: "/openapi.json";
    readonly query: readonly [];
    readonly body: "none";
    readonly open: true;
    readonly repeatable: "always";
  };
};

// src/management/request.ts

export interface AuthenticatedRequest {
  readonly method: string;
  readonly target: string;
  readonly header: ReadHeader;
  readonly raw: unknown;
}
export type GivenBody =
  | {
      readonly parsed: unknown;
    }
  | Uint8Array
  | string;
export interface ManagementReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface ManagementRequest {
  readonly method: string;
  readonly target: string;
  readonly prefix: string;
  readonly header: ReadHeader;
  readonly body: (maxBytes: number) => GivenBody | Promise<GivenBody>;
  readonly raw: unknown;
}
export type ReadHeader = (name: string) => string | null | undefined;

// src/management/routes.ts

export type OperationName = keyof typeof ROUTES;
export declare const ROUTES: {
  readonly "webhooks.create": {
    readonly methods: readonly ["POST"];
    readonly path: "";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.list": {
    readonly methods: readonly ["GET"];
    readonly path: "";
    readonly query: readonly ["limit", "cursor"];
    readonly body: "none";
    readonly repeatable: "always";
    readonly pages: "webhooks";
  };
  readonly "webhooks.test": {
    readonly methods: readonly ["POST"];
    readonly path: "/test";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.get": {
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.update": {
    readonly methods: readonly ["PUT", "PATCH"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "always";
  };
  readonly "webhooks.delete": {
    readonly methods: readonly ["DELETE"];
    readonly path: "/{webhook_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.logs": {
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/logs";
    readonly query: readonly ["status", "event_type", "since", "until", "limit", "cursor"];
    readonly body: "none";
    readonly repeatable: "always";
    readonly pages: "logs";
  };
  readonly "webhooks.stats": {
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/stats";
    readonly query: readonly ["since"];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.rotateSecret": {
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/rotate-secret";
    readonly query: readonly [];
    readonly body: "optional";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.confirmSecret": {
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/confirm-secret";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "webhooks.recover": {
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/recover";
    readonly query: readonly [];
    readonly body: "required";
    readonly repeatable: "with_key";
  };
  readonly "webhooks.recovery": {
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/recover/{recovery_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "deliveries.get": {
    readonly methods: readonly ["GET"];
    readonly path: "/{webhook_id}/logs/{event_id}";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "deliveries.resend": {
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/logs/{event_id}/resend";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "with_key";
  };
  readonly "deliveries.cancel": {
    readonly methods: readonly ["POST"];
    readonly path: "/{webhook_id}/logs/{event_id}/cancel";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "events.explain": {
    readonly methods: readonly ["GET"];
    readonly path: "/events/{event_id}/explain";
    readonly query: readonly [];
    readonly body: "none";
    readonly repeatable: "always";
  };
  readonly "eventTypes.list": {
    readonly methods: readonly ["GET"];
    readonly path: "/event-types";
    readonly query: readonly [];
    readonly body: "none";
    readonly open: true;
    readonly repeatable: "always";
  };
  readonly "api.openapi": {
    readonly methods: readonly ["GET"];
    readonly path: "/openapi.json";
    readonly query: readonly [];
    readonly body: "none";
    readonly open: true;
    readonly repeatable: "always";
  };
};

// src/ports/clock.ts

export interface Clock {
  now(): number;
  monotonicMs(): number;
  schedule(delayMs: number, run: () => void): () => void;
}

// src/ports/delivery-log.ts

export interface DeliveryCounts {
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  readonly attempts: number;
  readonly complete: boolean;
}
export interface DeliveryLog {
  list(query: DeliveryQuery): Promise<DeliveryPage>;
  attempts(deliveryId: string): Promise<readonly AttemptRecord[]>;
  event(key: { readonly accountId: string; readonly eventId: string }): Promise<EventRow | null>;
  count(query: {
    readonly accountId: string;
    readonly webhookId: string;
    readonly since: number;
    readonly limit: number;
  }): Promise<DeliveryCounts>;
  recordTest(test: TestDelivery): Promise<void>;
}
export interface DeliveryPage {
  readonly deliveries: readonly DeliveryRow[];
  readonly more: boolean;
}
export interface DeliveryQuery {
  readonly accountId: string;
  readonly webhookId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly eventType?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}
export interface DeliveryRow {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly storedAt: number;
  readonly lastAttempt: AttemptRecord | null;
  readonly nextAttemptAt: number | null;
  readonly resends: number;
  readonly test: boolean;
}
export type DeliveryStatus = "pending" | "success" | "failed" | "expired" | "cancelled";
export interface EventRow extends Pick<NewEvent, "id" | "type" | "createdAt" | "body" | "attributes"> {
  readonly storedAt: number;
}
export interface TestDelivery extends Pick<NewEvent, "accountId" | "createdAt" | "body"> {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: "success" | "failed";
  readonly attempt: AttemptRecord;
}

// src/ports/delivery-queue.ts

export interface AttemptRecord {
  readonly number: number;
  readonly sentAt: number;
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  readonly error: string | null;
  readonly debug: string | null;
}
export interface CancelledDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly attempts: number;
}
export interface ClaimRequest {
  readonly lease: Lease;
  readonly limit: number;
  readonly perWebhook: number;
  readonly capacity: ReadonlyMap<string, number>;
}
export interface ClaimResult {
  readonly deliveries: readonly ClaimedDelivery[];
  readonly nextDueInMs: number | null;
}
export interface ClaimedDelivery {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly eventCreatedAt: number;
  readonly body: string;
  readonly trace?: string | null | undefined;
  readonly storedAt: number;
  readonly attempts: number;
  readonly scheduleOffset: number;
}
export interface DeliveryQueue {
  enqueue(
    events: readonly NewEvent[],
    options?: {
      readonly lease?: Lease;
      readonly transaction?: unknown;
    },
  ): Promise<readonly EnqueueResult[]>;
  claim(request: ClaimRequest): Promise<ClaimResult>;
  settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]>;
  join(life: Life): Promise<void>;
  renew(
    life: Life & {
      readonly judgeOthers: boolean;
    },
  ): Promise<boolean>;
  giveBack(lease: Lease): Promise<void>;
  release(owner: string): Promise<void>;
  cancel(webhook: {
    readonly accountId: string;
    readonly webhookId: string;
    readonly deliveryId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly CancelledDelivery[]>;
  resend(request: ResendRequest): Promise<readonly ResendResult[]>;
  depth(): Promise<QueueDepth>;
}
export type EnqueueResult =
  | {
      readonly kind: "stored";
    }
  | {
      readonly kind: "known";
      readonly event: KnownEvent;
    }
  | {
      readonly kind: "registry_changed";
    };
export interface KnownEvent {
  readonly type: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly unmatched: string | null;
  readonly deliveries: readonly {
    readonly id: string;
    readonly webhookId: string;
  }[];
}
export interface Lease {
  readonly owner: string;
  readonly token: number;
}
export interface Life {
  readonly owner: string;
  readonly leaseMs: number;
}
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly leased: boolean;
}
export interface NewEvent {
  readonly accountId: string;
  readonly id: string;
  readonly type: string;
  readonly createdAt: number;
  readonly body: string;
  readonly attributes: string | null;
  readonly unmatched: string | null;
  readonly trace?: string | null;
  readonly registryVersion: number;
  readonly deliveries: readonly NewDelivery[];
}
export type NextState =
  | {
      readonly kind: "success" | "failed" | "expired" | "cancelled";
    }
  | {
      readonly kind: "retry" | "release";
      readonly delayMs: number;
    };
export interface QueueDepth {
  readonly waiting: number;
  readonly held: number;
  readonly dueForMs: number;
}
export interface ResendRequest {
  readonly accountId: string;
  readonly deliveries: readonly {
    readonly id: string;
    readonly resends: number;
  }[];
  readonly createdSince: number;
}
export type ResendResult = "resent" | "pending" | "too_old" | "missing";
export type SettleResult = "decided" | "stale";
export interface Settlement {
  readonly deliveryId: string;
  readonly lease: Lease;
  readonly attempt: AttemptRecord | null;
  readonly next: NextState;
}

// src/ports/endpoint-health.ts

export interface EndpointHealth {
  read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]>;
}
export interface EndpointRecord {
  readonly webhookId: string;
  readonly failures: number;
  readonly failingForMs: number;
}

// src/ports/idempotency.ts

export interface IdempotencyClaim {
  readonly key: string;
  readonly leaseMs: number;
}
export type IdempotencyClaimResult =
  | {
      readonly kind: "claimed";
      readonly token: string;
    }
  | {
      readonly kind: "in_flight";
      readonly retryAfterMs: number;
    }
  | {
      readonly kind: "done";
    };
export interface IdempotencyStore {
  claim(request: IdempotencyClaim): Promise<IdempotencyClaimResult>;
  complete(request: { readonly key: string; readonly token: string; readonly retentionMs: number }): Promise<void>;
  release(request: { readonly key: string; readonly token: string }): Promise<void>;
}

// src/ports/inbox.ts

export interface ClaimedInboxEvent extends InboxHold, NewInboxEvent {
  readonly attempt: number;
}
export interface InboxClaims {
  readonly events: readonly ClaimedInboxEvent[];
  readonly nextDueInMs: number | null;
}
export interface InboxCompletion extends InboxHold {
  readonly retentionMs: number;
}
export interface InboxEvent {
  readonly id: string;
  readonly type: string;
  readonly state: InboxState;
  readonly attempts: number;
  readonly error: string | null;
  readonly receivedAt: number;
  readonly body: string | null;
}
export interface InboxHold {
  readonly id: string;
  readonly token: string;
}
export interface InboxPage {
  readonly events: readonly InboxEvent[];
  readonly nextCursor: string | null;
}
export interface InboxQuery {
  readonly state?: InboxState | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}
export type InboxSettlement =
  | (InboxCompletion & {
      readonly kind: "done";
    })
  | (InboxHold & {
      readonly kind: "retry";
      readonly delayMs: number;
      readonly error: string;
    })
  | (InboxHold & {
      readonly kind: "dead";
      readonly error: string;
    })
  | (InboxHold & {
      readonly kind: "returned";
    });
export type InboxState = "pending" | "done" | "dead";
export interface InboxStore {
  put(event: NewInboxEvent): Promise<"stored" | "duplicate">;
  claim(request: { readonly limit: number; readonly leaseMs: number }): Promise<InboxClaims>;
  renew(request: { readonly holds: readonly InboxHold[]; readonly leaseMs: number }): Promise<readonly string[]>;
  settle(settlement: InboxSettlement): Promise<boolean>;
  completeIn(transaction: unknown, completion: InboxCompletion): void | Promise<void>;
  list(query?: InboxQuery): Promise<InboxPage>;
  requeue(ids: readonly string[] | "all"): Promise<number>;
  discard(ids: readonly string[] | "all"): Promise<number>;
  close(): Promise<void>;
}
export interface NewInboxEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly context: string;
}

// src/ports/logger.ts

export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
export declare const silentLogger: Logger;

// src/ports/notes.ts

export interface NewNote extends NoteKey {
  readonly text: string;
  readonly revision: number;
  readonly keepMs: number;
  readonly max: number;
}
export interface Note {
  readonly text: string;
  readonly revision: number;
}
export interface NoteKey {
  readonly accountId: string;
  readonly kind: string;
  readonly key: string;
}
export interface NotePage {
  readonly notes: readonly (NoteKey & Note)[];
  readonly cursor: string | null;
}
export interface Notes {
  read(key: NoteKey): Promise<Note | null>;
  write(note: NewNote): Promise<"written" | "stale" | "full">;
  page(page: { readonly kind: string; readonly cursor: string | null; readonly limit: number }): Promise<NotePage>;
}

// src/ports/rate-window.ts

export interface PermitRequest extends WindowShape {
  readonly limit: number;
  readonly wanted: number;
}
export interface Permits {
  readonly granted: number;
  readonly slot: number;
  readonly validForMs: number;
  readonly retryInMs: number;
}
export interface RateWindow {
  take(request: PermitRequest): Promise<Permits>;
  giveBack(permits: UnusedPermits): Promise<void>;
}
export interface UnusedPermits extends WindowShape {
  readonly slot: number;
  readonly count: number;
}
export interface WindowShape {
  readonly key: string;
  readonly slotMs: number;
  readonly slots: number;
}

// src/ports/retention.ts

export interface Retention {
  purge(request: { readonly ageMs: number; readonly limit: number }): Promise<number>;
  erase(request: { readonly accountId: string; readonly limit: number }): Promise<number>;
}

// src/ports/sender-store.ts

export interface SenderStore {
  readonly name: string;
  readonly durable: boolean;
  readonly webhooks: WebhookRegistry;
  readonly queue: DeliveryQueue;
  readonly log: DeliveryLog;
  readonly rate: RateWindow;
  readonly health: EndpointHealth;
  readonly retention: Retention;
  readonly notes: Notes;
  open(context: StoreContext): Promise<void>;
  close(): Promise<void>;
  listen?(onDue: () => void): () => void;
}
export interface StoreContext {
  readonly logger: Logger;
  readonly now?: (() => number) | undefined;
}

// src/ports/telemetry.ts

export interface AttemptSpan {
  readonly headers: Readonly<Record<string, string>>;
  run(send: () => void): void;
  end(result: TransportResult, next: NextState | null): void;
}
export interface EndedDelivery {
  readonly eventType: string;
  readonly outcome: "success" | "failed" | "expired" | "cancelled";
}
export interface ObservedLoad {
  readonly inFlight: number;
  readonly waiting: number;
  readonly unsettled: number;
  readonly store: QueueDepth;
}
export interface PublishSpan {
  readonly trace: string | null;
  end(
    outcome:
      | {
          readonly deliveries: number;
          readonly duplicate: boolean;
        }
      | {
          readonly error: unknown;
        },
  ): void;
}
export interface Telemetry {
  publishing(event: TracedEvent): PublishSpan;
  attempting(attempt: TracedAttempt): AttemptSpan;
  ended(delivery: EndedDelivery): void;
  watch(load: () => Promise<ObservedLoad>): () => void;
}
export interface TracedAttempt {
  readonly accountId: string;
  readonly webhookId: string;
  readonly url: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly delivery: {
    readonly id: string;
    readonly attempt: number;
    readonly trace: string | null;
  } | null;
}
export interface TracedEvent {
  readonly accountId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
}

// src/ports/transport.ts

export interface Transport {
  send(request: TransportRequest): Promise<TransportResult>;
  close(): Promise<void>;
}
export interface TransportFailure {
  readonly kind: "failure";
  readonly reason: TransportFailureReason;
  readonly message: string;
  readonly durationMs: number;
}
export type TransportFailureReason =
  "timeout" | "dns" | "address_refused" | "connection" | "tls" | "protocol" | "response_too_large";
export interface TransportRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly timeoutMs: number;
}
export interface TransportResponse {
  readonly kind: "response";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly durationMs: number;
}
export type TransportResult = TransportResponse | TransportFailure;

// src/ports/webhook-registry.ts

export interface RegistryPage {
  readonly webhooks: readonly WebhookRecord[];
  readonly cursor: string | null;
}
export interface RegistrySnapshot {
  readonly accountId: string;
  readonly version: number;
  readonly webhooks: readonly WebhookRecord[];
}
export interface WebhookRecord {
  readonly accountId: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly filters: Filters | null;
  readonly secret: string;
  readonly previousSecret: {
    readonly secret: string;
    readonly expiresAt: number;
    readonly confirmed: boolean;
  } | null;
  readonly active: boolean;
  readonly activeSince: number;
  readonly disabledReason: string | null;
  readonly description: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly throttle?: Throttle | null;
  readonly debugUntil: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}
export interface WebhookRegistry {
  read(
    known: readonly {
      readonly accountId: string;
      readonly version: number | null;
    }[],
  ): Promise<readonly RegistrySnapshot[]>;
  page(page: { readonly cursor: string | null; readonly limit: number }): Promise<RegistryPage>;
  insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached">;
  replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing">;
  remove(webhook: { readonly accountId: string; readonly webhookId: string }): Promise<boolean>;
}

// src/protocol/auraconnect-events.ts

export type AuraConnectCatalog = typeof auraconnectEvents;
export type AuraConnectEvent = EventOf<AuraConnectCatalog>;
export type InventoryEvent = EventMatching<AuraConnectCatalog, "inventory.*">;
type OpenEnum<Known extends string> = Known | (string & Record<never, never>);
export type OrderEvent = EventMatching<AuraConnectCatalog, "order.*">;
export type PaymentEvent = EventMatching<AuraConnectCatalog, "payment.*">;
export type PosEvent = EventMatching<AuraConnectCatalog, "pos.*">;
export type StaffEvent = EventMatching<AuraConnectCatalog, "staff.*">;
export declare const auraconnectEvents: {
  readonly "pos.sync_completed": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        sync_id: z.ZodString;
        pos_system: z.ZodType<
          OpenEnum<"square">,
          OpenEnum<"square">,
          z.core.$ZodTypeInternals<OpenEnum<"square">, OpenEnum<"square">>
        >;
        items_synced: z.ZodInt;
        orders_synced: z.ZodInt;
        sync_duration_seconds: z.ZodNumber;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "pos.sync_failed": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        sync_id: z.ZodString;
        pos_system: z.ZodType<
          OpenEnum<"square">,
          OpenEnum<"square">,
          z.core.$ZodTypeInternals<OpenEnum<"square">, OpenEnum<"square">>
        >;
        error_code: z.ZodType<
          OpenEnum<"POS_CONNECTION_FAILED">,
          OpenEnum<"POS_CONNECTION_FAILED">,
          z.core.$ZodTypeInternals<OpenEnum<"POS_CONNECTION_FAILED">, OpenEnum<"POS_CONNECTION_FAILED">>
        >;
        error_message: z.ZodString;
        retry_count: z.ZodInt;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "staff.clocked_in": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        staff_id: z.ZodInt;
        staff_name: z.ZodString;
        clock_in_time: z.ZodString;
        scheduled_start: z.ZodOptional<z.ZodString>;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "staff.shift_alert": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        alert_type: z.ZodType<
          OpenEnum<"late_arrival" | "no_show">,
          OpenEnum<"late_arrival" | "no_show">,
          z.core.$ZodTypeInternals<OpenEnum<"late_arrival" | "no_show">, OpenEnum<"late_arrival" | "no_show">>
        >;
        staff_id: z.ZodInt;
        staff_name: z.ZodString;
        scheduled_start: z.ZodOptional<z.ZodString>;
        minutes_late: z.ZodOptional<z.ZodNumber>;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "inventory.low_stock": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        item_id: z.ZodInt;
        item_name: z.ZodString;
        current_quantity: z.ZodNumber;
        unit: z.ZodString;
        threshold: z.ZodNumber;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "inventory.out_of_stock": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        item_id: z.ZodInt;
        item_name: z.ZodString;
        affected_menu_items: z.ZodArray<z.ZodInt>;
        restaurant_id: z.ZodInt;
      },
      z.core.$strip
    >
  >;
  readonly "payment.completed": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        id: z.ZodInt;
        order_id: z.ZodInt;
        amount: z.ZodNumber;
        payment_method: z.ZodType<
          OpenEnum<"card">,
          OpenEnum<"card">,
          z.core.$ZodTypeInternals<OpenEnum<"card">, OpenEnum<"card">>
        >;
        status: z.ZodType<
          OpenEnum<"completed">,
          OpenEnum<"completed">,
          z.core.$ZodTypeInternals<OpenEnum<"completed">, OpenEnum<"completed">>
        >;
        processor: z.ZodOptional<
          z.ZodType<
            OpenEnum<"stripe">,
            OpenEnum<"stripe">,
            z.core.$ZodTypeInternals<OpenEnum<"stripe">, OpenEnum<"stripe">>
          >
        >;
        processor_payment_id: z.ZodOptional<z.ZodString>;
        processed_at: z.ZodString;
      },
      z.core.$strip
    >
  >;
  readonly "payment.refunded": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        id: z.ZodInt;
        order_id: z.ZodInt;
        refund_amount: z.ZodNumber;
        refund_reason: z.ZodOptional<
          z.ZodType<
            OpenEnum<"customer_request">,
            OpenEnum<"customer_request">,
            z.core.$ZodTypeInternals<OpenEnum<"customer_request">, OpenEnum<"customer_request">>
          >
        >;
        refund_id: z.ZodString;
        refunded_at: z.ZodString;
      },
      z.core.$strip
    >
  >;
  readonly "order.created": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        id: z.ZodInt;
        order_number: z.ZodString;
        restaurant_id: z.ZodInt;
        customer_id: z.ZodInt;
        status: z.ZodType<
          OpenEnum<"pending" | "preparing" | "completed">,
          OpenEnum<"pending" | "preparing" | "completed">,
          z.core.$ZodTypeInternals<
            OpenEnum<"pending" | "preparing" | "completed">,
            OpenEnum<"pending" | "preparing" | "completed">
          >
        >;
        total_amount: z.ZodNumber;
        items: z.ZodArray<
          z.ZodObject<
            {
              id: z.ZodInt;
              menu_item_id: z.ZodInt;
              quantity: z.ZodNumber;
              price: z.ZodNumber;
              modifiers: z.ZodArray<z.ZodUnknown>;
            },
            z.core.$strip
          >
        >;
        created_at: z.ZodString;
      },
      z.core.$strip
    >
  >;
  readonly "order.updated": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        id: z.ZodInt;
        order_number: z.ZodString;
        status: z.ZodType<
          OpenEnum<"pending" | "preparing" | "completed">,
          OpenEnum<"pending" | "preparing" | "completed">,
          z.core.$ZodTypeInternals<
            OpenEnum<"pending" | "preparing" | "completed">,
            OpenEnum<"pending" | "preparing" | "completed">
          >
        >;
        previous_status: z.ZodOptional<
          z.ZodType<
            OpenEnum<"pending" | "preparing" | "completed">,
            OpenEnum<"pending" | "preparing" | "completed">,
            z.core.$ZodTypeInternals<
              OpenEnum<"pending" | "preparing" | "completed">,
              OpenEnum<"pending" | "preparing" | "completed">
            >
          >
        >;
        updated_fields: z.ZodOptional<z.ZodArray<z.ZodString>>;
        preparation_time: z.ZodOptional<z.ZodNumber>;
        updated_at: z.ZodString;
      },
      z.core.$strip
    >
  >;
  readonly "order.completed": import("./event-catalog.js").EventDefinition<
    z.ZodObject<
      {
        id: z.ZodInt;
        order_number: z.ZodString;
        status: z.ZodType<
          OpenEnum<"pending" | "preparing" | "completed">,
          OpenEnum<"pending" | "preparing" | "completed">,
          z.core.$ZodTypeInternals<
            OpenEnum<"pending" | "preparing" | "completed">,
            OpenEnum<"pending" | "preparing" | "completed">
          >
        >;
        completed_at: z.ZodString;
        total_time_minutes: z.ZodOptional<z.ZodNumber>;
      },
      z.core.$strip
    >
  >;
};

// src/protocol/event-catalog.ts

export type EventCatalog = Readonly<Record<string, EventDefinition>>;
export interface EventDefinition<Schema extends PayloadSchema = PayloadSchema> {
  readonly object: Schema;
  readonly description: string;
  readonly sample: z.input<Schema> | null;
  readonly documented: {
    readonly id: string;
    readonly created: string;
  } | null;
}
export type EventGroup<Catalog extends EventCatalog> =
  EventType<Catalog> extends infer Type ? (Type extends `${infer Group}.${string}` ? Group : never) : never;
export type EventInput<Schema extends PayloadSchema> =
  | Schema
  | {
      readonly object: Schema;
      readonly description?: string;
      readonly sample?: NoInfer<z.input<Schema>> | null;
      readonly documented?: {
        readonly id: string;
        readonly created: string;
      } | null;
    };
export type EventMatching<Catalog extends EventCatalog, Pattern extends EventPattern<Catalog>> = EventOf<
  Catalog,
  TypesMatching<Catalog, Pattern>
>;
export type EventOf<Catalog extends EventCatalog, Type extends EventType<Catalog> = EventType<Catalog>> = {
  [Name in Type]: {
    readonly id: string;
    readonly type: Name;
    readonly created: string;
    readonly data: {
      readonly object: EventPayload<Catalog, Name>;
    };
  };
}[Type];
export type EventPattern<Catalog extends EventCatalog> = keyof TypesByPattern<Catalog> & string;
export type EventPayload<
  Catalog extends EventCatalog,
  Type extends EventType<Catalog>,
> = Catalog[Type]["object"]["_zod"]["input"];
export type EventType<Catalog extends EventCatalog> = keyof Catalog & string;
type NarrowPatternsOf<Type extends string> = Type | (Type extends `${infer Group}.${string}` ? `${Group}.*` : never);
type TypesByName<Catalog extends EventCatalog> = {
  [Type in EventType<Catalog> as NarrowPatternsOf<Type>]: Type;
};
type TypesByPattern<Catalog extends EventCatalog> = TypesByName<Catalog> & {
  readonly "*": EventType<Catalog>;
};
export type TypesMatching<
  Catalog extends EventCatalog,
  Pattern extends EventPattern<Catalog>,
> = TypesByPattern<Catalog>[Pattern] & EventType<Catalog>;
export interface WebhookEvent<Type extends string = string, Payload = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly type: Type;
  readonly created: string;
  readonly data: {
    readonly object: Payload;
  };
}
export declare function defineEvents<const Schemas extends Readonly<Record<string, PayloadSchema>>>(definitions: {
  readonly [Type in keyof Schemas]: EventInput<Schemas[Type]>;
}): {
  readonly [Type in keyof Schemas]: EventDefinition<Schemas[Type]>;
};

// src/protocol/json-schema.ts

export type JsonSchema = Readonly<Record<string, unknown>>;
export declare function eventJsonSchema(catalog: EventCatalog, type: string): JsonSchema;

// src/protocol/limits.ts

export declare const ATTEMPT_TIMEOUT_MS: number;
export declare const BODY_TIMEOUT_MS: number;
export declare const CLAIM_GRACE_MS: number;
export declare const DEBUG_MODE_MS: number;
export declare const DISABLE_AFTER: {
  readonly failingForMs: number;
  readonly failures: 20;
};
export declare const EVENT_MAX_AGE_MS: number;
export declare const HANDLER_TIMEOUT_MS: number;
export declare const IDEMPOTENCY_RETENTION_MS: number;
export declare const INBOX_HANDLER_TIMEOUT_MS: number;
export declare const MAX_EVENT_BYTES = 262144;
export declare const MAX_WEBHOOKS_PER_ACCOUNT = 100;
export declare const RATE_LIMIT_PER_HOUR = 1000;
export declare const RETENTION_MS: number;
export declare const ROTATION_OVERLAP_MS: number;
export declare const TIMESTAMP_TOLERANCE_MS: number;

// src/protocol/payload-schema.ts

export interface PayloadSchema {
  readonly _zod: {
    readonly input: unknown;
  };
}

// src/protocol/sample-event.ts

export declare function sampleEvent<Catalog extends EventCatalog, Type extends EventType<Catalog>>(
  catalog: Catalog,
  type: Type,
): EventOf<Catalog, Type>;

// src/protocol/signature.ts

export declare function sign(body: string | Uint8Array, secret: string | KeyObject): string;
export declare function verify(
  body: string | Uint8Array,
  header: unknown,
  secrets: string | readonly string[],
): boolean;

// src/protocol/standard-signature.ts

export interface StandardMessage {
  readonly id: string;
  readonly timestamp: number | string;
  readonly body: string | Uint8Array;
}
export declare function signStandard(message: StandardMessage, secret: string | KeyObject): string;
export declare function verifyStandard(
  message: StandardMessage,
  header: unknown,
  secrets: string | readonly string[],
): boolean;

// src/receiver/create-inbox.ts

export declare function createInbox<Store extends InboxStore>(store: Store): Store & Inbox;

// src/receiver/handlers.ts

export interface EventContext extends SignatureProof {
  readonly rawBody: Uint8Array;
  readonly signal: AbortSignal;
  readonly complete: (transaction: unknown) => void | Promise<void>;
}
export type EventHandler<Event> = (event: Event, context: EventContext) => unknown;
export type HandledEvent<Catalog extends EventCatalog, Pattern extends EventPattern<Catalog>> =
  EventMatching<Catalog, Pattern> | ("*" extends Pattern ? UnknownEvent : never);
export interface HandlerList {
  add(pattern: string, handler: EventHandler<never>): void;
  addUnknown(handler: EventHandler<never>): void;
  run(event: WebhookEvent, context: EventContext): Promise<void>;
}
export type ReceivedEvent<Catalog extends EventCatalog> = EventOf<Catalog> | UnknownEvent;
export type UnknownEvent = WebhookEvent<UnknownEventType>;
declare enum UnknownEventType {
  unknown = "not in the catalogue",
}

// src/receiver/inbox.ts

export interface Inbox extends InboxStore {
  readonly work: (context: InboxContext) => InboxWork;
}
export interface InboxContext {
  readonly settings: ReceiverSettings;
  readonly handlers: HandlerList;
  readonly report: Report;
}
export interface InboxWork {
  start(): Promise<void>;
  stop(): Promise<void>;
  store(received: VerifiedEvent): Promise<void>;
}

// src/receiver/options.ts

export interface ReceiverOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  readonly secret: SecretSource;
  readonly events?: Catalog | undefined;
  readonly idempotency?: IdempotencyStore | undefined;
  readonly inbox?: Inbox | undefined;
  readonly concurrency?: number | undefined;
  readonly retrySchedule?: RetrySchedule | undefined;
  readonly require?: SignatureRequirement | undefined;
  readonly toleranceMs?: number | undefined;
  readonly maxEventAgeMs?: number | false | undefined;
  readonly maxBodyBytes?: number | undefined;
  readonly bodyTimeoutMs?: number | undefined;
  readonly handlerTimeoutMs?: number | undefined;
  readonly onInvalid?: InvalidEventPolicy | InvalidEventJudge | undefined;
  readonly onError?: ReceiverErrorListener | undefined;
  readonly random?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
}

// src/receiver/receiver.ts

type Later<Of> = [Of] extends [infer Known extends Of] ? Known : never;
export interface Receiver<Catalog extends EventCatalog = AuraConnectCatalog> extends RequestReceiver {
  on<Pattern extends EventPattern<Catalog>>(
    pattern: Pattern,
    handler: EventHandler<Later<HandledEvent<Catalog, Pattern>>>,
  ): Receiver<Catalog>;
  onUnknown(handler: EventHandler<WebhookEvent>): Receiver<Catalog>;
  start(): Promise<void>;
  stop(): Promise<void>;
  verify(request: Omit<ReceiverRequest, "method">): Promise<ReceivedEvent<Catalog>>;
}
export interface ReceiverRequest {
  readonly method: string;
  readonly header: HeaderSource;
  readonly body: BodySource;
}
export interface RequestReceiver {
  receive(request: ReceiverRequest): Promise<ReceiverReply>;
}

// src/receiver/reply.ts

export interface ReceiverReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// src/receiver/report.ts

export interface Report {
  failure(error: unknown, event: WebhookEvent | null): void;
  refusal(error: WebhookError): void;
  passedOver(event: WebhookEvent, why: string): void;
}

// src/receiver/request-body.ts

export type BodySource = RawBody | ReadBody;
export type RawBody = Uint8Array | ArrayBuffer | string;
export type ReadBody = (maxBytes: number, signal: AbortSignal) => RawBody | Promise<RawBody>;

// src/receiver/request-headers.ts

export type HeaderSource =
  | ((name: string) => HeaderValue)
  | {
      get(name: string): HeaderValue;
    }
  | Readonly<Record<string, HeaderValue>>;
export type HeaderValue = string | readonly string[] | null | undefined;

// src/receiver/secret-source.ts

type SecretAnswer = string | readonly string[] | null | undefined;
export type SecretLookup = (webhookId: string | null) => SecretAnswer | Promise<SecretAnswer>;
export type SecretSource = string | readonly string[] | SecretLookup;
export type SecretsFor = (webhookId: string | null) => readonly string[] | Promise<readonly string[]>;

// src/receiver/settings.ts

export type InvalidEventJudge = (
  error: WebhookError,
  event: WebhookEvent,
) => InvalidEventPolicy | Promise<InvalidEventPolicy>;
export type InvalidEventPolicy = "refuse" | "accept";
export type ReceiverErrorListener = (error: WebhookError, event: WebhookEvent | null) => unknown;
export interface ReceiverSettings {
  readonly secretsFor: SecretsFor;
  readonly events: EventCatalog;
  readonly idempotency: IdempotencyStore;
  readonly concurrency: number;
  readonly retrySchedule: RetrySchedule | undefined;
  readonly require: SignatureRequirement;
  readonly toleranceMs: number;
  readonly maxEventAgeMs: number | false;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly handlerTimeoutMs: number;
  readonly leaseMs: number;
  readonly retentionMs: number;
  readonly onInvalid: InvalidEventPolicy | InvalidEventJudge;
  readonly onError: ReceiverErrorListener;
  readonly random: () => number;
  readonly logger: Logger;
  readonly clock: Clock;
}
export type SignatureRequirement = "any" | "auraconnect" | "standard" | "both";

// src/receiver/verified-event.ts

export interface VerifiedEvent {
  readonly event: WebhookEvent;
  readonly rawBody: Uint8Array;
  readonly proof: SignatureProof;
}

// src/receiver/verify-signature.ts

export interface SignatureProof {
  readonly webhookId: string | null;
  readonly attemptAt: number | null;
  readonly attemptAtProven: boolean;
  readonly secretIndex: {
    readonly auraconnect: number | null;
    readonly standard: number | null;
  };
}

// src/sender/debug-record.ts

export interface AttemptDebug {
  readonly attempt: number;
  readonly sentAt: string;
  readonly durationMs: number;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  } | null;
  readonly error: string | null;
}

// src/sender/deliveries.ts

export interface CancelDeliveries extends WebhookKey {
  readonly eventId?: string | undefined;
}
export interface Deliveries {
  list(query?: ListDeliveries): Promise<DeliveryLogPage>;
  get(key: DeliveryKey): Promise<DeliveryDetails>;
  resend(key: DeliveryKey): Promise<DeliveryLogRow>;
  recover(request: RecoverDeliveries): Promise<Recovery>;
  recovery(
    key: WebhookKey & {
      readonly recoveryId: string;
    },
  ): Promise<Recovery>;
  cancel(request: CancelDeliveries): Promise<{
    readonly cancelled: number;
  }>;
}
export interface DeliveryKey extends WebhookKey {
  readonly eventId: string;
}
export interface RecoverDeliveries extends WebhookKey {
  readonly since: string | Date;
}

// src/sender/delivery-logs.ts

export interface AttemptLog {
  readonly number: number;
  readonly sentAt: string;
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  readonly error: string | null;
  readonly debug: AttemptDebug | null;
}
export interface DeliveryDetails extends DeliveryLogRow {
  readonly requests: readonly AttemptLog[];
}
export interface DeliveryLogPage {
  readonly logs: readonly DeliveryLogRow[];
  readonly nextCursor: string | null;
}
export interface DeliveryLogRow {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly responseCode: number | null;
  readonly responseTimeMs: number | null;
  readonly timestamp: string;
  readonly nextAttemptAt: string | null;
  readonly error: string | null;
  readonly resends: number;
  readonly test: boolean;
}
export interface ListDeliveries {
  readonly accountId?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly eventType?: string | undefined;
  readonly since?: string | Date | undefined;
  readonly until?: string | Date | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}
export interface WebhookLogPage {
  readonly logs: readonly WebhookLogRow[];
  readonly nextCursor: string | null;
}
export interface WebhookLogRow extends DeliveryLogRow {
  readonly debug: readonly AttemptDebug[] | null;
}

// src/sender/dispatcher.ts

export interface ProcessLoad {
  readonly delivering: boolean;
  readonly inFlight: number;
  readonly waiting: number;
  readonly unsettled: number;
}

// src/sender/draft-event.ts

export interface PublishOptions {
  readonly accountId?: string | undefined;
  readonly attributes?: Attributes | undefined;
  readonly id?: string | undefined;
  readonly created?: string | Date | undefined;
}

// src/sender/erase-account.ts

export interface ErasedAccount {
  readonly webhooks: number;
  readonly events: number;
}

// src/sender/explanation.ts

export interface Explanation {
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly created: string;
    readonly storedAt: string;
    readonly test: boolean;
  };
  readonly webhooks: readonly WebhookExplanation[];
}
export type Verdict =
  | "delivered"
  | "waiting"
  | "retrying"
  | "rate_deferred"
  | "waiting_inactive"
  | "failed"
  | "expired"
  | "cancelled"
  | "not_subscribed"
  | "filtered"
  | "attribute_missing"
  | "inactive"
  | "registered_later"
  | "changed_later";
export interface WebhookExplanation {
  readonly webhookId: string;
  readonly url: string | null;
  readonly verdict: Verdict;
  readonly matches: boolean | null;
  readonly pattern: string | null;
  readonly filter: {
    readonly key: string;
    readonly expected: Scalar | readonly Scalar[];
    readonly actual?: Scalar;
  } | null;
  readonly delivery: DeliveryDetails | null;
  readonly until: string | null;
  readonly reason: string;
  readonly advice: string | null;
}

// src/sender/health-watch.ts

export interface DisableAfter {
  readonly failingForMs: number;
  readonly failures: number;
}

// src/sender/match-webhooks.ts

export interface Unmatched {
  readonly webhookId: string;
  readonly reason: "attribute_missing";
  readonly key: string;
}

// src/sender/options.ts

export interface Keep {
  readonly ageMs: number;
}
export interface SenderOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  readonly store: SenderStore;
  readonly events?: Catalog | undefined;
  readonly secretKeys?: readonly SecretKey[] | undefined;
  readonly plaintextSecrets?: boolean | undefined;
  readonly retrySchedule?: RetrySchedule | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly concurrencyPerWebhook?: number | undefined;
  readonly maxWebhooks?: number | undefined;
  readonly rateLimit?: number | false | RateLimitOf | undefined;
  readonly disableAfter?: DisableAfter | false | undefined;
  readonly retention?: Keep | false | undefined;
  readonly addressPolicy?: AddressPolicyOptions | undefined;
  readonly proxy?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly standardSignature?: boolean | undefined;
  readonly rotationOverlapMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  readonly logger?: Logger | undefined;
  readonly telemetry?: Telemetry | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  readonly transport?: Transport | undefined;
}
export interface TlsOptions {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  readonly cert?: string | Uint8Array | undefined;
  readonly key?: string | Uint8Array | undefined;
  readonly passphrase?: string | undefined;
}

// src/sender/rate-gate.ts

export type RateLimitOf = (accountId: string) => number | false;

// src/sender/recovery.ts

export interface Recovery {
  readonly id: string;
  readonly webhookId: string;
  readonly since: string;
  readonly status: "running" | "done";
  readonly resent: number;
  readonly tooOld: number;
  readonly reachedAt: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

// src/sender/rotate-keys.ts

export interface KeyRotation {
  readonly rotated: number;
  readonly unreadable: readonly {
    readonly accountId: string;
    readonly webhookId: string;
    readonly message: string;
  }[];
}

// src/sender/run-once.ts

export interface OnceAnswer<Answer> {
  readonly answer: Answer;
  readonly replayed: boolean;
}
export interface OnceRequest {
  readonly accountId?: string | undefined;
  readonly key: string;
  readonly fingerprint: string;
}

// src/sender/secret-vault.ts

export interface SecretKey {
  readonly id: string;
  readonly key: Uint8Array | string;
}

// src/sender/sender-events.ts

export interface AttemptSummary {
  readonly number: number;
  readonly sentAt: string;
  readonly responseCode: number | null;
  readonly responseTimeMs: number;
  readonly error: string | null;
}
export interface DeliverySummary {
  readonly id: string;
  readonly accountId: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
}
export type SenderEventName = keyof SenderEvents;
export interface SenderEvents {
  "delivery.succeeded": {
    readonly delivery: DeliverySummary;
    readonly attempt: AttemptSummary;
  };
  "delivery.retrying": {
    readonly delivery: DeliverySummary;
    readonly attempt: AttemptSummary;
  };
  "delivery.failed": {
    readonly delivery: DeliverySummary;
    readonly attempt: AttemptSummary;
  };
  "delivery.expired": {
    readonly delivery: DeliverySummary;
    readonly attempt: AttemptSummary | null;
  };
  "delivery.cancelled": {
    readonly delivery: DeliverySummary;
    readonly attempt: AttemptSummary | null;
  };
  "webhook.disabled": {
    readonly webhook: Webhook;
  };
  "rate.deferred": {
    readonly accountId: string;
    readonly until: string;
  };
  "subscription.attribute_missing": {
    readonly accountId: string;
    readonly webhookId: string;
    readonly eventType: string;
    readonly key: string;
  };
  error: {
    readonly error: Error;
  };
}
export type SenderListener<Name extends SenderEventName> = (event: SenderEvents[Name]) => void | Promise<void>;

// src/sender/sender-stats.ts

export interface SenderStats extends ProcessLoad {
  readonly store: QueueDepth;
}

// src/sender/sender.ts

export type EventToPublish<Catalog extends EventCatalog> = {
  [Type in EventType<Catalog>]: TypedEventToPublish<Type, Catalog[Type]>;
}[EventType<Catalog>];
export interface InTransaction {
  readonly transaction?: unknown;
}
type PayloadToPublish<Catalog extends EventCatalog, Type extends EventType<Catalog>> = [Type] extends [string]
  ? NoInfer<EventPayload<Catalog, Type>>
  : unknown;
export interface PublishResult<Event> {
  readonly event: Event;
  readonly deliveries: readonly {
    readonly id: string;
    readonly webhookId: string;
  }[];
  readonly duplicate: boolean;
  readonly unmatched: readonly Unmatched[];
}
export interface Sender<Catalog extends EventCatalog = EventCatalog> {
  readonly events: EventCatalog;
  readonly webhooks: Webhooks<Catalog>;
  readonly deliveries: Deliveries;
  explain(event: { readonly accountId?: string | undefined; readonly eventId: string }): Promise<Explanation>;
  stats(): Promise<SenderStats>;
  runOnce<Answer>(
    request: OnceRequest,
    run: () => Promise<{
      readonly answer: Answer;
      readonly kept?: Answer;
    }>,
  ): Promise<OnceAnswer<Answer>>;
  eraseAccount(account: { readonly accountId: string }): Promise<ErasedAccount>;
  publish<Type extends EventType<Catalog>>(
    type: Type,
    object: PayloadToPublish<Catalog, Type>,
    options?: PublishOptions & InTransaction,
  ): Promise<PublishResult<EventOf<Catalog, Type>>>;
  publishMany(
    events: readonly EventToPublish<Catalog>[],
    options?: InTransaction,
  ): Promise<readonly PublishResult<EventOf<Catalog>>[]>;
  rotateKeys(): Promise<KeyRotation>;
  start(): Promise<void>;
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
  on<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): this;
  off<Name extends SenderEventName>(name: Name, listener: SenderListener<Name>): this;
}
interface TypedEventToPublish<Type extends string, Definition extends EventDefinition> extends PublishOptions {
  readonly type: Type;
  readonly object: Definition["object"]["_zod"]["input"];
}

// src/sender/test-webhook.ts

export interface WebhookTestResult extends WebhookLogRow {
  readonly responseBody: string | null;
}

// src/sender/webhook-stats.ts

export interface WebhookStats {
  readonly webhookId: string;
  readonly since: string;
  readonly deliveries: Readonly<Record<DeliveryStatus, number>>;
  readonly attempts: number;
  readonly complete: boolean;
  readonly successRate: number | null;
  readonly responseTimeMs: {
    readonly median: number;
    readonly p95: number;
    readonly max: number;
  } | null;
  readonly failuresInARow: number;
  readonly failingSince: string | null;
}

// src/sender/webhook.ts

export interface Webhook {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly filters: Filters | null;
  readonly secret: string;
  readonly active: boolean;
  readonly disabledReason: string | null;
  readonly description: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly throttle: Throttle | null;
  readonly debugMode: boolean;
  readonly debugUntil: string | null;
  readonly rateLimit: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revision: number;
}

// src/sender/webhooks.ts

export interface ListWebhooks {
  readonly accountId?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}
export interface NewWebhook<Catalog extends EventCatalog = EventCatalog> {
  readonly accountId?: string | undefined;
  readonly url: string;
  readonly events: readonly EventPattern<Catalog>[];
  readonly filters?: Filters | null | undefined;
  readonly secret?: string | undefined;
  readonly active?: boolean | undefined;
  readonly description?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly throttle?: Throttle | null | undefined;
  readonly debugMode?: boolean | undefined;
}
export interface SecretRotation extends WebhookKey {
  readonly secret?: string | undefined;
  readonly overlapMs?: number | undefined;
}
export interface WebhookKey {
  readonly accountId?: string | undefined;
  readonly webhookId: string;
}
export interface WebhookPage {
  readonly webhooks: readonly Webhook[];
  readonly nextCursor: string | null;
}
export interface WebhookStatsQuery extends WebhookKey {
  readonly since?: string | Date | undefined;
}
export interface WebhookTest<Catalog extends EventCatalog = EventCatalog> extends WebhookKey {
  readonly eventType: EventType<Catalog>;
  readonly object?: unknown;
}
export interface WebhookUpdate<Catalog extends EventCatalog = EventCatalog> extends WebhookKey {
  readonly changes: Partial<Omit<NewWebhook<Catalog>, "accountId" | "secret">>;
  readonly revision?: number | undefined;
}
export interface Webhooks<Catalog extends EventCatalog = EventCatalog> {
  create(webhook: NewWebhook<Catalog>): Promise<Webhook>;
  get(key: WebhookKey): Promise<Webhook>;
  list(query?: ListWebhooks): Promise<WebhookPage>;
  update(update: WebhookUpdate<Catalog>): Promise<Webhook>;
  delete(key: WebhookKey): Promise<void>;
  rotateSecret(rotation: SecretRotation): Promise<Webhook>;
  confirmSecret(key: WebhookKey): Promise<Webhook>;
  test(test: WebhookTest<Catalog>): Promise<WebhookTestResult>;
  logs(query: WebhookKey & ListDeliveries): Promise<WebhookLogPage>;
  stats(query: WebhookStatsQuery): Promise<WebhookStats>;
}

// src/testing/fake-sender.ts

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
export interface FakeDelivery {
  readonly id: string;
  readonly delivered: boolean;
  readonly attempts: readonly (readonly (number | null)[])[];
}
export type FakeEndpoint = (request: SignedRequest) => Promise<FakeAnswer>;
export interface FakeEventOptions<Payload> {
  readonly object?: Payload | undefined;
  readonly id?: string | undefined;
}
export interface FakeSender<Catalog extends EventCatalog = AuraConnectCatalog> {
  send<Type extends EventType<Catalog>>(
    type: Type,
    options?: FakeEventOptions<EventPayload<Catalog, Type>>,
  ): Promise<FakeDelivery>;
}
export interface FakeSenderOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  readonly to: string | RequestReceiver | FakeEndpoint;
  readonly secret: string;
  readonly clock?: SimulatedClock | undefined;
  readonly retrySchedule?: RetrySchedule | undefined;
  readonly copies?: number | undefined;
  readonly lostAnswers?: number | undefined;
  readonly webhookId?: string | undefined;
  readonly events?: Catalog | undefined;
}
export declare function fakeSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: FakeSenderOptions<Catalog>,
): FakeSender<Catalog>;

// src/testing/signed-request.ts

export interface SignedRequest {
  readonly method: "POST";
  readonly headers: Record<string, string>;
  readonly body: string;
}
export interface SignedRequestOptions<Catalog extends EventCatalog, Type extends EventType<Catalog>> {
  readonly type: Type;
  readonly secret: string;
  readonly object?: EventPayload<Catalog, Type>;
  readonly id?: string;
  readonly created?: string;
  readonly webhookId?: string;
  readonly standard?: boolean;
  readonly now?: number;
  readonly events?: Catalog;
}
export declare function signedRequest<
  Catalog extends EventCatalog = AuraConnectCatalog,
  Type extends EventType<Catalog> = EventType<Catalog>,
>(given: SignedRequestOptions<Catalog, Type>): SignedRequest;

// src/testing/simulated-clock.ts

export interface SimulatedClock extends Clock {
  advance(ms: number): Promise<void>;
  jump(ms: number): Promise<void>;
}
export declare function simulatedClock(startMs?: number): SimulatedClock;

// src/testing/store-conformance/hand-clock.ts

export interface HandClock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}
export declare function handClock(startAt?: number): HandClock;

// src/testing/store-conformance/idempotency-cases.ts

export interface IdempotencyCase {
  readonly name: string;
  run(context: IdempotencyCaseContext): Promise<void>;
}
export interface IdempotencyCaseContext {
  readonly store: IdempotencyStore;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  readonly another?: (() => Promise<IdempotencyStore>) | undefined;
}
export declare const idempotencyCases: readonly IdempotencyCase[];

// src/testing/store-conformance/inbox-cases.ts

export interface InboxCase {
  readonly name: string;
  run(context: InboxCaseContext): Promise<void>;
}
export interface InboxCaseContext {
  readonly inbox: InboxStore;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  readonly another?: (() => Promise<InboxStore>) | undefined;
  readonly transact?: ((work: (transaction: unknown) => void | Promise<void>) => Promise<void>) | undefined;
}
export declare const inboxCases: readonly InboxCase[];

// src/testing/store-conformance/store-case.ts

export interface StoreCase {
  readonly name: string;
  run(context: StoreCaseContext): Promise<void>;
}
export interface StoreCaseContext {
  readonly store: SenderStore;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  readonly another?: (() => Promise<SenderStore>) | undefined;
}

// src/testing/store-conformance/store-cases.ts

export declare const storeCases: readonly StoreCase[];
