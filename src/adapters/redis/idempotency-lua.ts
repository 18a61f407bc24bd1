import { Script } from "./script.js";

/**
 * A key's value is `c`, the instant at which the claim lapses, a tab and its token; or `d` and the instant at which it is
 * forgotten. The server forgets it then by itself. Instants are compared too, so that tests can bring a time of their own.
 */
const NOW = /* lua */ `
local now = ARGV[1]
if now == '' then
  local time = redis.call('TIME')
  now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end`;

/** Key: of the event. Arguments: now, token, the claim's milliseconds. Result: -1 claimed, -2 done, else milliseconds left. */
export const CLAIM_KEY = new Script(/* lua */ `${NOW}
local value = redis.call('GET', KEYS[1])
if value then
  local kind, instant = string.match(value, '^(%a)(%d+)')
  if tonumber(instant) > tonumber(now) then return kind == 'd' and -2 or instant - now end
end
local lapses = string.format('%.0f', now + ARGV[3])
redis.call('SET', KEYS[1], 'c' .. lapses .. '\\t' .. ARGV[2], 'PX', ARGV[3])
return -1`);

/** Key: of the event. Arguments: now, token, for how many milliseconds it is kept. A claim that lapsed and is forgotten holds still. */
export const COMPLETE_KEY = new Script(/* lua */ `${NOW}
local value = redis.call('GET', KEYS[1])
if value and string.match(value, '\\t(.*)$') ~= ARGV[2] then return end
redis.call('SET', KEYS[1], 'd' .. string.format('%.0f', now + ARGV[3]), 'PX', ARGV[3])`);

/** Key: of the event. Arguments: now, token. */
export const RELEASE_KEY = new Script(/* lua */ `
local value = redis.call('GET', KEYS[1])
if value and string.match(value, '\\t(.*)$') == ARGV[2] then redis.call('DEL', KEYS[1]) end`);
