/**
 * What scripts have in common. All of them are given one key, the base of a partition such as `webhooks:{0}:`, and make
 * every other key from it. Servers allow that because the braces put all of those into the slot of the key they are given.
 *
 * Sets `base`, and `now`, the time as a text: the first argument, or the server's own where that is empty.
 */
export const BASE_AND_NOW = /* lua */ `
local base, now = KEYS[1], ARGV[1]
if now == '' then
  local time = redis.call('TIME')
  now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end`;

/** Runs a command on a list of any length: Lua hands over some 8,000 values at a time at most. */
export const EACH = /* lua */ `
local function each(command, key, list)
  for from = 1, #list, 4000 do
    redis.call(command, key, unpack(list, from, math.min(from + 3999, #list)))
  end
end`;

/** The same for MSET, which is given pairs and no key. */
export const WRITE = /* lua */ `
local function write(pairs_of_key_and_value)
  for from = 1, #pairs_of_key_and_value, 4000 do
    redis.call('MSET', unpack(pairs_of_key_and_value, from, math.min(from + 3999, #pairs_of_key_and_value)))
  end
end`;

/**
 * Lets deliveries wait in their lanes: `lists` has, for each webhook, pairs of an instant and a delivery's id. The head
 * of a lane that is not parked is lowered. Needs EACH.
 */
export const WAIT = /* lua */ `
local function wait(lists)
  for webhook, list in pairs(lists) do
    each('ZADD', base .. 'q:' .. webhook, list)
    if redis.call('SISMEMBER', base .. 'parked', webhook) == 0 then
      local first = list[1]
      for i = 3, #list, 2 do
        if tonumber(list[i]) < tonumber(first) then first = list[i] end
      end
      redis.call('ZADD', base .. 'heads', 'LT', first, webhook)
    end
  end
end`;

/** Puts the head of a lane where its first delivery says, after some were taken out. */
export const RESTORE_HEAD = /* lua */ `
local function restore_head(webhook)
  local first = redis.call('ZRANGE', base .. 'q:' .. webhook, 0, 0, 'WITHSCORES')
  if #first == 0 then
    redis.call('ZREM', base .. 'heads', webhook)
  elseif redis.call('SISMEMBER', base .. 'parked', webhook) == 0 then
    redis.call('ZADD', base .. 'heads', first[2], webhook)
  end
end`;

/**
 * Keeps in mind what a lease holds, in the hash of its owner: under the token the ids of the deliveries, and under the
 * token and `#` how many of them are still held.
 */
export const HOLD = /* lua */ `
local function hold(owner, token, ids)
  local held, before = base .. 'h:' .. owner, nil
  before = redis.call('HGET', held, token)
  redis.call('HSET', held, token, (before and before .. '\\t' or '') .. table.concat(ids, '\\t'))
  redis.call('HINCRBY', held, token .. '#', #ids)
end`;

/**
 * Makes due again what a lease still holds, and answers how many deliveries it was given. Where `died` is true its owner
 * died: from the third death in a row a delivery backs off, a minute, doubling up to an hour. Needs WRITE and WAIT.
 */
export const LET_GO = /* lua */ `
local function let_go(owner, token, died)
  local held = base .. 'h:' .. owner
  local ids = redis.call('HGET', held, token)
  if not ids then return 0 end
  local lists, writes, count = {}, {}, 0
  for id in string.gmatch(ids, '[^\\t]+') do
    count = count + 1
    local key = base .. 'd:' .. id
    local record = redis.call('GET', key)
    local deaths, settled_by, due, holder, webhook, stored_at
    if record then
      deaths, settled_by, due, holder, webhook, stored_at =
        string.match(record, '^H\\t(%d*)\\t([^\\t]*\\t[^\\t]*)\\t(%d*)\\t([^\\n]*)\\n([^\\t]*)[^\\n]*\\t(%d+)')
    end
    if holder == token .. '\\t' .. owner then
      if died then
        deaths = (tonumber(deaths) or 0) + 1
        if deaths >= 3 then
          local rested = now + math.min(60000 * 2 ^ math.min(deaths - 3, 6), 3600000)
          due = string.format('%.0f', math.max(tonumber(due ~= '' and due or stored_at), rested))
        end
      end
      writes[#writes + 1] = key
      writes[#writes + 1] = 'P\\t' .. deaths .. '\\t' .. settled_by .. '\\t' .. due
        .. string.sub(record, (string.find(record, '\\n', 1, true)))
      local list = lists[webhook]
      if not list then list = {} lists[webhook] = list end
      list[#list + 1] = due ~= '' and due or stored_at
      list[#list + 1] = id
    end
  end
  redis.call('HDEL', held, token, token .. '#')
  write(writes)
  wait(lists)
  return count
end`;
