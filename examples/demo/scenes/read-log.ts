import type { DeliveryLogRow } from "@auraconnect/webhooks/sender";
import { dim, duration, good, odd, scene, table } from "../screen.js";
import type { Stage } from "../stage.js";

const SCENE = "log";
const ACCOUNTS = ["default", "retry", "once"];

/** The log of everything that the sender of this process has delivered. */
export async function readLog({ sender, tally, backgroundErrors }: Stage): Promise<void> {
  scene(9, "The delivery log", "Every delivery with its last attempt, oldest first.");
  const pages = await Promise.all(ACCOUNTS.map((accountId) => sender.deliveries.list({ accountId })));
  const logs = pages.flatMap((page) => page.logs).toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
  const names = await readNames(sender);
  table([
    ["event", "type", "webhook", "status", "attempts", "code", "time"],
    ...logs.map((row) => [
      row.eventId,
      row.eventType,
      names.get(row.webhookId) ?? row.webhookId,
      status(row),
      String(row.attempts),
      row.responseCode?.toString() ?? dim("none"),
      row.responseTimeMs === null ? "" : duration(row.responseTimeMs),
    ]),
  ]);
  const count = (wanted: DeliveryLogRow["status"]): number => logs.filter((row) => row.status === wanted).length;
  tally.equal(SCENE, "deliveries", logs.length, 18);
  tally.equal(SCENE, "succeeded", count("success"), 17);
  tally.equal(SCENE, "failed", count("failed"), 1);
  tally.equal(SCENE, "still pending", count("pending"), 0);
  tally.equal(
    SCENE,
    "requests in all",
    logs.reduce((sum, { attempts }) => sum + attempts, 0),
    26,
  );
  tally.equal(SCENE, "background errors of the sender", backgroundErrors.length, 0);
}

async function readNames(sender: Stage["sender"]): Promise<ReadonlyMap<string, string>> {
  const pages = await Promise.all(ACCOUNTS.map((accountId) => sender.webhooks.list({ accountId })));
  return new Map(pages.flatMap(({ webhooks }) => webhooks.map(({ id, description }) => [id, description ?? id])));
}

function status({ status }: DeliveryLogRow): string {
  if (status === "success") return good(status);
  return odd(status);
}
