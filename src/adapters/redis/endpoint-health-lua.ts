import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/** Arguments: now, then webhooks. Result: now, then for each its failures and since when, or an empty text. */
export const READ_FAILURES = new Script(/* lua */ `${BASE_AND_NOW}
local reply = { now }
for i = 2, #ARGV do reply[i] = redis.call('HGET', base .. 'failures', ARGV[i]) or '' end
return reply`);
