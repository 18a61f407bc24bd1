/** Primary key; index webhooks_by_account, read in its order. One snapshot for all accounts. */
export const READ_ACCOUNTS = /* sql */ `
  select known.position::int4 as position, coalesce(account.version, 0)::float8 as version, webhook.record
  from unnest(string_to_array($1, chr(2)), string_to_array($2, chr(2), chr(3))::bigint[])
    with ordinality as known (account_id, version, position)
  left join lateral (
    select present.version from webhooks.webhook_accounts present where present.account_id = known.account_id
  ) account on true
  left join lateral (
    select present.seq, present.record from webhooks.webhooks present where present.account_id = known.account_id
  ) webhook on true
  where known.version is distinct from coalesce(account.version, 0)
  order by known.position, webhook.seq`;

/** Primary key, read in its order. */
export const PAGE_WEBHOOKS = /* sql */ `
  select id, record from webhooks.webhooks where id > $1 order by id limit $2`;

/**
 * Primary keys. The account's row is what two registrations at once meet at: the count in it is always the latest.
 * A webhook that is there already is answered with its account and counts nothing.
 */
export const INSERT_WEBHOOK = /* sql */ `
  with present as materialized (select account_id from webhooks.webhooks where id = $1),
  account as (
    insert into webhooks.webhook_accounts as account (account_id, version, webhooks)
    select $2, 1, 1 where not exists (select from present)
    on conflict (account_id) do update set version = account.version + 1, webhooks = account.webhooks + 1
      where account.webhooks < $3
    returning account_id
  ),
  webhook as (
    insert into webhooks.webhooks (id, account_id, revision, active, record)
    select $1, account_id, $4, $5, $6 from account
  ),
  lane as (
    insert into webhooks.webhook_lanes as lane (webhook_id, active, head_at, served)
    select $1, $5, null, 0 from account
    on conflict (webhook_id) do update set active = excluded.active
  )
  select (select account_id from present) as "presentIn", exists (select from account) as inserted`;

/**
 * Primary keys; locks the webhook, then its account, then its lane. Of two that replace one revision the second finds
 * another. A lane that becomes active gets a note rather than a head: what waits in it may have changed meanwhile.
 */
export const REPLACE_WEBHOOK = /* sql */ `
  with present as materialized (select active from webhooks.webhooks where id = $1 and account_id = $2),
  webhook as (
    update webhooks.webhooks webhook
    set revision = $3, active = $4, record = $5
    where webhook.id = $1 and webhook.account_id = $2 and webhook.revision = $3 - 1
    returning webhook.id
  ),
  account as (
    update webhooks.webhook_accounts account
    set version = account.version + 1
    where account.account_id = $2 and exists (select from webhook)
    returning account.version
  ),
  lane as (
    update webhooks.webhook_lanes lane
    set active = $4, head_at = case when $4 then lane.head_at end
    where lane.webhook_id = $1 and lane.active <> $4 and exists (select from account)
    returning lane.active
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at)
    select $1, coalesce($6::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from lane where active
  ),
  forgotten as (
    delete from webhooks.webhook_failures
    where webhook_id = $1 and $4 and exists (select from webhook) and exists (select from present where not active)
  )
  select exists (select from present) as present, exists (select from webhook) as replaced,
         exists (select from lane where active) as due`;

/** Primary keys; the same locks in the same order. The secret goes with the row; what is pending becomes claimable. */
export const REMOVE_WEBHOOK = /* sql */ `
  with webhook as (
    delete from webhooks.webhooks where id = $1 and account_id = $2 returning id
  ),
  account as (
    update webhooks.webhook_accounts account
    set version = account.version + 1, webhooks = account.webhooks - 1
    where account.account_id = $2 and exists (select from webhook)
    returning account.version
  ),
  lane as (
    update webhooks.webhook_lanes lane
    set active = true
    where lane.webhook_id = $1 and not lane.active and exists (select from account)
    returning lane.active
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at)
    select $1, coalesce($3::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from lane
  ),
  forgotten as (
    delete from webhooks.webhook_failures where webhook_id = $1 and exists (select from webhook)
  )
  select exists (select from webhook) as removed, exists (select from lane) as due`;
