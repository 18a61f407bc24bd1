import type { EndpointHealth, EndpointRecord } from "../../ports/endpoint-health.js";
import { READ_FAILURES } from "./endpoint-health-lua.js";
import type { OpenStore } from "./open-store.js";
import { textsOf } from "./reply.js";
import { toField } from "./text.js";

/** What endpoints have done of late, in a hash for each partition. A webhook without failures has no field. */
export class RedisEndpointHealth implements EndpointHealth {
  constructor(private readonly store: () => OpenStore) {}

  /** Every partition is asked: which account has a webhook is not said. */
  async read(webhookIds: readonly string[]): Promise<readonly EndpointRecord[]> {
    const answers = await this.store().keyspace.runInAll(READ_FAILURES, webhookIds.map(toField));
    const replies = answers.map((answer) => {
      const [now = "", ...streaks] = textsOf(answer);
      return { now: Number(now), streaks };
    });
    return webhookIds.flatMap((webhookId, index): EndpointRecord[] => {
      for (const { now, streaks } of replies) {
        const [failures, since] = (streaks[index] ?? "").split(" ").map(Number);
        if (failures === undefined || since === undefined) continue;
        return [{ webhookId, failures, failingForMs: Math.max(0, now - since) }];
      }
      return [];
    });
  }
}
