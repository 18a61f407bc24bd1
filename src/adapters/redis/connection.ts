import { WebhookError } from "../../errors.js";
import { isNoScript, storeError } from "./failure.js";
import type { RedisPort } from "./port.js";
import type { Script } from "./script.js";

/**
 * The host's client, asked with an end in sight: whatever it is set to do about a server that is away, a call is
 * answered or rejects within `timeoutMs`. What it carries out after that takes effect once, like any answer that was lost.
 */
export class RedisConnection {
  constructor(
    private readonly port: RedisPort,
    private readonly timeoutMs: number,
  ) {}

  get isCluster(): boolean {
    return this.port.isCluster;
  }

  /** Runs a script by its name, and in full where the server does not know it. @throws {@link WebhookError} */
  async run(script: Script, key: string, args: readonly string[]): Promise<unknown> {
    return this.#ask(async () => {
      try {
        return await this.port.runKnown(script, key, args);
      } catch (error) {
        if (isNoScript(error)) return this.port.run(script, key, args);
        throw error;
      }
    });
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#ask(() => this.port.publish(channel, message));
  }

  async infos(): Promise<readonly string[]> {
    return this.#ask(() => this.port.infos());
  }

  async #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new WebhookError("store_unavailable", `Redis did not answer within ${this.timeoutMs} ms.`));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([ask(), tooLate]);
    } catch (error) {
      throw storeError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
