/** The backend as a process of its own. SIGTERM stops it: requests are answered, and what is in flight is recorded. */
import type { AddressInfo } from "node:net";
import { createSender } from "@auraconnect/webhooks";
import { AccessTokens } from "./access-tokens.js";
import { createApp } from "./app.js";
import { ACCOUNT_ID } from "./backend.js";
import { openDatabase } from "./database.js";

const { SECRET_KEY = "", ACCESS_TOKEN = "", PORT = "3000", RETRIES_MS } = process.env;
if (ACCESS_TOKEN.length < 16) throw new Error("ACCESS_TOKEN must have 16 characters or more: openssl rand -base64 24");

const database = await openDatabase(process.env);
const sender = createSender({
  store: database.store,
  secretKeys: [{ id: "2026-11", key: SECRET_KEY }],
  // For apps on this machine only: https and public addresses are the default.
  addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  // Leave it out, and retries come after 10 s, 30 s, 1 min, 5 min and 30 min.
  ...(RETRIES_MS === undefined ? {} : { retrySchedule: RETRIES_MS.split(",").map(Number) }),
}).on("error", ({ error }) => {
  console.error(error.message);
});
await sender.start();

const app = createApp({ database, sender }, new AccessTokens({ [ACCOUNT_ID]: ACCESS_TOKEN }));
const server = app.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`${database.name}; listening on ${(server.address() as AddressInfo).port}`);
});

process.once("SIGTERM", () => {
  server.close(() => {
    void sender.stop().then(() => database.close());
  });
});
