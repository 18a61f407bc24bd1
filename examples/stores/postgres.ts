import pg from "pg";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { sendOne } from "./send-one.js";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] });
// An idle connection that breaks is replaced; without a listener its error would end the process.
pool.on("error", (error) => {
  console.error(error.message);
});

await sendOne(postgresStore({ pool, schema: process.env["DATABASE_SCHEMA"] ?? "webhooks" }));
// After the sender: it listens on a connection of this pool for as long as it runs.
await pool.end();
