import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { sendOne } from "./send-one.js";

/** The store opens the file, and closes it when the sender stops. Any number of processes on this machine may share it. */
await sendOne(sqliteStore({ path: process.env["DATABASE_PATH"] ?? "webhooks.db" }));
