import { randomUUID } from "node:crypto";
import { readFunction } from "../../domain/option-value.js";
import type { IdempotencyClaim, IdempotencyClaimResult, IdempotencyStore } from "../../ports/idempotency.js";
import { portOf, type RedisClient } from "./client.js";
import { RedisConnection } from "./connection.js";
import { CLAIM_KEY, COMPLETE_KEY, RELEASE_KEY } from "./idempotency-lua.js";
import { readPrefix, readTimeoutMs } from "./options.js";
import { numberOf } from "./reply.js";
import type { Script } from "./script.js";
import { toField } from "./text.js";

/** Options of {@link redisIdempotency}. */
export interface RedisIdempotencyOptions {
  readonly client: RedisClient;
  /** How every key begins. Defaults to `webhooks:handled:`. */
  readonly prefix?: string | undefined;
  /** Milliseconds after which a call that got no answer rejects, 100 to 60,000. Defaults to 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds since the Unix epoch. Defaults to the server's clock. */
  readonly now?: (() => number) | undefined;
}

/**
 * Remembers handled events in Redis, one key each, which the server forgets by itself. The client stays the host's.
 *
 * @throws {@link WebhookError} `option_invalid` at once; from its methods `store_unavailable` or `store_refused`.
 */
export function redisIdempotency(options: RedisIdempotencyOptions): IdempotencyStore {
  const connection = new RedisConnection(portOf(options.client), readTimeoutMs(options.timeoutMs));
  return new RedisIdempotencyStore(
    connection,
    readPrefix(options.prefix, "webhooks:handled:"),
    readFunction("now", options.now, undefined),
  );
}

class RedisIdempotencyStore implements IdempotencyStore {
  constructor(
    private readonly connection: RedisConnection,
    private readonly prefix: string,
    private readonly now: (() => number) | undefined,
  ) {}

  async claim({ key, leaseMs }: IdempotencyClaim): Promise<IdempotencyClaimResult> {
    const token = randomUUID();
    const left = numberOf(await this.#run(CLAIM_KEY, key, token, Math.ceil(leaseMs)));
    if (left === -1) return { kind: "claimed", token };
    return left === -2 ? { kind: "done" } : { kind: "in_flight", retryAfterMs: left };
  }

  async complete({ key, token, retentionMs }: Parameters<IdempotencyStore["complete"]>[0]): Promise<void> {
    await this.#run(COMPLETE_KEY, key, token, Math.ceil(retentionMs));
  }

  async release({ key, token }: Parameters<IdempotencyStore["release"]>[0]): Promise<void> {
    await this.#run(RELEASE_KEY, key, token);
  }

  #run(script: Script, key: string, token: string, ms?: number): Promise<unknown> {
    const now = this.now === undefined ? "" : String(Math.floor(this.now()));
    const args = ms === undefined ? [now, toField(token)] : [now, toField(token), String(ms)];
    return this.connection.run(script, this.prefix + toField(key), args);
  }
}
