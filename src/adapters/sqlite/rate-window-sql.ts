/**
 * Primary key, its first column and a range of its second: at most twice the slots of a window. Slots ahead of a clock that
 * was set back count too, but for those so far ahead that they would count for longer than any.
 */
export const GET_USED = /* sql */ `
  select coalesce(sum(count), 0) as used, min(slot) as oldest
  from webhook_rate_slots
  where key = ? and slot between ? and ?`;

/** Primary key. */
export const ADD_PERMITS = /* sql */ `
  insert into webhook_rate_slots (key, slot, count, counts_until) values (?, ?, ?, ?)
  on conflict (key, slot) do update set count = count + excluded.count`;

/** Primary key. */
export const SUBTRACT_PERMITS = /* sql */ `
  update webhook_rate_slots set count = count - ? where key = ? and slot = ? and count > ?`;

/** Primary key. */
export const DELETE_PERMITS = /* sql */ `
  delete from webhook_rate_slots where key = ? and slot = ? and count <= ?`;

/** Index webhook_rate_slots_by_end, read in its order; the primary key reaches the rows. */
export const FORGET_SLOTS = /* sql */ `
  delete from webhook_rate_slots
  where (key, slot) in (
    select key, slot from webhook_rate_slots where counts_until <= ? order by counts_until limit ?)`;
