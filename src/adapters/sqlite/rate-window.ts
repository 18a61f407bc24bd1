import type { PermitRequest, Permits, RateWindow, UnusedPermits } from "../../ports/rate-window.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { ADD_PERMITS, DELETE_PERMITS, FORGET_SLOTS, GET_USED, SUBTRACT_PERMITS } from "./rate-window-sql.js";
import { toStored } from "./text.js";

/** Old slots that one call forgets by the way: more than the one it may add, so that they never pile up. */
const FORGOTTEN_AT_ONCE = 10;

/** All windows in SQLite: a row for each slot of a window in which a permit was taken. */
export class SqliteRateWindow implements RateWindow {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async take(request: PermitRequest): Promise<Permits> {
    return this.connection().write((statements) => take(statements, this.now(), request));
  }

  async giveBack(permits: UnusedPermits): Promise<void> {
    await this.connection().write((statements) => {
      giveBack(statements, permits);
    });
  }
}

/** Inside a write transaction, which keeps other processes out between the sum and the insert. */
function take(statements: Statements, now: number, request: PermitRequest): Permits {
  const { slotMs, slots, limit, wanted } = request;
  const slot = Math.floor(now / slotMs);
  const key = toStored(request.key);
  const window = statements.get<{ used: number; oldest: number | null }>(GET_USED, key, slot - slots, slot + slots);
  const granted = Math.max(0, Math.min(wanted, limit - (window?.used ?? 0)));
  if (granted > 0) statements.run(ADD_PERMITS, key, slot, granted, (slot + slots + 1) * slotMs);
  statements.run(FORGET_SLOTS, now, FORGOTTEN_AT_ONCE);
  const roomAt = ((window?.oldest ?? slot) + slots + 1) * slotMs;
  return { granted, slot, validForMs: (slot + 1) * slotMs - now, retryInMs: granted > 0 ? 0 : roomAt - now };
}

function giveBack(statements: Statements, { key, slot, count }: UnusedPermits): void {
  statements.run(DELETE_PERMITS, toStored(key), slot, count);
  statements.run(SUBTRACT_PERMITS, count, toStored(key), slot, count);
}
