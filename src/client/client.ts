import type { z } from "zod";
import type { OPERATIONS } from "../management/operations.js";
import type { OperationName } from "../management/routes.js";

/** What can be given with any call. */
export interface CallOptions {
  /** Ends the call, and all of its retries, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for each request. Defaults to the client's. */
  readonly timeoutMs?: number | undefined;
}

/** For calls that an `Idempotency-Key` makes repeatable. */
export interface KeyedCallOptions extends CallOptions {
  /** 1 to 255 printable ASCII characters. Defaults to a new one per call, which its retries share. */
  readonly idempotencyKey?: string | undefined;
}

/** For calls that change what was read. */
export interface MatchingCallOptions extends CallOptions {
  /** The `etag` of what was read; `webhook_stale` where it was changed since. Such a call is not retried. */
  readonly ifMatch?: string | undefined;
}

/** A page, and by `for await` the rows of it and of all pages behind it. */
export type Paged<Page, Row> = Promise<Page> & AsyncIterable<Row>;

type Table = typeof OPERATIONS;

type PathOf<Name extends OperationName> = { readonly [Key in keyof Table[Name]["parameters"]]: string };
type QueryOf<Name extends OperationName> = Table[Name]["querySchema"] extends infer Schema extends z.ZodObject
  ? z.output<Schema>
  : unknown;
type BodyOf<Name extends OperationName> = Table[Name]["bodySchema"] extends infer Schema extends z.ZodObject
  ? z.input<Schema>
  : unknown;

/** What an operation takes: parameters of path and query, and the fields of the body, by their names in the API. */
export type InputOf<Name extends OperationName> = PathOf<Name> & QueryOf<Name> & BodyOf<Name>;

type Response<Name extends OperationName> = Table[Name]["response"] extends infer Schema extends z.ZodType
  ? z.output<Schema>
  : undefined;

/** What an operation answers. A webhook comes with the `etag` for `ifMatch`. */
export type AnswerOf<Name extends OperationName> = Table[Name] extends { readonly etag: true }
  ? Response<Name> & { readonly etag: string }
  : Response<Name>;

type OptionsOf<Name extends OperationName> = Table[Name] extends { readonly ifMatch: true }
  ? MatchingCallOptions
  : Table[Name]["repeatable"] extends "with_key"
    ? KeyedCallOptions
    : CallOptions;

type Answered<Name extends OperationName> = Table[Name] extends { readonly pages: infer List }
  ? AnswerOf<Name> extends infer Page
    ? List extends keyof Page
      ? Page[List] extends readonly (infer Row)[]
        ? Paged<Page, Row>
        : never
      : never
    : never
  : Promise<AnswerOf<Name>>;

type Method<Name extends OperationName> =
  Partial<InputOf<Name>> extends InputOf<Name>
    ? (input?: InputOf<Name>, options?: OptionsOf<Name>) => Answered<Name>
    : (input: InputOf<Name>, options?: OptionsOf<Name>) => Answered<Name>;

type GroupOf<Name extends string> = Name extends `${infer Group}.${string}` ? Group : never;

/** The client of a management API: `client.webhooks.create`, and a method for every other operation. */
export type Client = {
  readonly [Group in GroupOf<OperationName>]: {
    readonly [Name in OperationName as Name extends `${Group}.${infer Short}` ? Short : never]: Method<Name>;
  };
};
