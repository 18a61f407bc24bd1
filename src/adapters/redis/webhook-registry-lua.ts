import { BASE_AND_NOW, RESTORE_HEAD } from "./lua.js";
import { Script } from "./script.js";

/**
 * An account's webhooks are the fields of one hash, next to its version and a count that numbers them; those two begin with
 * a tab, which no id does. A value is the number, the revision, whether it is active, and the record, with tabs in between.
 */

/**
 * Arguments: now, then pairs of an account and the version that is known, or an empty text.
 * Result: for each account that has another version, its place among the pairs (from 0), the version, and the values.
 */
export const READ = new Script(/* lua */ `${BASE_AND_NOW}
local reply = {}
for i = 2, #ARGV, 2 do
  local version = redis.call('HGET', base .. 'r:' .. ARGV[i], '\\tversion') or '0'
  if version ~= ARGV[i + 1] then
    local fields, values = redis.call('HGETALL', base .. 'r:' .. ARGV[i]), {}
    for j = 1, #fields, 2 do
      if string.sub(fields[j], 1, 1) ~= '\\t' then values[#values + 1] = fields[j + 1] end
    end
    reply[#reply + 1] = { (i - 2) / 2, version, values }
  end
end
return reply`);

/**
 * Arguments: now, the entry of the index to go on behind or an empty text, how many.
 * Result: the last entry that was looked at, empty after the last of all; then the values of the webhooks.
 */
export const PAGE = new Script(/* lua */ `${BASE_AND_NOW}
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local entries, values = redis.call('ZRANGEBYLEX', base .. 'webhooks', from, '+', 'LIMIT', 0, ARGV[3]), {}
for _, entry in ipairs(entries) do
  local webhook, account = string.match(entry, '^([^\\t]*)\\t(.*)$')
  local value = redis.call('HGET', base .. 'r:' .. account, webhook)
  if value then values[#values + 1] = value end
end
return { #entries < tonumber(ARGV[3]) and '' or entries[#entries], values }`);

/**
 * Arguments: now, account, webhook, revision, 1 where it is active, record, the most that the account may have.
 * Result: `inserted`, `limit_reached`, or `taken` where another account of this partition has the id.
 */
export const INSERT = new Script(/* lua */ `${BASE_AND_NOW}
local account, webhook, revision, active, record, most = unpack(ARGV, 2)
local registry = base .. 'r:' .. account
if redis.call('HEXISTS', registry, webhook) == 1 then return 'inserted' end
local entry = redis.call('ZRANGEBYLEX', base .. 'webhooks', '[' .. webhook .. '\\t', '(' .. webhook .. '\\n', 'LIMIT', 0, 1)
if #entry > 0 then return 'taken' end
local count = redis.call('HLEN', registry)
if count > 0 then count = count - 2 end
if count >= tonumber(most) then return 'limit_reached' end
local number = redis.call('HINCRBY', registry, '\\tnumber', 1)
redis.call('HINCRBY', registry, '\\tversion', 1)
redis.call('HSET', registry, webhook, number .. '\\t' .. revision .. '\\t' .. active .. '\\t' .. record)
redis.call('ZADD', base .. 'webhooks', 0, webhook .. '\\t' .. account)
if active == '1' then
  redis.call('SREM', base .. 'parked', webhook)
else
  redis.call('SADD', base .. 'parked', webhook)
end
return 'inserted'`);

/**
 * Arguments: now, account, webhook, revision, 1 where it is active, record.
 * Result: `missing`, `stale`, `replaced`, or `resumed` where it became active, so that what waited may be due.
 */
export const REPLACE = new Script(/* lua */ `${BASE_AND_NOW}${RESTORE_HEAD}
local account, webhook, revision, active, record = unpack(ARGV, 2)
local registry = base .. 'r:' .. account
local value = redis.call('HGET', registry, webhook)
if not value then return 'missing' end
local number, present, was_active = string.match(value, '^(%d+)\\t(%d+)\\t(%d)')
if tonumber(present) ~= tonumber(revision) - 1 then return 'stale' end
redis.call('HSET', registry, webhook, number .. '\\t' .. revision .. '\\t' .. active .. '\\t' .. record)
redis.call('HINCRBY', registry, '\\tversion', 1)
if active == was_active then return 'replaced' end
if active == '0' then
  redis.call('SADD', base .. 'parked', webhook)
  redis.call('ZREM', base .. 'heads', webhook)
  return 'replaced'
end
redis.call('SREM', base .. 'parked', webhook)
redis.call('HDEL', base .. 'failures', webhook)
restore_head(webhook)
return 'resumed'`);

/** Arguments: now, account, webhook. Result: 1 where it was there. */
export const REMOVE = new Script(/* lua */ `${BASE_AND_NOW}${RESTORE_HEAD}
local account, webhook = ARGV[2], ARGV[3]
if redis.call('HDEL', base .. 'r:' .. account, webhook) == 0 then return 0 end
redis.call('HINCRBY', base .. 'r:' .. account, '\\tversion', 1)
redis.call('ZREM', base .. 'webhooks', webhook .. '\\t' .. account)
redis.call('HDEL', base .. 'failures', webhook)
if redis.call('SREM', base .. 'parked', webhook) == 1 then restore_head(webhook) end
return 1`);
