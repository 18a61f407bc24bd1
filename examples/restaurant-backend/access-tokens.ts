import { createHash } from "node:crypto";

/**
 * Whose token it is. Digests are compared, so that how long an answer takes tells nothing about a token.
 *
 * A backend keeps such digests in a table, and the tokens nowhere.
 */
export class AccessTokens {
  readonly #accounts: ReadonlyMap<string, string>;

  constructor(tokens: Readonly<Record<string, string>>) {
    this.#accounts = new Map(Object.entries(tokens).map(([accountId, token]) => [digest(token), accountId]));
  }

  accountOf(token: string): string | undefined {
    return this.#accounts.get(digest(token));
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
