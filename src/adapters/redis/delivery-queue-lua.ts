import { BASE_AND_NOW, EACH, HOLD, LET_GO, RESTORE_HEAD, WAIT, WRITE } from "./lua.js";
import { Script } from "./script.js";

/**
 * Stores events with their deliveries.
 *
 * Arguments: now; owner and token of the lease, both empty where nothing is leased; a plan as JSON; then the accounts,
 * each with the registry version it was matched against; the webhooks; the events, each a key and a value; the
 * deliveries, each a key and a record but for the instant at its end, event by event. The plan is `[accounts, webhooks,
 * twice, account of each event, deliveries of each event, webhook of each delivery (negative: leased)]`, all counted from
 * 1; `twice` is 1 where an event's key comes twice.
 *
 * Result: one text of a letter for each event (`s` stored, `d` stored and something of it is due, `k` known, `r` its
 * registry changed), then the value of each known event.
 */
export const ENQUEUE = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WRITE}${WAIT}${HOLD}
local owner, token, plan = ARGV[2], ARGV[3], cjson.decode(ARGV[4])
local accounts, webhooks, twice, account_of, count_of, webhook_of = unpack(plan)
local first_webhook = 4 + 2 * accounts
local first_event = first_webhook + webhooks
local first_delivery = first_event + 2 * #account_of
local is_alive = owner ~= '' and redis.call('ZSCORE', base .. 'lives', owner)

local current, all_current = {}, true
for i = 1, accounts do
  local version = redis.call('HGET', base .. 'r:' .. ARGV[3 + 2 * i], '\\tversion') or '0'
  current[i] = version == ARGV[4 + 2 * i]
  all_current = all_current and current[i]
end

-- An event's value ends with the instant too.
for i = 1, #account_of do ARGV[first_event + 2 * i] = ARGV[first_event + 2 * i] .. '\\t' .. now end

-- Nearly always all of them are new, and one command stores them all.
local kinds, reply = {}, { '' }
local all_stored = twice == 0 and all_current
  and redis.call('MSETNX', unpack(ARGV, first_event + 1, first_delivery)) == 1
for i = 1, #account_of do
  local key, value = ARGV[first_event + 2 * i - 1], ARGV[first_event + 2 * i]
  local known = not all_stored and redis.call('GET', key)
  if known then
    kinds[i] = 'k'
    reply[#reply + 1] = known
  elseif all_stored then
    kinds[i] = 's'
  elseif current[account_of[i]] then
    redis.call('SET', key, value)
    kinds[i] = 's'
  else
    kinds[i] = 'r'
  end
end

local events, logs, due, held, records = {}, {}, {}, {}, {}
local position = 0
for i = 1, #account_of do
  local from = position
  position = position + count_of[i]
  if kinds[i] == 's' then
    local account = ARGV[3 + 2 * account_of[i]]
    local ids = events[account]
    if not ids then ids = {} events[account] = ids end
    ids[#ids + 1] = string.sub(ARGV[first_event + 2 * i - 1], #base + #account + 4)
    for j = from + 1, position do
      local key, record, place = ARGV[first_delivery + 2 * j - 1], ARGV[first_delivery + 2 * j], webhook_of[j]
      local id, is_leased = string.sub(key, #base + 3), place < 0
      local webhook = ARGV[first_webhook + (is_leased and -place or place)]
      local log = logs[webhook]
      if not log then log = {} logs[webhook] = log end
      log[#log + 1] = id
      if is_leased and is_alive then
        held[#held + 1] = id
      else
        if is_leased then record = 'P' .. string.sub(record, (string.find(record, '\\n', 1, true))) end
        local queue = due[webhook]
        if not queue then queue = {} due[webhook] = queue end
        queue[#queue + 1] = now
        queue[#queue + 1] = id
        kinds[i] = 'd'
      end
      records[#records + 1] = key
      records[#records + 1] = record .. now
    end
  end
end

write(records)
for account, ids in pairs(events) do
  redis.call('ZADD', base .. 'a:' .. account, now, table.concat(ids, '\\t'))
  redis.call('ZADD', base .. 'ages', 'LT', now, account)
end
for webhook, ids in pairs(logs) do redis.call('ZADD', base .. 'w:' .. webhook, now, table.concat(ids, '\\t')) end
if #held > 0 then hold(owner, token, held) end
wait(due)
reply[1] = table.concat(kinds)
return reply`);

/**
 * Says when something is due next of webhooks that may be taken from.
 *
 * Arguments: now, owner, the most to take of one webhook, then pairs of a webhook and the most to take of it.
 * Result: the milliseconds until then, negative where it is overdue; empty where nothing waits or the owner is not alive.
 */
export const LOOK = new Script(/* lua */ `${BASE_AND_NOW}
if not redis.call('ZSCORE', base .. 'lives', ARGV[2]) then return '' end
local room = {}
for i = 4, #ARGV, 2 do room[ARGV[i]] = tonumber(ARGV[i + 1]) end
local heads = redis.call('ZRANGE', base .. 'heads', 0, (#ARGV - 3) / 2, 'WITHSCORES')
for i = 1, #heads, 2 do
  if (room[heads[i]] or 1) > 0 then return string.format('%.0f', math.floor(heads[i + 1]) - now) end
end
return ''`);

/**
 * Takes due deliveries.
 *
 * Arguments: now, owner, token, the most to take, the most of one webhook, the least that a lane is asked for; then pairs
 * of a webhook and the most to take of it.
 * Result: the milliseconds until something else is due, as LOOK says it; then for each delivery its id, its record, and
 * the value of its event.
 *
 * A lane that was served goes behind those that are due: its head is now and a fraction that counts claims, so that lanes
 * of the same millisecond take turns too.
 */
export const CLAIM = new Script(/* lua */ `${BASE_AND_NOW}${WRITE}${HOLD}
local owner, token, limit, per_webhook, least = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if not redis.call('ZSCORE', base .. 'lives', owner) then return { '' } end
local room, limited = {}, (#ARGV - 6) / 2
for i = 7, #ARGV, 2 do room[ARGV[i]] = tonumber(ARGV[i + 1]) end
local function room_of(webhook) return math.min(per_webhook, room[webhook] or per_webhook) end

local reply, held, writes, lease = { '' }, {}, {}, token .. '\\t' .. owner
local function take(webhook, wanted)
  local ids = redis.call('ZRANGEBYSCORE', base .. 'q:' .. webhook, '-inf', now, 'LIMIT', 0, wanted)
  if #ids == 0 then return 0 end
  redis.call('ZREM', base .. 'q:' .. webhook, unpack(ids))
  local keys, event_keys = {}, {}
  for i, id in ipairs(ids) do keys[i] = base .. 'd:' .. id end
  local records = redis.call('MGET', unpack(keys))
  for i, record in ipairs(records) do
    event_keys[i] = base .. 'e:'
    if record then
      local from = string.find(record, '\\t', string.find(record, '\\n', 1, true), true)
      local to = string.find(record, '\\t', string.find(record, '\\t', from + 1, true) + 1, true)
      event_keys[i] = base .. 'e:' .. string.sub(record, from + 1, to - 1)
    end
  end
  local events = redis.call('MGET', unpack(event_keys))
  for i, id in ipairs(ids) do
    -- What a server evicted to make room is gone, and nothing can be sent of it.
    if records[i] and events[i] then
      local state_ends = string.find(records[i], '\\n', 1, true)
      local state = state_ends == 2 and '\\t\\t\\t\\t' or string.sub(records[i], 2, state_ends - 1)
      held[#held + 1] = id
      writes[#writes + 1] = keys[i]
      writes[#writes + 1] = 'H' .. state .. '\\t' .. lease .. string.sub(records[i], state_ends)
      reply[#reply + 1] = id
      reply[#reply + 1] = records[i]
      reply[#reply + 1] = events[i]
    end
  end
  return #ids
end

local turns = {}
local this_millisecond = '(' .. string.format('%.0f', now + 1)
for _, webhook in ipairs(redis.call('ZRANGEBYSCORE', base .. 'heads', '-inf', this_millisecond, 'LIMIT', 0, limit + limited)) do
  if room_of(webhook) > 0 and #turns < limit then turns[#turns + 1] = { webhook = webhook, room = room_of(webhook) } end
end
local waiting, served = turns, {}
while #waiting > 0 and #held < limit do
  local share, more = math.min(1000, math.max(least, math.floor((limit - #held) / #waiting))), {}
  for _, turn in ipairs(waiting) do
    local wanted = math.min(share, turn.room, limit - #held)
    if wanted > 0 then
      local got = take(turn.webhook, wanted)
      turn.room = turn.room - got
      served[turn.webhook] = true
      if got == wanted and turn.room > 0 then more[#more + 1] = turn end
    end
  end
  waiting = more
end
if #held > 0 then
  write(writes)
  hold(owner, token, held)
end

local behind
for webhook in pairs(served) do
  local first = redis.call('ZRANGE', base .. 'q:' .. webhook, 0, 0, 'WITHSCORES')
  if #first == 0 then
    redis.call('ZREM', base .. 'heads', webhook)
  elseif tonumber(first[2]) > tonumber(now) then
    redis.call('ZADD', base .. 'heads', first[2], webhook)
  else
    behind = behind or string.format('%.3f', now + redis.call('INCR', base .. 'turn') % 999 / 1000 + 0.001)
    redis.call('ZADD', base .. 'heads', behind, webhook)
  end
end

local heads = redis.call('ZRANGE', base .. 'heads', 0, limited, 'WITHSCORES')
for i = 1, #heads, 2 do
  if room_of(heads[i]) > 0 then
    reply[1] = string.format('%.0f', math.floor(heads[i + 1]) - now)
    break
  end
end
return reply`);

/**
 * Records attempts and what is next.
 *
 * Arguments: now; owner; a plan as JSON, `[tokens, kinds, delays]`, where a kind is 0 for success, 1 for another end, 2
 * for due after the delay, 3 for due when it was due before; then all keys; all first lines of records, those of kinds 2
 * and 3 without the instant; all lines of attempts, empty where there was none. No key comes twice.
 *
 * Result: one text of a letter for each: `d` decided, `s` stale, `m` there is no such delivery in this partition.
 */
export const SETTLE = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WRITE}${WAIT}
local owner, plan = ARGV[2], cjson.decode(ARGV[3])
local tokens, kinds, delays = unpack(plan)
local count = #tokens
local records = redis.call('MGET', unpack(ARGV, 4, 3 + count))
local answers, writes, ended, lists, leases = {}, {}, {}, {}, {}
local some_fail = redis.call('EXISTS', base .. 'failures') == 1
local tally = {}

for i = 1, count do
  local record, key, attempt, token = records[i], ARGV[3 + i], ARGV[3 + 2 * count + i], tokens[i]
  local lease = leases[token]
  if not lease then
    lease = '\\t' .. string.format('%.0f', token) .. '\\t' .. owner
    leases[token] = lease
  end
  local state_ends, _, lease_ends
  if record then
    state_ends = string.find(record, '\\n', 1, true)
    _, lease_ends = string.find(record, lease .. '\\n', 1, true)
  end
  if not record then
    answers[i] = 'm'
  elseif lease_ends == state_ends and string.sub(record, 1, 1) == 'H' then
    local state, kind = ARGV[3 + count + i], kinds[i]
    if kind >= 2 then
      local webhook, stored_at = string.match(record, '\\n([^\\t]*)[^\\n]*\\t(%d+)')
      local due = kind == 2 and string.format('%.0f', now + delays[i])
        or string.match(record, '^H\\t%d*\\t[^\\t]*\\t[^\\t]*\\t(%d+)') or ''
      state = state .. due
      local list = lists[webhook]
      if not list then list = {} lists[webhook] = list end
      list[#list + 1] = due ~= '' and due or stored_at
      list[#list + 1] = string.sub(key, #base + 3)
    end
    ended[token] = (ended[token] or 0) + 1
    answers[i] = 'd'
    writes[#writes + 1] = key
    if attempt == '' then
      writes[#writes + 1] = state .. string.sub(record, state_ends)
    else
      writes[#writes + 1] = state .. string.sub(record, state_ends) .. '\\nD\\t' .. attempt
      if kind > 0 or some_fail or next(tally) then
        local webhook, account = string.match(record, '\\n([^\\t]*)\\t([^\\t]*)')
        local counted = tally[webhook]
        if not counted then counted = { failures = 0, account = account } tally[webhook] = counted end
        if kind == 0 then counted.anew, counted.failures = true, 0 else counted.failures = counted.failures + 1 end
      end
    end
  else
    local settled_by = string.match(record, '^%a\\t%d*(\\t[^\\t\\n]*\\t[^\\t\\n]*)\\t')
    if settled_by == lease or string.find(record, '\\nD' .. lease .. '\\t', 1, true) then
      answers[i] = 'd'
    else
      answers[i] = 's'
      if attempt ~= '' and not string.find(record, '\\nS' .. lease .. '\\t', 1, true) then
        writes[#writes + 1] = key
        writes[#writes + 1] = record .. '\\nS\\t' .. attempt
      end
    end
  end
end

write(writes)
local held = base .. 'h:' .. owner
for token, number in pairs(ended) do
  local field = string.format('%.0f', token)
  if redis.call('HINCRBY', held, field .. '#', -number) <= 0 then redis.call('HDEL', held, field, field .. '#') end
end
wait(lists)
for webhook, counted in pairs(tally) do
  if counted.failures == 0 then
    redis.call('HDEL', base .. 'failures', webhook)
  elseif redis.call('HEXISTS', base .. 'r:' .. counted.account, webhook) == 1 then
    local failures, since = counted.failures, now
    local before = not counted.anew and redis.call('HGET', base .. 'failures', webhook)
    if before then
      local earlier, first = string.match(before, '(%d+) (%d+)')
      failures, since = failures + earlier, first
    end
    redis.call('HSET', base .. 'failures', webhook, string.format('%.0f', failures) .. ' ' .. since)
  end
end
return table.concat(answers)`);

// Lives

/** Begins a life. Arguments: now, owner, its milliseconds. */
export const JOIN = new Script(/* lua */ `${BASE_AND_NOW}
redis.call('ZADD', base .. 'lives', string.format('%.0f', now + ARGV[3]), ARGV[2])`);

/** Arguments: now, owner. Result: 1 where the owner is alive. */
export const IS_ALIVE = new Script(/* lua */ `${BASE_AND_NOW}
return redis.call('ZSCORE', base .. 'lives', ARGV[2]) and 1 or 0`);

/** Makes a life last. Arguments: now, owner, its milliseconds. Result: 1 where it is alive. */
export const RENEW = new Script(/* lua */ `${BASE_AND_NOW}
if not redis.call('ZSCORE', base .. 'lives', ARGV[2]) then return 0 end
redis.call('ZADD', base .. 'lives', string.format('%.0f', now + ARGV[3]), ARGV[2])
return 1`);

/**
 * Ends lives, and makes due again what they held, about a thousand deliveries at a time. What is left is kept in mind
 * with the owner, so that whoever comes next finds it.
 *
 * Arguments: now; an owner that says good-bye, or an empty text; 1 where all whose time is over are to end too.
 * Result: 1 where something is left.
 */
export const END_LIVES = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WRITE}${WAIT}${LET_GO}
if ARGV[2] ~= '' then
  redis.call('ZREM', base .. 'lives', ARGV[2])
  redis.call('HSETNX', base .. 'ended', ARGV[2], 'left')
end
if ARGV[3] == '1' then
  for _, owner in ipairs(redis.call('ZRANGEBYSCORE', base .. 'lives', '-inf', now)) do
    redis.call('ZREM', base .. 'lives', owner)
    redis.call('HSET', base .. 'ended', owner, 'died')
  end
end
local ended, done = redis.call('HGETALL', base .. 'ended'), 0
for i = 1, #ended, 2 do
  local owner, how = ended[i], ended[i + 1]
  local fields = done < 1000 and redis.call('HKEYS', base .. 'h:' .. owner) or {}
  for _, field in ipairs(fields) do
    if done < 1000 and string.sub(field, -1) ~= '#' then done = done + let_go(owner, field, how == 'died') end
  end
  if redis.call('EXISTS', base .. 'h:' .. owner) == 0 then redis.call('HDEL', base .. 'ended', owner) end
end
return redis.call('EXISTS', base .. 'ended')`);

/** Makes due again what one lease holds. Arguments: now, owner, token. Result: for how many deliveries it was looked. */
export const GIVE_BACK = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WRITE}${WAIT}${LET_GO}
return let_go(ARGV[2], ARGV[3], false)`);

// Cancel

/**
 * Ends deliveries that wait for a webhook. Arguments: now, account, webhook, the most to end.
 * Result: for each its id and its record.
 */
export const CANCEL = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${WRITE}${RESTORE_HEAD}
local account, webhook = ARGV[2], ARGV[3]
local gone, writes, reply = {}, {}, {}
for _, id in ipairs(redis.call('ZRANGE', base .. 'q:' .. webhook, 0, ARGV[4] - 1)) do
  local key = base .. 'd:' .. id
  local record = redis.call('GET', key)
  if not record then
    gone[#gone + 1] = id
  elseif string.match(record, '\\n[^\\t]*\\t([^\\t]*)') == account then
    gone[#gone + 1] = id
    writes[#writes + 1] = key
    writes[#writes + 1] = 'C' .. string.sub(record, 2)
    reply[#reply + 1] = id
    reply[#reply + 1] = record
  end
end
if #gone > 0 then
  each('ZREM', base .. 'q:' .. webhook, gone)
  write(writes)
  restore_head(webhook)
end
return reply`);

/**
 * Ends one delivery that waits. Arguments: now, account, webhook, delivery.
 * Result: its id and its record; nothing where it does not wait, or is of another webhook or account.
 */
export const CANCEL_ONE = new Script(/* lua */ `${BASE_AND_NOW}${RESTORE_HEAD}
local account, webhook, id = ARGV[2], ARGV[3], ARGV[4]
local record = redis.call('GET', base .. 'd:' .. id)
if not record or string.sub(record, 1, 1) ~= 'P' then return {} end
local of, from = string.match(record, '\\n([^\\t]*)\\t([^\\t]*)')
if of ~= webhook or from ~= account then return {} end
redis.call('ZREM', base .. 'q:' .. webhook, id)
redis.call('SET', base .. 'd:' .. id, 'C' .. string.sub(record, 2))
restore_head(webhook)
return { id, record }`);
