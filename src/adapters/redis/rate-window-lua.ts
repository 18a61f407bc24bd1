import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/**
 * Takes permits of the minute under way, and forgets minutes that no longer count. Those ahead of a clock that was set back
 * count too, but for those so far ahead that they would count for longer than any. An account's minutes are one hash,
 * which the server forgets by itself two hours after the last permit.
 *
 * Arguments: now, account, limit, how many are wanted. Result: now, how many are granted, the oldest minute that counts
 * or an empty text.
 */
export const TAKE_PERMITS = new Script(/* lua */ `${BASE_AND_NOW}
local minutes, minute = base .. 'p:' .. ARGV[2], math.floor(now / 60000)
local counts, used, oldest = redis.call('HGETALL', minutes), 0, nil
for i = 1, #counts, 2 do
  local counted = tonumber(counts[i])
  if math.abs(counted - minute) > 60 then
    redis.call('HDEL', minutes, counts[i])
  else
    used = used + counts[i + 1]
    if not oldest or counted < oldest then oldest = counted end
  end
end
local granted = math.max(0, math.min(ARGV[4], ARGV[3] - used))
if granted > 0 then
  redis.call('HINCRBY', minutes, string.format('%.0f', minute), string.format('%.0f', granted))
  redis.call('PEXPIRE', minutes, 7200000)
end
return { now, granted, oldest and string.format('%.0f', oldest) or '' }`);

/** Gives permits back. Arguments: now, account, minute, how many. */
export const GIVE_BACK_PERMITS = new Script(/* lua */ `${BASE_AND_NOW}
local minutes = base .. 'p:' .. ARGV[2]
local count = redis.call('HGET', minutes, ARGV[3])
if not count then return end
if tonumber(count) <= tonumber(ARGV[4]) then
  redis.call('HDEL', minutes, ARGV[3])
else
  redis.call('HINCRBY', minutes, ARGV[3], -ARGV[4])
end`);
