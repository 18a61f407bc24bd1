import type { PermitRequest, Permits, RateWindow, UnusedPermits } from "../../ports/rate-window.js";
import type { PostgresConnection } from "./connection.js";
import { GIVE_BACK_PERMITS, TAKE_PERMITS } from "./rate-window-sql.js";
import { toStored } from "./text.js";

/** All windows in PostgreSQL: a row for each, which holds its last slots. */
export class PostgresRateWindow implements RateWindow {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async take({ key, slotMs, slots, limit, wanted }: PermitRequest): Promise<Permits> {
    const [row] = await this.connection().all<{ granted: number; now: number; oldest: number | null }>(TAKE_PERMITS, [
      this.now(),
      toStored(key),
      limit,
      wanted,
      slotMs,
      slots,
    ]);
    const now = Number(row?.now);
    const granted = Number(row?.granted);
    const slot = Math.floor(now / slotMs);
    const roomAt = (Number(row?.oldest ?? slot) + slots + 1) * slotMs;
    return { granted, slot, validForMs: (slot + 1) * slotMs - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ key, slot, count }: UnusedPermits): Promise<void> {
    await this.connection().all(GIVE_BACK_PERMITS, [toStored(key), slot, count]);
  }
}
