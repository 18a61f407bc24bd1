import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/**
 * A log is a sorted set whose members are what one script stored at one instant, ids with tabs in between: what is
 * published together is logged together. `members(log, newest, oldest, count)` reads as many of them as have `count` ids,
 * newest first, and never cuts an instant apart; it answers them, and the instant of the last where older ones are left.
 */
const MEMBERS = /* lua */ `
local function members(log, newest, oldest, count)
  local found, last, offset, ids = {}, nil, 0, 0
  while true do
    local some = redis.call('ZREVRANGEBYSCORE', log, newest, oldest, 'WITHSCORES', 'LIMIT', offset, 10)
    for i = 1, #some, 2 do
      if ids >= count and some[i + 1] ~= last then return found, last end
      found[#found + 1] = some[i]
      last = some[i + 1]
      local _, tabs = string.gsub(some[i], '\\t', '')
      ids = ids + tabs + 1
    end
    if #some < 20 then return found, '' end
    offset = offset + 10
  end
end`;

/** Adds a delivery's id and record to a reply. */
const ADD_DELIVERY = /* lua */ `
local function add_delivery(reply, id)
  local record = redis.call('GET', base .. 'd:' .. id)
  if record then
    reply[#reply + 1] = id
    reply[#reply + 1] = record
  end
end`;

/** Adds the deliveries of an event, whose ids it reads off the head of the event without its body. */
const ADD_EVENT = /* lua */ `
local function add_event(reply, event_key)
  local head = redis.call('GETRANGE', event_key, 0, 511)
  local length = tonumber(string.sub(head, 1, 8))
  if not length then return end
  if length + 8 > #head then head = redis.call('GETRANGE', event_key, 0, length + 7) end
  local field = 0
  for text in string.gmatch(string.sub(head, 9, 8 + length) .. '\\t', '([^\\t]*)\\t') do
    field = field + 1
    if field > 4 and field % 2 == 1 then add_delivery(reply, text) end
  end
end`;

/**
 * Deliveries of one webhook, newest first; those of one instant are never cut apart.
 *
 * Arguments: now, webhook, the newest instant and the oldest, as ZREVRANGEBYSCORE takes them, how many at least.
 * Result: the instant of the last, empty where none is older; then for each its id and its record.
 */
export const LIST_BY_WEBHOOK = new Script(/* lua */ `${BASE_AND_NOW}${MEMBERS}${ADD_DELIVERY}
local found, last = members(base .. 'w:' .. ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]))
local reply = { last }
for _, ids in ipairs(found) do
  for id in string.gmatch(ids, '[^\\t]+') do add_delivery(reply, id) end
end
return reply`);

/** The same of an account, by its events. Arguments and result as before, with the account in the webhook's place. */
export const LIST_BY_ACCOUNT = new Script(/* lua */ `${BASE_AND_NOW}${MEMBERS}${ADD_DELIVERY}${ADD_EVENT}
local found, last = members(base .. 'a:' .. ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]))
local reply = { last }
for _, ids in ipairs(found) do
  for id in string.gmatch(ids, '[^\\t]+') do add_event(reply, base .. 'e:' .. ARGV[2] .. '\\t' .. id) end
end
return reply`);

/** Deliveries of one event. Arguments: now, the end of the event's key. Result: as before, always to the end. */
export const LIST_BY_EVENT = new Script(/* lua */ `${BASE_AND_NOW}${ADD_DELIVERY}${ADD_EVENT}
local reply = { '' }
add_event(reply, base .. 'e:' .. ARGV[2])
return reply`);

/** Arguments: now, delivery. Result: its record, or an empty text. */
export const GET_RECORD = new Script(/* lua */ `${BASE_AND_NOW}
return redis.call('GET', base .. 'd:' .. ARGV[2]) or ''`);

/** Arguments: now, the end of the event's key. Result: its value, or an empty text. */
export const GET_EVENT = new Script(/* lua */ `${BASE_AND_NOW}
return redis.call('GET', base .. 'e:' .. ARGV[2]) or ''`);

/**
 * Counts what became of deliveries of one webhook, newest first, tests left out; those of one instant are read together.
 *
 * Arguments: now, webhook, the newest instant and the oldest, as ZREVRANGEBYSCORE takes them, how many to read at least;
 * account; the most to count.
 * Result: the instant of the last that was read, empty where none is older; how many there are; then, of those that are
 * counted, the attempts, and how many are pending, success, failed, expired and cancelled.
 */
export const COUNT_DELIVERIES = new Script(/* lua */ `${BASE_AND_NOW}${MEMBERS}
local account, most = ARGV[6], tonumber(ARGV[7])
local found, last = members(base .. 'w:' .. ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]))
local rows = {}
for _, ids in ipairs(found) do
  for id in string.gmatch(ids, '[^\\t]+') do
    local record = redis.call('GET', base .. 'd:' .. id)
    if record then
      local of, stored_at, lines = string.match(record, '\\n[^\\t]*\\t([^\\t]*)[^\\n]*\\t(%d+)()')
      if of == account and string.sub(record, lines, lines + 2) ~= '\\nT\\n' then
        rows[#rows + 1] = { id = id, stored_at = tonumber(stored_at), record = record, lines = lines }
      end
    end
  end
end
table.sort(rows, function(a, b)
  if a.stored_at ~= b.stored_at then return a.stored_at > b.stored_at end
  return a.id > b.id
end)
local counts, attempts = { P = 0, S = 0, F = 0, X = 0, C = 0 }, 0
for i = 1, math.min(#rows, most) do
  local row = rows[i]
  local letter, at = string.sub(row.record, 1, 1), row.lines
  if letter == 'H' then letter = 'P' end
  counts[letter] = counts[letter] + 1
  while true do
    at = string.find(row.record, '\\nD', at, true)
    if not at then break end
    attempts, at = attempts + 1, at + 2
  end
end
return { last, #rows, attempts, counts.P, counts.S, counts.F, counts.X, counts.C }`);

/**
 * Stores an event with one delivery that has ended, where the event is not there.
 *
 * Arguments: now, account, event, the event's value but for the instant at its end, webhook, delivery, and its record
 * before the instant and behind it.
 */
export const RECORD_TEST = new Script(/* lua */ `${BASE_AND_NOW}
local account, event, value, webhook, id, before, behind = unpack(ARGV, 2)
if redis.call('SETNX', base .. 'e:' .. account .. '\\t' .. event, value .. '\\t' .. now) == 0 then return end
redis.call('SET', base .. 'd:' .. id, before .. now .. behind)
redis.call('ZADD', base .. 'a:' .. account, now, event)
redis.call('ZADD', base .. 'ages', 'LT', now, account)
redis.call('ZADD', base .. 'w:' .. webhook, now, id)`);
