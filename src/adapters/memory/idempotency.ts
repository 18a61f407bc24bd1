/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import { readArgument, readFunction, readWholeNumber, type NamesOf } from "../../domain/option-value.js";
import type { IdempotencyClaim, IdempotencyClaimResult, IdempotencyStore } from "../../ports/idempotency.js";

/** Options of {@link memoryIdempotency}. */
export interface MemoryIdempotencyOptions {
  /**
   * How many keys are kept: 1 to 10,000,000. Beyond it the keys that were handled longest ago are forgotten before their time;
   * a key that is being handled never is. Defaults to 100,000, which is about 20 MB.
   */
  readonly maxKeys?: number | undefined;
  /** Milliseconds since the Unix epoch. Defaults to the machine's clock. */
  readonly now?: (() => number) | undefined;
}

const NAMES: NamesOf<MemoryIdempotencyOptions> = { maxKeys: true, now: true };

const DEFAULT_MAX_KEYS = 100_000;

/** A map that is full throws, at 16,777,216 keys. */
const LARGEST_MAX_KEYS = 10_000_000;

/** A claim that holds a key, or the claim under which it was handled. */
interface Entry {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Remembers handled events in this process, within a bound: enough for one process, and forgotten when it ends.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option, what it was and what it can be.
 */
export function memoryIdempotency(options: MemoryIdempotencyOptions = {}): IdempotencyStore {
  const { maxKeys, now } = readArgument("memoryIdempotency", options, NAMES);
  const bound = readWholeNumber("maxKeys", maxKeys, DEFAULT_MAX_KEYS, { min: 1, max: LARGEST_MAX_KEYS });
  return new MemoryIdempotencyStore(bound, readFunction("now", now, Date.now));
}

class MemoryIdempotencyStore implements IdempotencyStore {
  /** In the order in which they were claimed. */
  readonly #claims = new Map<string, Entry>();
  /** In the order in which they were handled. */
  readonly #done = new Map<string, Entry>();
  #tokens = 0;

  constructor(
    private readonly maxKeys: number,
    private readonly now: () => number,
  ) {}

  async claim({ key, leaseMs }: IdempotencyClaim): Promise<IdempotencyClaimResult> {
    const now = this.now();
    if (isLive(this.#done.get(key), now)) return { kind: "done" };
    const held = this.#claims.get(key);
    if (held !== undefined && isLive(held, now)) return { kind: "in_flight", retryAfterMs: held.expiresAt - now };
    const token = String((this.#tokens += 1));
    this.#done.delete(key);
    append(this.#claims, key, { token, expiresAt: now + leaseMs });
    this.#forget(now);
    return { kind: "claimed", token };
  }

  async complete({ key, token, retentionMs }: Parameters<IdempotencyStore["complete"]>[0]): Promise<void> {
    const holder = this.#claims.get(key) ?? this.#done.get(key);
    if (holder !== undefined && holder.token !== token) return;
    this.#claims.delete(key);
    append(this.#done, key, { token, expiresAt: this.now() + retentionMs });
    this.#forget(this.now());
  }

  async release({ key, token }: Parameters<IdempotencyStore["release"]>[0]): Promise<void> {
    if (this.#claims.get(key)?.token === token) this.#claims.delete(key);
  }

  /** Drops from the old end what has expired, and of what was handled as much as is beyond the bound. */
  #forget(now: number): void {
    for (const [key, claim] of this.#claims) {
      if (isLive(claim, now)) break;
      this.#claims.delete(key);
    }
    for (const [key, done] of this.#done) {
      if (isLive(done, now) && this.#claims.size + this.#done.size <= this.maxKeys) break;
      this.#done.delete(key);
    }
  }
}

function isLive(entry: Entry | undefined, now: number): boolean {
  return entry !== undefined && entry.expiresAt > now;
}

function append(entries: Map<string, Entry>, key: string, entry: Entry): void {
  entries.delete(key);
  entries.set(key, entry);
}
