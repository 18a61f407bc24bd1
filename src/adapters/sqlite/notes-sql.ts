/** Primary key. */
export const GET_NOTE = /* sql */ `
  select text, revision
  from webhook_notes
  where kind = ? and account_id = ? and key = ? and expires_at > ?`;

/** Primary key, as far as the account. */
export const COUNT_NOTES = /* sql */ `
  select count(*) as count from webhook_notes where kind = ? and account_id = ? and expires_at > ?`;

/** Primary key. */
export const PUT_NOTE = /* sql */ `
  insert into webhook_notes (kind, account_id, key, text, revision, expires_at) values (?, ?, ?, ?, ?, ?)
  on conflict (kind, account_id, key)
  do update set text = excluded.text, revision = excluded.revision, expires_at = excluded.expires_at`;

/** Primary key. */
export const DELETE_NOTE = /* sql */ `delete from webhook_notes where kind = ? and account_id = ? and key = ?`;

/** Index webhook_notes_by_expiry finds a few, the primary key reaches them. */
export const DELETE_EXPIRED_NOTES = /* sql */ `
  delete from webhook_notes
  where (kind, account_id, key) in (
    select kind, account_id, key from webhook_notes where expires_at <= ? order by expires_at limit 20)`;

/** Primary key, read in its order. */
export const PAGE_NOTES = /* sql */ `
  select account_id as accountId, key, text, revision
  from webhook_notes
  where kind = @kind and (account_id, key) > (@accountId, @key) and expires_at > @now
  order by account_id, key
  limit @limit`;

/** The whole table: notes are few. */
export const DELETE_NOTES_OF = /* sql */ `delete from webhook_notes where account_id = ?`;
