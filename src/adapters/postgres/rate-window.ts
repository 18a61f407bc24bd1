import type { PermitRequest, Permits, RateWindow } from "../../ports/rate-window.js";
import type { PostgresConnection } from "./connection.js";
import { GIVE_BACK_PERMITS, TAKE_PERMITS } from "./rate-window-sql.js";
import { toStored } from "./text.js";

const MINUTE_MS = 60_000;

/** Minutes that are counted besides the one under way. */
const FULL_MINUTES = 60;

/** The windows of all accounts in PostgreSQL: a row for each account, which holds its last 61 minutes. */
export class PostgresRateWindow implements RateWindow {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async take({ accountId, limit, wanted }: PermitRequest): Promise<Permits> {
    const [row] = await this.connection().all<{ granted: number; now: number; oldest: number | null }>(TAKE_PERMITS, [
      this.now(),
      toStored(accountId),
      limit,
      wanted,
    ]);
    const now = Number(row?.now);
    const granted = Number(row?.granted);
    const minute = Math.floor(now / MINUTE_MS);
    const roomAt = (Number(row?.oldest ?? minute) + FULL_MINUTES + 1) * MINUTE_MS;
    return { granted, minute, validForMs: (minute + 1) * MINUTE_MS - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ accountId, minute, count }: Parameters<RateWindow["giveBack"]>[0]): Promise<void> {
    await this.connection().all(GIVE_BACK_PERMITS, [toStored(accountId), minute, count]);
  }
}
