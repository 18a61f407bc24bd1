import type { EndpointHealth, EndpointRecord } from "../../ports/endpoint-health.js";
import type { SqliteConnection } from "./connection.js";
import { GET_STREAK } from "./endpoint-health-sql.js";
import { toStored } from "./text.js";

/** What endpoints have done of late, in SQLite. A webhook without failures has no row. */
export class SqliteEndpointHealth implements EndpointHealth {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]> {
    const now = this.now();
    return this.connection().read((statements) =>
      webhookIds.flatMap((webhookId): EndpointRecord[] => {
        const streak = statements.get<{ failures: number; since: number }>(GET_STREAK, toStored(webhookId));
        if (streak === undefined) return [];
        return [{ webhookId, failures: streak.failures, failingForMs: Math.max(0, now - streak.since) }];
      }),
    );
  }
}
