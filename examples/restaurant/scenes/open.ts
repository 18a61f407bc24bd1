import { randomBytes } from "node:crypto";
import { WebhookError } from "@auraconnect/webhooks";
import { createClient } from "@auraconnect/webhooks/client";
import { opening, say, scene } from "../../demo/screen.js";
import type { Tally } from "../../demo/tally.js";
import { AppProcess } from "../app-process.js";
import type { Lunch } from "../lunch.js";
import type { Scratch } from "../scratch.js";
import { Waiter } from "../waiter.js";

const SCENE = "open";

/** Waits of the backend's retries: short, so that nobody waits for lunch. */
const RETRIES_MS = "500,500,1000,2000,20000";

/** Starts both apps. The display registers its webhook by itself, over the management API. */
export async function open({ env }: Scratch, tally: Tally): Promise<Lunch> {
  const accessToken = randomBytes(24).toString("base64");
  const webhookSecret = randomBytes(24).toString("base64");
  const backend = await AppProcess.start("restaurant-backend", {
    ...env,
    ...{ PORT: "0", SECRET_KEY: randomBytes(32).toString("base64"), ACCESS_TOKEN: accessToken, RETRIES_MS },
  });
  const startDisplay = (port: string): Promise<AppProcess> =>
    AppProcess.start("kitchen-display", {
      ...{ PORT: port, BACKEND_URL: backend.url, ACCESS_TOKEN: accessToken, WEBHOOK_SECRET: webhookSecret },
      RESTAURANT_ID: "1",
    });
  const display = await startDisplay("0");
  opening("A restaurant's backend and the display in its kitchen", [
    ["backend", `Express on port ${backend.port}; ${backend.says}`],
    ["display", `Fastify on port ${display.port}`],
  ]);

  const baseUrl = `${backend.url}/api/v1/webhooks`;
  const client = createClient({ baseUrl, accessToken });
  const { webhooks } = await client.webhooks.list();
  scene(1, "The display registered its webhook", "Over the management API that the backend mounts, at its start.");
  for (const { id, events, filters } of webhooks) say(`${id}  ${events.join(", ")}  ${JSON.stringify(filters)}`);
  const stranger = createClient({ baseUrl, accessToken: "a-token-of-nobody" });
  const told = await stranger.webhooks.list().then(
    () => "the list",
    (error: unknown) => (WebhookError.is(error) ? error.code : String(error)),
  );

  tally.equal(SCENE, "webhooks registered", webhooks.length, 1);
  tally.equal(SCENE, "what a token of nobody is told", told, "unauthorized");
  const webhookId = webhooks[0]!.id;
  return { backend, display, startDisplay, waiter: new Waiter(backend.url), client, webhookId, tally };
}
