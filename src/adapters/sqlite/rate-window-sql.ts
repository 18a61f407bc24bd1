/**
 * Primary key, its first column and a range of its second: at most 121 rows. Minutes ahead of a clock that was set back
 * count too, but for those so far ahead that they would count for longer than any.
 */
export const GET_USED = /* sql */ `
  select coalesce(sum(count), 0) as used, min(minute) as oldest
  from webhook_rate_minutes
  where account_id = ? and minute between ? and ?`;

/** Primary key. */
export const ADD_PERMITS = /* sql */ `
  insert into webhook_rate_minutes (account_id, minute, count) values (?, ?, ?)
  on conflict (account_id, minute) do update set count = count + excluded.count`;

/** Primary key. */
export const SUBTRACT_PERMITS = /* sql */ `
  update webhook_rate_minutes set count = count - ? where account_id = ? and minute = ? and count > ?`;

/** Primary key. */
export const DELETE_PERMITS = /* sql */ `
  delete from webhook_rate_minutes where account_id = ? and minute = ? and count <= ?`;

/** Index webhook_rate_minutes_by_minute, read in its order; the primary key reaches the rows. */
export const FORGET_MINUTES = /* sql */ `
  delete from webhook_rate_minutes
  where (account_id, minute) in (
    select account_id, minute from webhook_rate_minutes where minute < ? order by minute limit ?)`;
