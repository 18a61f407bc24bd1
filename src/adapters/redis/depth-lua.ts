import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/** Arguments: now. Result: how many deliveries are held, then the webhooks of all lanes, those of parked ones last. */
export const LIST_LANES = new Script(/* lua */ `${BASE_AND_NOW}
local held = 0
local function count(owner)
  for _, field in ipairs(redis.call('HKEYS', base .. 'h:' .. owner)) do
    if string.sub(field, -1) == '#' then held = held + redis.call('HGET', base .. 'h:' .. owner, field) end
  end
end
for _, owner in ipairs(redis.call('ZRANGE', base .. 'lives', 0, -1)) do count(owner) end
for _, owner in ipairs(redis.call('HKEYS', base .. 'ended')) do count(owner) end
return { held, redis.call('ZRANGE', base .. 'heads', 0, -1), redis.call('SMEMBERS', base .. 'parked') }`);

/**
 * Arguments: now, webhooks. Result: how many deliveries wait for them; for how many milliseconds the first of those that
 * are not parked has been due, 0 where none is.
 */
export const MEASURE_LANES = new Script(/* lua */ `${BASE_AND_NOW}
local waiting, due_for = 0, 0
for i = 2, #ARGV do
  local count = redis.call('ZCARD', base .. 'q:' .. ARGV[i])
  waiting = waiting + count
  if count > 0 and redis.call('SISMEMBER', base .. 'parked', ARGV[i]) == 0 then
    due_for = math.max(due_for, now - redis.call('ZRANGE', base .. 'q:' .. ARGV[i], 0, 0, 'WITHSCORES')[2])
  end
end
return { waiting, due_for }`);
