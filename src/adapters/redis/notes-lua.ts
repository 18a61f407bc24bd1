import { BASE_AND_NOW } from "./lua.js";
import { Script } from "./script.js";

/**
 * An account's notes are the fields of one hash, named by kind and key; a value is the revision, the instant at which its
 * time is over, and the text, with tabs in between. Three sorted sets find them: by kind, account and key (`notes`); over
 * all by that instant (`expiries`); and by it among those of one account and kind (`x:`).
 *
 * Takes a note out of all four.
 */
const FORGET = /* lua */ `
local function forget(kind, account, key)
  local entry = kind .. '\\t' .. account .. '\\t' .. key
  redis.call('HDEL', base .. 'n:' .. account, kind .. '\\t' .. key)
  redis.call('ZREM', base .. 'x:' .. account .. '\\t' .. kind, key)
  redis.call('ZREM', base .. 'notes', entry)
  redis.call('ZREM', base .. 'expiries', entry)
end`;

/** Answers revision, text and value of a note whose time is not over. */
const FIND = /* lua */ `
local function find(account, kind, key)
  local value = redis.call('HGET', base .. 'n:' .. account, kind .. '\\t' .. key)
  if not value then return nil end
  local revision, expires, text = string.match(value, '^(%d+)\\t(%d+)\\t(.*)$')
  if tonumber(expires) > tonumber(now) then return tonumber(revision), text, value end
end`;

/** Arguments: now, account, kind, key. Result: the value of the note, or an empty text. */
export const READ_NOTE = new Script(/* lua */ `${BASE_AND_NOW}${FIND}
local _, _, value = find(ARGV[2], ARGV[3], ARGV[4])
return value or ''`);

/**
 * Writes a note, and forgets a few whose time is over: more than the one it may add, so that they never pile up.
 *
 * Arguments: now, account, kind, key, the revision it takes the place of, for how many milliseconds it is kept, the most
 * that the account may have of the kind, text. Result: `written`, `stale` or `full`.
 */
export const WRITE_NOTE = new Script(/* lua */ `${BASE_AND_NOW}${FORGET}${FIND}
local account, kind, key, revision, keep, most, text = unpack(ARGV, 2)
revision, keep, most = tonumber(revision), tonumber(keep), tonumber(most)
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', base .. 'expiries', '-inf', now, 'LIMIT', 0, 20)) do
  forget(string.match(entry, '^([^\\t]*)\\t([^\\t]*)\\t(.*)$'))
end
local present, present_text = find(account, kind, key)
if keep == 0 and not present then return 'written' end
if keep > 0 and present == revision + 1 and present_text == text then return 'written' end
if (present or 0) ~= revision then return 'stale' end
if keep == 0 then
  forget(kind, account, key)
  return 'written'
end
local by_expiry = base .. 'x:' .. account .. '\\t' .. kind
if not present and redis.call('ZCOUNT', by_expiry, '(' .. now, '+inf') >= most then return 'full' end
local expires, entry = string.format('%.0f', now + keep), kind .. '\\t' .. account .. '\\t' .. key
local value = string.format('%.0f', revision + 1) .. '\\t' .. expires .. '\\t' .. text
redis.call('HSET', base .. 'n:' .. account, kind .. '\\t' .. key, value)
redis.call('ZADD', by_expiry, expires, key)
redis.call('ZADD', base .. 'notes', 0, entry)
redis.call('ZADD', base .. 'expiries', expires, entry)
return 'written'`);

/**
 * Arguments: now, kind, the account and key to go on behind (with a tab in between) or an empty text, how many.
 * Result: the last account and key that were looked at, empty after the last of all; then account, key and value of each
 * note.
 */
export const PAGE_NOTES = new Script(/* lua */ `${BASE_AND_NOW}${FIND}
local kind, behind = ARGV[2], ARGV[3]
local from = behind == '' and '[' .. kind .. '\\t' or '(' .. kind .. '\\t' .. behind
local entries = redis.call('ZRANGEBYLEX', base .. 'notes', from, '(' .. kind .. '\\n', 'LIMIT', 0, ARGV[4])
local reply = { '' }
for i, entry in ipairs(entries) do
  local account, key = string.match(entry, '^[^\\t]*\\t([^\\t]*)\\t(.*)$')
  local _, _, value = find(account, kind, key)
  if value then
    reply[#reply + 1] = account
    reply[#reply + 1] = key
    reply[#reply + 1] = value
  end
  if i == tonumber(ARGV[4]) then reply[1] = account .. '\\t' .. key end
end
return reply`);

/** Forgets 500 notes of an account. Arguments: now, account. Result: 1 where some are left. */
export const ERASE_NOTES = new Script(/* lua */ `${BASE_AND_NOW}${FORGET}
local fields = redis.call('HKEYS', base .. 'n:' .. ARGV[2])
for i = 1, math.min(#fields, 500) do
  local kind, key = string.match(fields[i], '^([^\\t]*)\\t(.*)$')
  forget(kind, ARGV[2], key)
end
return #fields > 500 and 1 or 0`);
