import type { PermitRequest, Permits, RateWindow } from "../../ports/rate-window.js";
import type { OpenStore } from "./open-store.js";
import { GIVE_BACK_PERMITS, TAKE_PERMITS } from "./rate-window-lua.js";
import { textsOf } from "./reply.js";
import { toField } from "./text.js";

const MINUTE_MS = 60_000;

/** Minutes that are counted besides the one under way. */
const FULL_MINUTES = 60;

/** The windows of all accounts in Redis: a hash for each, with a field for each minute in which it took a permit. */
export class RedisRateWindow implements RateWindow {
  constructor(private readonly store: () => OpenStore) {}

  async take({ accountId, limit, wanted }: PermitRequest): Promise<Permits> {
    const { keyspace } = this.store();
    const args = [toField(accountId), String(limit), String(wanted)];
    const reply = await keyspace.run(keyspace.partitionOf(accountId), TAKE_PERMITS, args);
    const [nowText, grantedText, oldest] = textsOf(reply);
    const now = Number(nowText);
    const granted = Number(grantedText);
    const minute = Math.floor(now / MINUTE_MS);
    const roomAt = ((oldest === "" ? minute : Number(oldest)) + FULL_MINUTES + 1) * MINUTE_MS;
    return { granted, minute, validForMs: (minute + 1) * MINUTE_MS - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ accountId, minute, count }: Parameters<RateWindow["giveBack"]>[0]): Promise<void> {
    const { keyspace } = this.store();
    const args = [toField(accountId), String(minute), String(count)];
    await keyspace.run(keyspace.partitionOf(accountId), GIVE_BACK_PERMITS, args);
  }
}
