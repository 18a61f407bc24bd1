/** Primary key. */
export const GET_NOTE = /* sql */ `
  select text, revision
  from webhooks.webhook_notes
  where kind = $2 and account_id = $3 and key = $4
    and expires_at > coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`;

/**
 * Primary key; the conflict locks what is there, so that of two who are first one is. Those who write at the same moment may
 * together pass $7, each by one.
 */
export const INSERT_NOTE = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  kept as materialized (
    select present.key
    from moment
    cross join lateral (
      select note.key from webhooks.webhook_notes note
      where note.kind = $2 and note.account_id = $3 and note.expires_at > moment.now
      limit $7::int4
    ) present
  )
  insert into webhooks.webhook_notes as note (kind, account_id, key, text, revision, expires_at)
  select $2, $3, $4, $5, 1, moment.now + $6::bigint from moment where (select count(*) from kept) < $7::int4
  on conflict (kind, account_id, key)
    do update set text = excluded.text, revision = 1, expires_at = excluded.expires_at
    where note.expires_at <= excluded.expires_at - $6::bigint
  returning note.revision`;

/** Primary key. Of two who replace one revision the second finds another. */
export const REPLACE_NOTE = /* sql */ `
  update webhooks.webhook_notes note
  set text = $5, revision = note.revision + 1, expires_at = moment.now + $6::bigint
  from (select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now) moment
  where note.kind = $2 and note.account_id = $3 and note.key = $4
    and note.revision = $7::int4 and note.expires_at > moment.now
  returning note.revision`;

/** Primary key. */
export const DELETE_NOTE = /* sql */ `
  delete from webhooks.webhook_notes where kind = $1 and account_id = $2 and key = $3 and revision = $4::int4
  returning revision`;

/** Index webhook_notes_by_expiry finds a few; those that somebody writes are left alone. */
export const DELETE_EXPIRED_NOTES = /* sql */ `
  delete from webhooks.webhook_notes
  where ctid = any(array(
    select present.ctid
    from webhooks.webhook_notes present
    where present.expires_at <= coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
    order by present.expires_at
    limit 20
    for update skip locked))`;

/** Primary key, read in its order. */
export const PAGE_NOTES = /* sql */ `
  select account_id as "accountId", key, text, revision
  from webhooks.webhook_notes
  where kind = $2 and (account_id, key) > ($3, $4)
    and expires_at > coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
  order by account_id, key
  limit $5`;

/** The whole table: notes are few. */
export const DELETE_NOTES_OF = /* sql */ `delete from webhooks.webhook_notes where account_id = $1`;
