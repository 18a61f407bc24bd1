/** The receiver's table, step by step. A step that was ever released is never changed; a change is a further step. */
export const RECEIVER_MIGRATIONS: readonly string[] = [
  /* sql */ `
  -- While done is false, token names the claim that holds the key, and expires_at is when it lapses; while done is true,
  -- expires_at is when the key is forgotten. In milliseconds since the Unix epoch.
  create table webhooks.webhook_idempotency (
    key        text collate "C" not null primary key,
    token      text not null,
    done       boolean not null,
    expires_at bigint not null
  );

  create index webhook_idempotency_by_expiry on webhooks.webhook_idempotency (expires_at);`,
];

/**
 * Primary key; the conflict locks the row, so that of any number at once one takes it. Answers who has it, or nothing
 * where another took it between this statement's snapshot and its lock: asked again, it sees them.
 */
export const CLAIM_KEY = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  taken as (
    insert into webhooks.webhook_idempotency as present (key, token, done, expires_at)
    select $2, $3, false, moment.now + $4::bigint from moment
    on conflict (key) do update set token = excluded.token, done = false, expires_at = excluded.expires_at
      where present.expires_at <= excluded.expires_at - $4::bigint
    returning token
  )
  select true as taken, false as done, 0::float8 as "leftMs" from taken
  union all
  select false, present.done, (present.expires_at - moment.now)::float8
  from moment, webhooks.webhook_idempotency present
  where present.key = $2 and present.expires_at > moment.now and not exists (select from taken)`;

/** Primary key. A claim that lapsed and was forgotten meanwhile is remembered again; another's claim stays. */
export const COMPLETE_KEY = /* sql */ `
  insert into webhooks.webhook_idempotency as present (key, token, done, expires_at)
  select $2, $3, true, coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) + $4::bigint
  on conflict (key) do update set done = true, expires_at = excluded.expires_at where present.token = excluded.token`;

/** Primary key. */
export const RELEASE_KEY = /* sql */ `
  delete from webhooks.webhook_idempotency where key = $1 and token = $2 and not done`;

/** Index webhook_idempotency_by_expiry, read in its order. Keys that others are at are left to them. */
export const PURGE_KEYS = /* sql */ `
  delete from webhooks.webhook_idempotency
  where ctid = any(array(
    select ctid
    from webhooks.webhook_idempotency
    where expires_at <= coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
    order by expires_at
    limit $2
    for update skip locked))`;
