import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/**
 * Takes permits of the slot under way, and forgets slots that no longer count. Those ahead of a clock that was set back count
 * too, but for those so far ahead that they would count for longer than any. A window is one hash, which the server forgets
 * by itself when twice its length has passed since the last permit.
 *
 * Arguments: now, key, limit, how many are wanted, milliseconds of a slot, full slots of the window. Result: now, how many
 * are granted, the oldest slot that counts or an empty text.
 */
export const TAKE_PERMITS = new Script(/* lua */ `${BASE_AND_NOW}
local window, slot, full = base .. 'p:' .. ARGV[2], math.floor(now / ARGV[5]), tonumber(ARGV[6])
local counts, used, oldest = redis.call('HGETALL', window), 0, nil
for i = 1, #counts, 2 do
  local counted = tonumber(counts[i])
  if math.abs(counted - slot) > full then
    redis.call('HDEL', window, counts[i])
  else
    used = used + counts[i + 1]
    if not oldest or counted < oldest then oldest = counted end
  end
end
local granted = math.max(0, math.min(ARGV[4], ARGV[3] - used))
if granted > 0 then
  redis.call('HINCRBY', window, string.format('%.0f', slot), string.format('%.0f', granted))
  redis.call('PEXPIRE', window, string.format('%.0f', 2 * (full + 1) * ARGV[5]))
end
return { now, granted, oldest and string.format('%.0f', oldest) or '' }`);

/** Gives permits back. Arguments: now, key, slot, how many. */
export const GIVE_BACK_PERMITS = new Script(/* lua */ `${BASE_AND_NOW}
local window = base .. 'p:' .. ARGV[2]
local count = redis.call('HGET', window, ARGV[3])
if not count then return end
if tonumber(count) <= tonumber(ARGV[4]) then
  redis.call('HDEL', window, ARGV[3])
else
  redis.call('HINCRBY', window, ARGV[3], -ARGV[4])
end`);
