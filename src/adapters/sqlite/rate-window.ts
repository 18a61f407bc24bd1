import type { PermitRequest, Permits, RateWindow } from "../../ports/rate-window.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { ADD_PERMITS, DELETE_PERMITS, FORGET_MINUTES, GET_USED, SUBTRACT_PERMITS } from "./rate-window-sql.js";
import { toStored } from "./text.js";

const MINUTE_MS = 60_000;

/** Minutes that are counted besides the one under way. */
const FULL_MINUTES = 60;

/** Old minutes that one call forgets by the way: more than the one it may add, so that they never pile up. */
const FORGOTTEN_AT_ONCE = 10;

/** What was taken and not given back. */
type GivenBack = Parameters<RateWindow["giveBack"]>[0];

/** The windows of all accounts in SQLite: a row for each minute in which an account took a permit. */
export class SqliteRateWindow implements RateWindow {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async take(request: PermitRequest): Promise<Permits> {
    return this.connection().write((statements) => take(statements, this.now(), request));
  }

  async giveBack(permits: GivenBack): Promise<void> {
    await this.connection().write((statements) => {
      giveBack(statements, permits);
    });
  }
}

/** Inside a write transaction, which keeps other processes out between the sum and the insert. */
function take(statements: Statements, now: number, { accountId, limit, wanted }: PermitRequest): Permits {
  const minute = Math.floor(now / MINUTE_MS);
  const account = toStored(accountId);
  const window = statements.get<{ used: number; oldest: number | null }>(
    GET_USED,
    ...[account, minute - FULL_MINUTES, minute + FULL_MINUTES],
  );
  const granted = Math.max(0, Math.min(wanted, limit - (window?.used ?? 0)));
  if (granted > 0) statements.run(ADD_PERMITS, account, minute, granted);
  statements.run(FORGET_MINUTES, minute - FULL_MINUTES, FORGOTTEN_AT_ONCE);
  const roomAt = ((window?.oldest ?? minute) + FULL_MINUTES + 1) * MINUTE_MS;
  return { granted, minute, validForMs: (minute + 1) * MINUTE_MS - now, retryInMs: granted > 0 ? 0 : roomAt - now };
}

function giveBack(statements: Statements, { accountId, minute, count }: GivenBack): void {
  const account = toStored(accountId);
  statements.run(DELETE_PERMITS, account, minute, count);
  statements.run(SUBTRACT_PERMITS, count, account, minute, count);
}
