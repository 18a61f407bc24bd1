import type { Client } from "@auraconnect/webhooks/client";
import type { Tally } from "../demo/tally.js";
import type { Ticket } from "../kitchen-display/board.js";
import type { AppProcess } from "./app-process.js";
import type { Waiter } from "./waiter.js";

/** What the scenes share. */
export interface Lunch {
  readonly backend: AppProcess;
  /** Another one after the display was off. */
  display: AppProcess;
  /** Starts the display; on the port of the one before, where there was one. */
  readonly startDisplay: (port: string) => Promise<AppProcess>;
  readonly waiter: Waiter;
  /** The management API, as the display's account. */
  readonly client: Client;
  readonly webhookId: string;
  readonly tally: Tally;
}

/** What the display shows. */
export interface Shown {
  readonly tickets: readonly Ticket[];
  readonly soldOut: readonly string[];
}

export async function look({ display }: Lunch): Promise<Shown> {
  return (await (await fetch(`${display.url}/board`)).json()) as Shown;
}

/** Deliveries to the display, the oldest first. */
export async function deliveries({ client, webhookId }: Lunch) {
  const { logs } = await client.webhooks.logs({ webhook_id: webhookId, limit: 200 });
  return logs.reverse();
}
