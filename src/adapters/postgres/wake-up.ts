import { createHash, randomUUID } from "node:crypto";
import type { Logger } from "../../ports/logger.js";
import type { PostgresConnection } from "./connection.js";
import { hasMethod } from "./database.js";

/** Milliseconds within which further notifications become one. It is what the second of two events is late by at most. */
const COALESCE_MS = 5;

/** Pauses before a lost connection is had again, doubling, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** For a transaction of the host's, which it leaves as it is. */
export const NOTIFY = /* sql */ `select pg_notify($1, $2)`;

/**
 * In a transaction of its own: a notification in that of an insert makes all commits wait for each other. It waits for no
 * disk, for what one that is lost in a crash told of is found when somebody looks.
 */
const NOTIFY_ALONE = /* sql */ `select pg_notify($1, $2), set_config('synchronous_commit', 'off', true)`;

/** A connection that is ours alone. */
interface DedicatedClient {
  query(text: string): PromiseLike<unknown>;
  on(event: string, listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  release(destroy: boolean): unknown;
}

/** The channel of a schema; names of channels are shorter than those of schemas may be. */
export function channelOf(schema: string): string {
  return `webhooks_${createHash("sha256").update(schema).digest("hex").slice(0, 16)}`;
}

/** Whether a pool lends connections that can be kept for listening, and has one to spare. */
export function canListen(pool: object): boolean {
  if (!hasMethod(pool, "connect")) return false;
  const { options } = pool as { readonly options?: { readonly max?: unknown } };
  return typeof options?.max !== "number" || options.max > 1;
}

/**
 * Tells other processes that something became due, and hears it from them. All of it is a hint: whatever fails here
 * costs latency, and is tried again.
 */
export class WakeUp {
  /** Tells our own notifications apart. */
  readonly #id = randomUUID();
  readonly #listeners = new Set<() => void>();
  #client: DedicatedClient | null = null;
  #connecting = false;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelPause: () => void = () => undefined;
  #telling = false;
  #tellAgain = false;

  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly logger: () => Logger,
  ) {}

  /** Says that something was made due for others. Answers at once; many at a time become one. */
  notify(): void {
    if (this.#telling) {
      this.#tellAgain = true;
      return;
    }
    this.#telling = true;
    this.#tellAgain = false;
    void this.#tell().finally(() => {
      setTimeout(() => {
        this.#telling = false;
        if (this.#tellAgain) this.notify();
      }, COALESCE_MS).unref();
    });
  }

  /** Calls `onDue` when another says so, until the returned function is called. */
  listen(onDue: () => void): () => void {
    const listener = (): void => {
      onDue();
    };
    this.#listeners.add(listener);
    this.#connect();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Gives the connection back. */
  close(): void {
    this.#listeners.clear();
    this.#cancelPause();
    this.#drop(this.#client);
  }

  async #tell(): Promise<void> {
    try {
      const connection = this.connection();
      await connection.all(NOTIFY_ALONE, [channelOf(connection.schema), this.#id]);
    } catch (error) {
      this.logger().debug({ err: error }, "others were not told of due work; they find it when they look");
    }
  }

  #connect(): void {
    if (this.#connecting || this.#client !== null) return;
    this.#connecting = true;
    void this.#listenOnce().finally(() => {
      this.#connecting = false;
    });
  }

  async #listenOnce(): Promise<void> {
    let client: DedicatedClient | null = null;
    try {
      const { pool, schema } = this.connection();
      const lent = hasMethod(pool, "connect") ? await pool.connect() : null;
      if (!isDedicated(lent)) return;
      client = lent;
      this.#hear(client);
      await client.query(`listen ${channelOf(schema)}`);
      if (this.#listeners.size === 0) {
        client.release(true);
        return;
      }
      this.#client = client;
      this.#pauseMs = FIRST_PAUSE_MS;
      // Whatever was told of while nobody heard.
      this.#call();
    } catch (error) {
      client?.release(true);
      this.#connectLater(error);
    }
  }

  #hear(client: DedicatedClient): void {
    client.on("notification", ({ payload }) => {
      if (payload !== this.#id) this.#call();
    });
    const lost = (error: unknown): void => {
      if (this.#client !== client) return;
      this.#drop(client);
      this.#connectLater(error);
    };
    client.on("error", lost);
    client.on("end", () => {
      lost(new Error("The connection ended."));
    });
  }

  #connectLater(error: unknown): void {
    if (this.#listeners.size === 0) return;
    this.logger().debug(
      { err: error, pauseMs: this.#pauseMs },
      "not listening; due work is found by looking meanwhile",
    );
    const timer = setTimeout(() => {
      this.#connect();
    }, this.#pauseMs).unref();
    this.#cancelPause = () => {
      clearTimeout(timer);
    };
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #call(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The connection is closed, not returned to the pool: it would go on hearing there. */
  #drop(client: DedicatedClient | null): void {
    if (client === null) return;
    this.#client = null;
    client.release(true);
  }
}

function isDedicated(client: unknown): client is DedicatedClient {
  return (
    typeof client === "object" &&
    client !== null &&
    hasMethod(client, "query") &&
    hasMethod(client, "on") &&
    hasMethod(client, "release")
  );
}
