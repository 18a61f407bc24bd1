import { BASE_AND_NOW, EACH, WAIT } from "./lua.js";
import { Script } from "./script.js";

/**
 * Makes deliveries that have ended wait again, due now: their deaths are forgotten, and a line says that they were resent.
 *
 * Arguments: now, account, the instant before which an event's `created` is too old; then pairs of a delivery and how
 * often it is known to have been resent.
 * Result: one text of a letter for each: `r` it waits again, or was resent more often; `p` it has not ended; `o` its event
 * is too old; `m` the account has no such delivery, or it is a test.
 */
export const RESEND = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WAIT}
local account, created_since = ARGV[2], tonumber(ARGV[3])

-- Nil where the event is gone.
local function created_of(event_key)
  local length = tonumber(redis.call('GETRANGE', event_key, 0, 7))
  if not length then return nil end
  return tonumber(string.match(redis.call('GETRANGE', event_key, 8, length + 7), '^[^\\t]*\\t([^\\t]*)'))
end

local function resend(id, known, lists)
  local key = base .. 'd:' .. id
  local record = redis.call('GET', key)
  if not record then return 'm' end
  local state, identity, lines = string.match(record, '^([^\\n]*)(\\n[^\\n]*)(.*)$')
  local webhook, of, event_id = string.match(identity, '^\\n([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)')
  if of ~= account or string.sub(lines, 1, 3) == '\\nT\\n' then return 'm' end
  local _, resends = string.gsub(lines, '\\nR', '')
  if resends > known then return 'r' end
  local letter = string.sub(state, 1, 1)
  if letter == 'P' or letter == 'H' then return 'p' end
  local created = created_of(base .. 'e:' .. account .. '\\t' .. event_id)
  if not created then return 'm' end
  if created < created_since then return 'o' end
  local settled_by = string.match(state, '^%a\\t%d*\\t([^\\t]*\\t[^\\t]*)') or '\\t'
  redis.call('SET', key, 'P\\t\\t' .. settled_by .. '\\t' .. now .. identity .. lines .. '\\nR')
  local list = lists[webhook]
  if not list then list = {} lists[webhook] = list end
  list[#list + 1] = now
  list[#list + 1] = id
  return 'r'
end

local answers, lists = {}, {}
for i = 4, #ARGV, 2 do answers[#answers + 1] = resend(ARGV[i], tonumber(ARGV[i + 1]), lists) end
wait(lists)
return table.concat(answers)`);
