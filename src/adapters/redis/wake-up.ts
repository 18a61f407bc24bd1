import { randomUUID } from "node:crypto";
import type { RedisConnection } from "./connection.js";
import type { Hearing } from "./hearing.js";
import type { RedisPort } from "./port.js";

/** Milliseconds between two messages: what is made due meanwhile is told with the second. */
const TELL_EVERY_MS = 5;

/** How often it is looked after the connection that hears, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Tells other processes of work that is due, and hears of theirs, by pub/sub. A hint: nothing waits for it, nothing fails
 * with it, and a connection that was lost is made again.
 */
export class WakeUp {
  readonly #listeners = new Set<() => void>();
  /** What is told by this store is no news to those who use it. */
  readonly #self = randomUUID();
  #hearing: Hearing | null = null;
  #looking: NodeJS.Timeout | null = null;
  #pause: NodeJS.Timeout | null = null;
  #toldMeanwhile = false;

  constructor(
    private readonly port: RedisPort,
    private readonly connection: RedisConnection,
    private readonly channel: string,
  ) {}

  /** Says that work is due. */
  tell(): void {
    if (this.#pause !== null) {
      this.#toldMeanwhile = true;
      return;
    }
    this.connection.publish(this.channel, this.#self).catch(() => undefined);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      if (!this.#toldMeanwhile) return;
      this.#toldMeanwhile = false;
      this.tell();
    }, TELL_EVERY_MS);
    this.#pause.unref();
  }

  /** Calls `onDue` when others say that work is due, until the returned function is called. */
  listen(onDue: () => void): () => void {
    const listener = (): void => {
      onDue();
    };
    this.#listeners.add(listener);
    this.#look();
    this.#looking ??= setInterval(() => {
      this.#look();
    }, LOOK_EVERY_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Hears nothing more, and ends the connection that was made for it. */
  close(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    this.#hearing?.end();
    this.#hearing = null;
  }

  #look(): void {
    if (this.#hearing?.isOver() === false) return;
    this.#hearing = this.port.hear(this.channel, (message) => {
      if (message !== this.#self) for (const listener of this.#listeners) listener();
    });
  }
}
