export { createClient, type ClientOptions } from "../client/create-client.js";
export type {
  AnswerOf,
  CallOptions,
  Client,
  InputOf,
  KeyedCallOptions,
  MatchingCallOptions,
  Paged,
} from "../client/client.js";
export { WebhookError, type ErrorCode } from "../errors.js";
