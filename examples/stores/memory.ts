import { memoryStore } from "@auraconnect/webhooks/memory";
import { sendOne } from "./send-one.js";

/** For tests and demos: what is not delivered yet goes with the process. */
await sendOne(memoryStore());
