/**
 * The display in the kitchen of one restaurant, as a process of its own. It keeps its tickets in memory: at each start it
 * registers its webhook and then reads how things stand, so that nothing falls in between.
 */
import { createClient } from "@auraconnect/webhooks/client";
import { createApp } from "./app.js";
import { Board } from "./board.js";
import { readRestaurant } from "./read-restaurant.js";
import { registerWebhook } from "./register-webhook.js";

const { BACKEND_URL = "http://127.0.0.1:3000", ACCESS_TOKEN = "", WEBHOOK_SECRET = "", PORT = "4000" } = process.env;
const restaurantId = Number(process.env["RESTAURANT_ID"] ?? 1);

const board = new Board();
const app = await createApp(board, WEBHOOK_SECRET);
const address = await app.listen({ port: Number(PORT), host: "127.0.0.1" });

const client = createClient({ baseUrl: `${BACKEND_URL}/api/v1/webhooks`, accessToken: ACCESS_TOKEN });
const url = `${address}/webhooks/auraconnect`;
const webhookId = await registerWebhook(client, { url, secret: WEBHOOK_SECRET, restaurantId });
await readRestaurant(BACKEND_URL, restaurantId, board);
console.log(`webhook ${webhookId}; listening on ${new URL(address).port}`);

process.once("SIGTERM", () => void app.close());
