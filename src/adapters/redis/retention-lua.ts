import { BASE_AND_NOW, EACH, RESTORE_HEAD } from "./lua.js";
import { Script } from "./script.js";

/**
 * Removes an event with its deliveries. What logs of webhooks still name of them is taken out by `tidy_up` at the end, of
 * each instant once, and the heads of lanes are restored. Needs EACH and RESTORE_HEAD.
 */
const REMOVE_EVENT = /* lua */ `
local lanes, logged = {}, {}

local function head_of(key)
  local value = redis.call('GETRANGE', key, 0, 511)
  local length = tonumber(string.sub(value, 1, 8))
  if not length then return nil end
  if length + 8 > #value then value = redis.call('GETRANGE', key, 0, length + 7) end
  return string.sub(value, 9, 8 + length)
end

local function deliveries_of(head)
  local fields, deliveries = {}, {}
  for field in string.gmatch(head .. '\\t', '([^\\t]*)\\t') do fields[#fields + 1] = field end
  for i = 5, #fields, 2 do deliveries[#deliveries + 1] = { id = fields[i], webhook = fields[i + 1] } end
  return deliveries, tonumber(fields[2])
end

local function remove_event(key, deliveries, instant)
  for _, delivery in ipairs(deliveries) do
    local log = delivery.webhook .. '\\t' .. instant
    if not logged[log] then logged[log] = { webhook = delivery.webhook, instant = instant, ids = {} } end
    logged[log].ids[delivery.id] = true
    redis.call('DEL', base .. 'd:' .. delivery.id)
    if redis.call('ZREM', base .. 'q:' .. delivery.webhook, delivery.id) == 1 then lanes[delivery.webhook] = true end
  end
  redis.call('DEL', key)
end

-- Puts what is left of an instant into the place of all that a log had of it.
local function put_back(log, instant, members, left)
  each('ZREM', log, members)
  if #left > 0 then redis.call('ZADD', log, instant, table.concat(left, '\\t')) end
end

local function tidy_up()
  for _, of in pairs(logged) do
    local log, left = base .. 'w:' .. of.webhook, {}
    local members = redis.call('ZRANGEBYSCORE', log, of.instant, of.instant)
    for _, member in ipairs(members) do
      for id in string.gmatch(member, '[^\\t]+') do
        if not of.ids[id] then left[#left + 1] = id end
      end
    end
    put_back(log, of.instant, members, left)
  end
  for webhook in pairs(lanes) do restore_head(webhook) end
end`;

/**
 * Removes old events, account by account, of those whose oldest event is oldest first.
 *
 * Arguments: now; the milliseconds after which an event is old; those after its `created` after which it gets no further
 * attempt; how many to look at; how many accounts to pass over, behind which instant to begin in the next, and how many
 * events of the first instant to pass over.
 *
 * Result: how many were looked at, how many of them removed, and the three last arguments of the next call, the first of
 * them -1 where nothing old is left behind.
 *
 * An event stays while a delivery is held, or may still be sent: its webhook is there, and active or within the event's
 * time.
 */
export const PURGE = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${RESTORE_HEAD}${REMOVE_EVENT}
local stored_before, created_before, limit = now - ARGV[2], now - ARGV[3], tonumber(ARGV[4])
local skip_accounts, behind, skip_events = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local looked, removed, visited = 0, 0, 0

local function may_be_sent(account, created, delivery)
  local state = redis.call('GETRANGE', base .. 'd:' .. delivery.id, 0, 0)
  if state == 'H' then return true end
  if state ~= 'P' then return false end
  if redis.call('HEXISTS', base .. 'r:' .. account, delivery.webhook) == 0 then return false end
  return redis.call('SISMEMBER', base .. 'parked', delivery.webhook) == 0 or created >= created_before
end

local function stays(account, created, deliveries)
  for _, delivery in ipairs(deliveries) do
    if may_be_sent(account, created, delivery) then return true end
  end
  return false
end

-- Answers whether the event is gone.
local function purge(account, id, instant)
  local key = base .. 'e:' .. account .. '\\t' .. id
  local head = head_of(key)
  if not head then return true end
  local deliveries, created = deliveries_of(head)
  if stays(account, created, deliveries) then return false end
  remove_event(key, deliveries, instant)
  return true
end

-- Looks at the events that an account has of an instant, from the one behind those that are skipped. Answers whether that
-- was all of them, and else how many are to be skipped next.
local function purge_instant(account, instant)
  local log, left, passed, kept, before = base .. 'a:' .. account, {}, 0, 0, removed
  local is_all, members = true, redis.call('ZRANGEBYSCORE', log, instant, instant)
  for _, member in ipairs(members) do
    for id in string.gmatch(member, '[^\\t]+') do
      local is_gone = false
      if passed < skip_events then
        passed = passed + 1
      elseif looked == limit then
        is_all = false
      else
        looked = looked + 1
        is_gone = purge(account, id, instant)
        if is_gone then removed = removed + 1 else kept = kept + 1 end
      end
      if not is_gone then left[#left + 1] = id end
    end
  end
  if removed > before then put_back(log, instant, members, left) end
  return is_all, skip_events + kept
end

local is_end = false
while looked < limit and visited < 100 do
  local account, oldest = unpack(redis.call('ZRANGE', base .. 'ages', skip_accounts, skip_accounts, 'WITHSCORES'))
  if not account or tonumber(oldest) >= stored_before then
    is_end = true
    break
  end
  local log = base .. 'a:' .. account
  local next_one = redis.call('ZRANGEBYSCORE', log, '(' .. behind, '(' .. stored_before, 'WITHSCORES', 'LIMIT', 0, 1)
  if #next_one > 0 then
    local is_all, skipped = purge_instant(account, next_one[2])
    if is_all then
      behind, skip_events = next_one[2], 0
    else
      skip_events = skipped
    end
  else
    visited, behind, skip_events = visited + 1, '-inf', 0
    local first = redis.call('ZRANGE', log, 0, 0, 'WITHSCORES')
    if #first == 0 then
      redis.call('ZREM', base .. 'ages', account)
    elseif tonumber(first[2]) == tonumber(oldest) then
      skip_accounts = skip_accounts + 1
    else
      redis.call('ZADD', base .. 'ages', first[2], account)
    end
  end
end

tidy_up()
if is_end then return { looked, removed, -1, '-inf', 0 } end
return { looked, removed, skip_accounts, behind, skip_events }`);

/**
 * Removes events of one account, oldest first, whatever their state.
 *
 * Arguments: now, account, the most to remove. Result: how many were removed; fewer than that where none is left.
 */
export const ERASE = new Script(/* lua */ `${BASE_AND_NOW}${EACH}${RESTORE_HEAD}${REMOVE_EVENT}
local account, limit, removed = ARGV[2], tonumber(ARGV[3]), 0
local log = base .. 'a:' .. account

-- Its holder is told nothing: what it says of a delivery that is gone is stale. Only the count of its lease is kept right.
local function let_go_of(id)
  local record = redis.call('GET', base .. 'd:' .. id) or ''
  local token, owner = string.match(record, '^H[^\\n]*\\t([^\\t\\n]*)\\t([^\\t\\n]*)\\n')
  if not token then return end
  local held = base .. 'h:' .. owner
  if redis.call('HINCRBY', held, token .. '#', -1) <= 0 then redis.call('HDEL', held, token, token .. '#') end
end

while removed < limit do
  local member, instant = unpack(redis.call('ZRANGE', log, 0, 0, 'WITHSCORES'))
  if not member then
    redis.call('ZREM', base .. 'ages', account)
    break
  end
  local left = {}
  for id in string.gmatch(member, '[^\\t]+') do
    if removed == limit then
      left[#left + 1] = id
    else
      local key = base .. 'e:' .. account .. '\\t' .. id
      local deliveries = deliveries_of(head_of(key) or '')
      for _, delivery in ipairs(deliveries) do let_go_of(delivery.id) end
      remove_event(key, deliveries, instant)
      removed = removed + 1
    end
  end
  put_back(log, instant, { member }, left)
end
tidy_up()
return removed`);
