import type { Hearing } from "./hearing.js";
import type { Script } from "./script.js";

/** What is asked of a Redis client, whichever it is. Nothing here gives up after a while; callers do. */
export interface RedisPort {
  /** Whether keys are spread over nodes by their slots. */
  readonly isCluster: boolean;

  /** Runs a script that the server has seen. Rejects with `NOSCRIPT` where it has not. */
  runKnown(script: Script, key: string, args: readonly string[]): Promise<unknown>;

  /** Runs a script, and lets the server that has the key know it from then on. */
  run(script: Script, key: string, args: readonly string[]): Promise<unknown>;

  publish(channel: string, message: string): Promise<unknown>;

  /** What each master says of itself, as `INFO` prints it. */
  infos(): Promise<readonly string[]>;

  /** Makes a connection of our own that hears a channel. Answers at once, and never throws. */
  hear(channel: string, onMessage: (message: string) => void): Hearing;
}
