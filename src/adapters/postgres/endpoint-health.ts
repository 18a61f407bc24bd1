import type { EndpointHealth, EndpointRecord } from "../../ports/endpoint-health.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import { READ_FAILURES } from "./endpoint-health-sql.js";
import { toStored } from "./text.js";

/** What endpoints have done of late, in PostgreSQL; settling counts. A webhook without failures has no row. */
export class PostgresEndpointHealth implements EndpointHealth {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]> {
    const rows = await this.connection().all<{ position: number; failures: number; failingForMs: number }>(
      READ_FAILURES,
      [column(webhookIds.map(toStored)), this.now()],
    );
    return rows.map(({ position, failures, failingForMs }) => ({
      webhookId: webhookIds[Number(position) - 1] ?? "",
      failures: Number(failures),
      failingForMs: Math.max(0, Number(failingForMs)),
    }));
  }
}
