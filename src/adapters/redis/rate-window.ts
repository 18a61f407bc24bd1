import type { PermitRequest, Permits, RateWindow, UnusedPermits } from "../../ports/rate-window.js";
import type { OpenStore } from "./open-store.js";
import { GIVE_BACK_PERMITS, TAKE_PERMITS } from "./rate-window-lua.js";
import { textsOf } from "./reply.js";
import { toField } from "./text.js";

/** All windows in Redis: a hash for each, with a field for each slot in which a permit was taken. */
export class RedisRateWindow implements RateWindow {
  constructor(private readonly store: () => OpenStore) {}

  async take({ key, slotMs, slots, limit, wanted }: PermitRequest): Promise<Permits> {
    const { keyspace } = this.store();
    const args = [toField(key), ...[limit, wanted, slotMs, slots].map(String)];
    const [nowText, grantedText, oldest] = textsOf(await keyspace.run(keyspace.partitionOf(key), TAKE_PERMITS, args));
    const now = Number(nowText);
    const granted = Number(grantedText);
    const slot = Math.floor(now / slotMs);
    const roomAt = ((oldest === "" ? slot : Number(oldest)) + slots + 1) * slotMs;
    return { granted, slot, validForMs: (slot + 1) * slotMs - now, retryInMs: granted > 0 ? 0 : roomAt - now };
  }

  async giveBack({ key, slot, count }: UnusedPermits): Promise<void> {
    const { keyspace } = this.store();
    const args = [toField(key), String(slot), String(count)];
    await keyspace.run(keyspace.partitionOf(key), GIVE_BACK_PERMITS, args);
  }
}
