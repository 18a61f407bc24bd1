// Columns of a batch come as texts, taken apart by string_to_array (see columns.ts).

// Enqueue

/**
 * One statement for a batch. In this order: keeps the owner ($2) from being judged dead (for key share), locks the
 * accounts' rows in the order of their ids (for share; an account without one gets one, or waits for who is making it),
 * inserts events in the order of account and id, so that two batches cannot wait for each other crosswise. Index
 * webhook_events_by_id keeps out a known id, waiting for whoever is publishing it. Answers which events are stored now, as
 * places in the batch; the others are known, or were matched against another version of the registry.
 */
export const ENQUEUE = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  life as materialized (
    select id from webhooks.webhook_owners where id = $2 for key share
  ),
  event as materialized (
    select given.*
    from unnest(
      string_to_array($4, chr(2)), string_to_array($5, chr(2)), string_to_array($6, chr(2)),
      string_to_array($7, chr(2))::float8[], string_to_array($8, chr(2), chr(3)), string_to_array($9, chr(2), chr(3)),
      string_to_array($10, chr(2)), string_to_array($11, chr(2))::bigint[], string_to_array($16, chr(2), chr(3))
    ) with ordinality as given (account_id, id, type, created_at, attributes, unmatched, body, version, trace, position)
  ),
  delivery as materialized (
    select given.*
    from unnest(
      string_to_array($12, chr(2))::bigint[], string_to_array($13, chr(2)), string_to_array($14, chr(2)),
      string_to_array($15, chr(2))::boolean[]
    ) as given (position, id, webhook_id, leased)
  ),
  account as materialized (
    select named.account_id, locked.version
    from (select distinct account_id from event order by account_id) named
    left join lateral (
      select present.version from webhooks.webhook_accounts present
      where present.account_id = named.account_id and (select count(*) from life) >= 0
      for share
    ) locked on true
  ),
  founded as (
    insert into webhooks.webhook_accounts (account_id, version, webhooks)
    select account_id, 0, 0 from account where version is null order by account_id
    on conflict (account_id) do nothing
    returning account_id
  ),
  known as materialized (
    select account_id, version from account where version is not null
    union all
    select account_id, 0 from founded
  ),
  stored as (
    insert into webhooks.webhook_events
      (account_id, id, type, created_at, stored_at, attributes, unmatched, body, trace)
    select event.account_id, event.id, event.type, event.created_at, moment.now, event.attributes, event.unmatched,
           event.body, event.trace
    from event
    join known on known.account_id = event.account_id and known.version = event.version
    cross join moment
    order by event.account_id, event.id
    on conflict (account_id, id) do nothing
    returning seq, account_id, id, stored_at
  ),
  kept as materialized (
    select event.position, stored.seq, stored.account_id, stored.stored_at
    from stored
    join event on event.account_id = stored.account_id and event.id = stored.id
  ),
  written as (
    insert into webhooks.webhook_deliveries
      (id, account_id, webhook_id, event_seq, stored_at, due_at, owner, token)
    select delivery.id, kept.account_id, delivery.webhook_id, kept.seq, kept.stored_at, kept.stored_at,
           life.id, case when life.id is not null then $3::bigint end
    from kept
    join delivery on delivery.position = kept.position
    left join life on delivery.leased
    returning id, webhook_id, due_at, owner
  ),
  waiting as (
    insert into webhooks.webhook_due (webhook_id, due_at, delivery_id)
    select webhook_id, due_at, id from written where owner is null
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at)
    select webhook_id, min(due_at) from written where owner is null group by webhook_id
  ),
  lease as (
    insert into webhooks.webhook_leases as lease (owner, token, held, delivery_ids)
    select owner, $3::bigint, count(*), array_agg(id) from written where owner is not null group by owner
    on conflict (owner, token)
      do update set held = lease.held + excluded.held, delivery_ids = lease.delivery_ids || excluded.delivery_ids
  )
  select array_to_string(array(select position from kept), ',') as stored,
         exists (select from written where owner is null) as due`;

/**
 * Index webhook_events_by_id, then webhook_deliveries_by_event. Sent after ENQUEUE and apart from it: what another
 * committed while ENQUEUE waited for it is in this statement's snapshot and not in that one's.
 */
export const GET_KNOWN_EVENTS = /* sql */ `
  select asked.position::int4 as position, event.type, event.body, event.attributes, event.unmatched,
         delivery.id as "deliveryId", delivery.webhook_id as "webhookId"
  from unnest(string_to_array($1, chr(2)), string_to_array($2, chr(2)))
    with ordinality as asked (account_id, id, position)
  cross join lateral (
    select present.seq, present.type, present.body, present.attributes, present.unmatched
    from webhooks.webhook_events present
    where present.account_id = asked.account_id and present.id = asked.id
  ) event
  left join lateral (
    select present.id, present.webhook_id from webhooks.webhook_deliveries present where present.event_seq = event.seq
  ) delivery on true
  order by asked.position, delivery.id`;

// Claim

/**
 * Folds notes into heads, the oldest thousand first by primary key. Locks the lanes they name and waits for none: a lane
 * that is locked keeps its notes for the next claim. A note of a parked lane, or of none, is forgotten: whoever makes a
 * lane active adds one. Heads are only ever lowered here, so that what this snapshot does not see does no harm; written
 * by way of the conflict, which reaches a row by its key whatever the statistics say. Answers how many of them are left, and
 * whether there may be more behind them. It waits for no disk: a fold that is lost in a crash is lost as a whole, and
 * made again.
 */
export const FOLD_NOTES = /* sql */ `
  with note as materialized (
    select seq, webhook_id, due_at from webhooks.webhook_lane_notes order by seq limit 1000
  ),
  lane as materialized (
    select noted.webhook_id, noted.due_at, locked.webhook_id is not null as is_locked,
           locked.webhook_id is null
             and (select true from webhooks.webhook_lanes lane where lane.webhook_id = noted.webhook_id) is null as is_missing
    from (select webhook_id, min(due_at) as due_at from note group by webhook_id) noted
    left join lateral (
      select lane.webhook_id from webhooks.webhook_lanes lane
      where lane.webhook_id = noted.webhook_id
      for update skip locked
    ) locked on true
  ),
  lowered as (
    insert into webhooks.webhook_lanes as lane (webhook_id, active, head_at, served)
    select webhook_id, false, due_at, 0 from lane where is_locked
    on conflict (webhook_id) do update set head_at = excluded.head_at
      where lane.active and (lane.head_at is null or lane.head_at > excluded.head_at)
  ),
  folded as (
    delete from webhooks.webhook_lane_notes
    where seq = any(array(
      select note.seq from note join lane on lane.webhook_id = note.webhook_id where lane.is_locked or lane.is_missing))
    returning seq
  )
  select ((select count(*) from note) - (select count(*) from folded))::int4 as "left",
         (select count(*) from note) = 1000 as more,
         set_config('synchronous_commit', 'off', true) as commits`;

/**
 * Takes deliveries of the due lanes, the longest waiting first and of those the least served, a share of each. Index
 * webhook_lanes_by_head, read in its order; the primary key of webhook_due, read in its order.
 *
 * Keeps the owner from being judged dead (for key share), and locks the lanes it comes to, one after the other, waiting
 * for none: the joins are nested loops over the lanes in their order, cut off when enough is taken. A lane that was written
 * since this snapshot (another row version is locked than was read) is left alone, for its head may rest on deliveries that
 * cannot be seen here. So a head is never set later than what is due, but for notes that are still to be folded in.
 * Whoever has locked a lane is the only one to hold its deliveries.
 *
 * $4 limit, $5 the most of one webhook; $6 webhooks of which less may be taken, $7 how much at first and $8 now. The first
 * columns are the same in every row, and are all there is where nothing was taken.
 */
export const CLAIM_DUE = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  life as materialized (
    select id from webhooks.webhook_owners where id = $2 for key share
  ),
  busy as materialized (
    select given.*
    from unnest(string_to_array($6, chr(2)), string_to_array($7, chr(2))::int4[], string_to_array($8, chr(2))::int4[])
      as given (webhook_id, allowed, room)
  ),
  ready as materialized (
    select lane.webhook_id, lane.version, lane.head_at, lane.served, least($5::int4, busy.room) as room
    from moment
    cross join lateral (
      select present.webhook_id, present.ctid as version, present.head_at, present.served
      from webhooks.webhook_lanes present
      where present.head_at <= moment.now
      order by present.head_at, present.served
      limit $4::int4 + (select count(*) from busy)
    ) lane
    left join busy on busy.webhook_id = lane.webhook_id
    where least($5::int4, busy.room) > 0 and exists (select from life)
    order by lane.head_at, lane.served
    limit $4::int4
  ),
  share as materialized (
    select greatest(ceil($4::int4 / 10.0), floor($4::int4 / greatest(count(*), 1)))::int4 as size from ready
  ),
  taken as materialized (
    select ready.webhook_id, ready.served, ready.room, due.delivery_id, due.version
    from ready
    cross join lateral (
      select lane.ctid as version from webhooks.webhook_lanes lane
      where lane.webhook_id = ready.webhook_id
      for update skip locked
    ) locked
    left join lateral (
      select present.delivery_id, present.ctid as version
      from webhooks.webhook_due present
      where present.webhook_id = ready.webhook_id and present.due_at <= (select now from moment)
      order by present.due_at, present.delivery_id
      limit least(ready.room, (select size from share))
    ) due on true
    where locked.version = ready.version
    limit $4::int4
  ),
  gone as (
    delete from webhooks.webhook_due
    where ctid = any(array(select version from taken where version is not null))
    returning delivery_id
  ),
  held as (
    update webhooks.webhook_deliveries
    set owner = $2, token = $3::bigint
    where id = any(array(select delivery_id from gone))
    returning id, account_id, webhook_id, event_seq, stored_at, due_at, attempts, schedule_offset
  ),
  lease as (
    insert into webhooks.webhook_leases as lease (owner, token, held, delivery_ids)
    select $2, $3::bigint, count(*), array_agg(id) from held having count(*) > 0
    on conflict (owner, token)
      do update set held = lease.held + excluded.held, delivery_ids = lease.delivery_ids || excluded.delivery_ids
  ),
  lane as materialized (
    select turn.webhook_id, turn.served + 1 as served, turn.room - turn.taken as room,
           case when waiting.due > turn.taken then moment.now else later.due_at end as head_at
    from moment
    cross join (
      select webhook_id, served, room, count(delivery_id) as taken from taken group by webhook_id, served, room
    ) turn
    cross join lateral (
      select count(*) as due
      from (
        select from webhooks.webhook_due present
        where present.webhook_id = turn.webhook_id and present.due_at <= moment.now
        limit turn.taken + 1
      ) present
    ) waiting
    left join lateral (
      select present.due_at from webhooks.webhook_due present
      where present.webhook_id = turn.webhook_id and present.due_at > moment.now
      order by present.due_at
      limit 1
    ) later on true
  ),
  passed as (
    insert into webhooks.webhook_lanes (webhook_id, active, head_at, served)
    select webhook_id, true, head_at, served from lane
    on conflict (webhook_id) do update set head_at = excluded.head_at, served = excluded.served
  ),
  next as (
    select min(head_at) as head_at
    from (
      select webhook_id, head_at from lane
      union all
      (select present.webhook_id, present.head_at
       from webhooks.webhook_lanes present
       where present.head_at is not null and present.webhook_id not in (select webhook_id from lane)
       order by present.head_at
       limit 1 + (select count(*) from busy))
    ) head
    where head.webhook_id not in (select webhook_id from busy where allowed <= 0)
  )
  select exists (select from life) as "isAlive",
         (next.head_at - moment.now)::float8 as "nextDueInMs",
         (exists (select from lane where room > 0 and head_at <= moment.now)
           or exists (select from ready where webhook_id not in (select webhook_id from lane))) as more,
         held.id, held.account_id as "accountId", held.webhook_id as "webhookId", event.id as "eventId",
         event.type as "eventType", event.created_at as "eventCreatedAt", event.body, event.trace,
         held.stored_at::float8 as "storedAt", held.attempts, held.schedule_offset as "scheduleOffset"
  from moment
  cross join next
  left join held on true
  left join lateral (
    select present.id, present.type, present.created_at, present.body, present.trace
    from webhooks.webhook_events present
    where present.seq = held.event_seq
  ) event on true
  order by held.due_at, held.id`;

// Settle

/**
 * One statement for a batch in which no delivery comes twice. Locks the deliveries in the order of their ids (primary
 * key), then the leases, then the counts of failures. The lease fences: a row that is not held under it does not match. What
 * waits again has its due row and a note. Answers which decided, as places in the batch.
 *
 * The condition on the position does nothing but tell the planner to expect few rows, so that it reaches each by its key
 * whatever it knows of the tables.
 */
export const SETTLE = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  settlement as materialized (
    select given.*
    from unnest(
      string_to_array($2, chr(2)), string_to_array($3, chr(2)), string_to_array($4, chr(2))::bigint[],
      string_to_array($5, chr(2)), string_to_array($6, chr(2), chr(3))::float8[],
      string_to_array($7, chr(2), chr(3))::int4[], string_to_array($8, chr(2), chr(3))::float8[],
      string_to_array($9, chr(2), chr(3))::int4[], string_to_array($10, chr(2), chr(3))::float8[],
      string_to_array($11, chr(2), chr(3)), string_to_array($12, chr(2), chr(3))
    ) with ordinality as given
      (delivery_id, owner, token, next, delay_ms, number, sent_at, response_code, response_time_ms, error, debug, position)
    where given.position between 1 and 100000
    order by given.delivery_id collate "C"
  ),
  decided as (
    update webhooks.webhook_deliveries delivery
    set status        = case when settlement.next in ('retry', 'release') then 'pending' else settlement.next end,
        due_at        = coalesce(moment.now + ceil(settlement.delay_ms)::bigint, delivery.due_at),
        attempts      = case when settlement.number is null then delivery.attempts else delivery.attempts + 1 end,
        deaths        = 0,
        owner         = null,
        token         = null,
        settled_owner = case when settlement.number is null then delivery.owner else delivery.settled_owner end,
        settled_token = case when settlement.number is null then delivery.token else delivery.settled_token end,
        first_owner   = case when delivery.attempts = 0 and settlement.number is not null then delivery.owner
                             else delivery.first_owner end,
        first_token   = case when delivery.attempts = 0 and settlement.number is not null then delivery.token
                             else delivery.first_token end,
        first_number  = case when delivery.attempts = 0 then settlement.number else delivery.first_number end,
        first_sent_at = case when delivery.attempts = 0 then settlement.sent_at else delivery.first_sent_at end,
        first_code    = case when delivery.attempts = 0 then settlement.response_code else delivery.first_code end,
        first_ms      = case when delivery.attempts = 0 then settlement.response_time_ms else delivery.first_ms end,
        first_error   = case when delivery.attempts = 0 then settlement.error else delivery.first_error end,
        first_debug   = case when delivery.attempts = 0 then settlement.debug else delivery.first_debug end
    from moment, settlement
    where delivery.id = settlement.delivery_id
      and delivery.owner = settlement.owner
      and delivery.token = settlement.token
    returning delivery.id, delivery.webhook_id, delivery.due_at, delivery.status, delivery.attempts,
              settlement.position, settlement.owner, settlement.token, settlement.number, settlement.sent_at,
              settlement.response_code, settlement.response_time_ms, settlement.error, settlement.debug
  ),
  further as (
    insert into webhooks.webhook_attempts
      (delivery_id, owner, token, decided, number, sent_at, response_code, response_time_ms, error, debug)
    select id, owner, token, true, number, sent_at, response_code, response_time_ms, error, debug
    from decided
    where number is not null and attempts > 1
    on conflict do nothing
  ),
  waiting as (
    insert into webhooks.webhook_due (webhook_id, due_at, delivery_id)
    select webhook_id, due_at, id from decided where status = 'pending'
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at)
    select webhook_id, min(due_at) from decided where status = 'pending' group by webhook_id
  ),
  settled as materialized (
    select owner, token, count(*) as count from decided group by owner, token order by owner, token
  ),
  ended as (
    delete from webhooks.webhook_leases lease
    using settled
    where lease.owner = settled.owner and lease.token = settled.token and lease.held <= settled.count
  ),
  eased as (
    update webhooks.webhook_leases lease
    set held = lease.held - settled.count
    from settled
    where lease.owner = settled.owner and lease.token = settled.token and lease.held > settled.count
  ),
  tally as materialized (
    select counted.webhook_id, counted.last_success,
           count(*) filter (where counted.position > coalesce(counted.last_success, 0)) as failures
    from (
      select webhook_id, position, max(position) filter (where status = 'success') over (partition by webhook_id) as last_success
      from decided
      where number is not null
    ) counted
    group by counted.webhook_id, counted.last_success
    order by counted.webhook_id
  ),
  failing as (
    insert into webhooks.webhook_failures as failure (webhook_id, failures, since)
    select tally.webhook_id, tally.failures, moment.now
    from moment, tally
    where tally.failures > 0 and exists (select from webhooks.webhooks webhook where webhook.id = tally.webhook_id)
    on conflict (webhook_id) do update
      set (failures, since) = (
        select case when tally.last_success is null then failure.failures + excluded.failures else excluded.failures end,
               case when tally.last_success is null then failure.since else excluded.since end
        from tally
        where tally.webhook_id = excluded.webhook_id)
  ),
  recovered as (
    delete from webhooks.webhook_failures failure
    using tally
    where tally.failures = 0 and failure.webhook_id = tally.webhook_id
  )
  select array_to_string(array(select position from decided), ',') as decided,
         coalesce((select min(due_at) from decided where status = 'pending') <= moment.now, false) as due
  from moment`;

/**
 * What to make of settlements that decided nothing, in a snapshot of its own: the delivery is held under the lease after
 * all (`isHeld`: settle again), the lease decided before (`hasDecided`), or it came too late, and then its attempt is
 * recorded, once. No row where there is no such delivery. Primary keys; the delivery is kept from being purged (for key share).
 */
export const RECORD_LATE = /* sql */ `
  with settlement as materialized (
    select given.*
    from unnest(
      string_to_array($1, chr(2)), string_to_array($2, chr(2)), string_to_array($3, chr(2))::bigint[],
      string_to_array($4, chr(2), chr(3))::int4[], string_to_array($5, chr(2), chr(3))::float8[],
      string_to_array($6, chr(2), chr(3))::int4[], string_to_array($7, chr(2), chr(3))::float8[],
      string_to_array($8, chr(2), chr(3)), string_to_array($9, chr(2), chr(3))
    ) with ordinality as given
      (delivery_id, owner, token, number, sent_at, response_code, response_time_ms, error, debug, position)
    order by given.delivery_id collate "C"
  ),
  late as materialized (
    select settlement.*,
           coalesce(delivery.owner = settlement.owner and delivery.token = settlement.token, false) as is_held,
           coalesce(delivery.first_owner = settlement.owner and delivery.first_token = settlement.token, false)
             or coalesce(delivery.settled_owner = settlement.owner and delivery.settled_token = settlement.token, false)
             or exists (
               select from webhooks.webhook_attempts attempt
               where attempt.delivery_id = settlement.delivery_id and attempt.owner = settlement.owner
                 and attempt.token = settlement.token and attempt.decided) as has_decided
    from settlement
    cross join lateral (
      select present.owner, present.token, present.first_owner, present.first_token, present.settled_owner,
             present.settled_token
      from webhooks.webhook_deliveries present
      where present.id = settlement.delivery_id
      for key share
    ) delivery
  ),
  recorded as (
    insert into webhooks.webhook_attempts
      (delivery_id, owner, token, decided, number, sent_at, response_code, response_time_ms, error, debug)
    select delivery_id, owner, token, false, number, sent_at, response_code, response_time_ms, error, debug
    from late
    where number is not null and not is_held and not has_decided
    on conflict do nothing
  )
  select position::int4 as position, is_held as "isHeld", has_decided as "hasDecided" from late`;

// Lives

export const JOIN = /* sql */ `
  insert into webhooks.webhook_owners (id, alive_until)
  values ($2, coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) + $3::bigint)
  on conflict (id) do update set alive_until = excluded.alive_until`;

/** Primary key. Meets only a judge, who is faster or waits. */
export const RENEW = /* sql */ `
  update webhooks.webhook_owners
  set alive_until = coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) + $3::bigint
  where id = $2
  returning id`;

/**
 * The whole table: a row for each process that delivers. Waits for those who are writing something leased to the owner
 * (they lock its row for key share); none can begin afterwards. What it held is released by a later statement, whose
 * snapshot has all of it.
 */
export const DELETE_DEAD_OWNERS = /* sql */ `
  delete from webhooks.webhook_owners
  where alive_until <= coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`;

/** Primary key; waits like DELETE_DEAD_OWNERS. */
export const DELETE_OWNER = /* sql */ `delete from webhooks.webhook_owners where id = $1`;

/**
 * Owners that are gone and still have leases: judged just now, or before by one who died in between. The whole of both
 * tables, which hold what is under way.
 */
export const LIST_BEREAVED = /* sql */ `
  select distinct lease.owner
  from webhooks.webhook_leases lease
  where not exists (select from webhooks.webhook_owners life where life.id = lease.owner)`;

/**
 * Makes due what an owner ($2) holds, under one lease ($3) or all (null). Primary key of webhook_leases, then of
 * webhook_deliveries in the order of ids. With $4 the owner died of it: from the third death in a row what it held waits a
 * minute, doubling up to an hour.
 */
export const RELEASE = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  lease as materialized (
    select owner, token, delivery_ids
    from webhooks.webhook_leases
    where owner = $2 and ($3::bigint is null or token = $3::bigint)
  ),
  freed as (
    update webhooks.webhook_deliveries delivery
    set owner  = null,
        token  = null,
        deaths = case when $4::boolean then delivery.deaths + 1 else delivery.deaths end,
        due_at = case
          when $4::boolean and delivery.deaths >= 2 then
            greatest(delivery.due_at, moment.now + least(60000 * (1 << least(delivery.deaths - 2, 6)), 3600000))
          else delivery.due_at
        end
    from moment
    where delivery.id = any(array(select unnest(delivery_ids) from lease))
      and delivery.owner = $2
      and ($3::bigint is null or delivery.token = $3::bigint)
    returning delivery.id, delivery.webhook_id, delivery.due_at
  ),
  waiting as (
    insert into webhooks.webhook_due (webhook_id, due_at, delivery_id) select webhook_id, due_at, id from freed
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at) select webhook_id, min(due_at) from freed group by webhook_id
  ),
  ended as (
    delete from webhooks.webhook_leases ended
    using lease
    where ended.owner = lease.owner and ended.token = lease.token and (select count(*) from freed) >= 0
  )
  select exists (select from freed) as due`;

// Cancel

/**
 * Primary key of webhook_due, read in its order, then that of webhook_deliveries. Rows that a claim or a purge is at are left
 * to them. The head of the lane stays, early.
 */
export const CANCEL_DUE = /* sql */ `
  with due as materialized (
    select present.ctid as version
    from webhooks.webhook_due present
    cross join lateral (
      select from webhooks.webhook_deliveries delivery
      where delivery.id = present.delivery_id and delivery.account_id = $1
    ) own
    where present.webhook_id = $2
    order by present.due_at, present.delivery_id
    limit $3
    for update of present skip locked
  ),
  gone as (
    delete from webhooks.webhook_due where ctid = any(array(select version from due)) returning delivery_id
  ),
  ended as (
    update webhooks.webhook_deliveries
    set status = 'cancelled'
    where id = any(array(select delivery_id from gone))
    returning id, event_seq, attempts, due_at
  )
  select ended.id, event.id as "eventId", event.type as "eventType", ended.attempts
  from ended
  cross join lateral (
    select present.id, present.type from webhooks.webhook_events present where present.seq = ended.event_seq
  ) event
  order by ended.due_at, ended.id`;

/** The same for one delivery, reached by its key. */
export const CANCEL_ONE = /* sql */ `
  with due as materialized (
    select present.ctid as version
    from webhooks.webhook_deliveries delivery
    join webhooks.webhook_due present
      on present.webhook_id = delivery.webhook_id and present.due_at = delivery.due_at and present.delivery_id = delivery.id
    where delivery.id = $3 and delivery.account_id = $1 and delivery.webhook_id = $2
    for update of present skip locked
  ),
  gone as (
    delete from webhooks.webhook_due where ctid = any(array(select version from due)) returning delivery_id
  ),
  ended as (
    update webhooks.webhook_deliveries
    set status = 'cancelled'
    where id = any(array(select delivery_id from gone))
    returning id, event_seq, attempts
  )
  select ended.id, event.id as "eventId", event.type as "eventType", ended.attempts
  from ended
  cross join lateral (
    select present.id, present.type from webhooks.webhook_events present where present.seq = ended.event_seq
  ) event`;

// Resend

/** Primary keys; locks the deliveries in the order of their ids, so that what is judged is the latest of each. */
export const RESEND = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  judged as materialized (
    select asked.position, delivery.id, delivery.webhook_id,
           case
             when delivery.id is null then 'missing'
             when delivery.resends > asked.resends then 'resent'
             when delivery.status = 'pending' then 'pending'
             when event.created_at < $5::float8 then 'too_old'
             else 'again'
           end as result
    from (
      select given.*
      from unnest(string_to_array($3, chr(2)), string_to_array($4, chr(2))::int4[])
        with ordinality as given (id, resends, position)
      order by given.id collate "C"
    ) asked
    left join lateral (
      select present.id, present.webhook_id, present.event_seq, present.status, present.resends
      from webhooks.webhook_deliveries present
      where present.id = asked.id and present.account_id = $2 and not present.test
      for update
    ) delivery on true
    left join lateral (
      select present.created_at from webhooks.webhook_events present where present.seq = delivery.event_seq
    ) event on true
  ),
  again as (
    update webhooks.webhook_deliveries delivery
    set status = 'pending', due_at = moment.now, schedule_offset = delivery.attempts, resends = delivery.resends + 1, deaths = 0
    from moment
    where delivery.id = any(array(select id from judged where result = 'again'))
    returning delivery.id, delivery.webhook_id, delivery.due_at
  ),
  waiting as (
    insert into webhooks.webhook_due (webhook_id, due_at, delivery_id) select webhook_id, due_at, id from again
  ),
  note as (
    insert into webhooks.webhook_lane_notes (webhook_id, due_at) select webhook_id, min(due_at) from again group by webhook_id
  )
  select position::int4 as position, case result when 'again' then 'resent' else result end as result
  from judged
  order by position`;

// Depth

/** The whole of webhook_due and of webhook_leases; of each lane that is active the first by the primary key of webhook_due. */
export const GET_DEPTH = /* sql */ `
  select (select count(*) from webhooks.webhook_due)::float8 as waiting,
         (select coalesce(sum(held), 0) from webhooks.webhook_leases)::float8 as held,
         greatest(0, coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) - (
           select min(first.due_at)
           from webhooks.webhook_lanes lane
           cross join lateral (
             select present.due_at from webhooks.webhook_due present
             where present.webhook_id = lane.webhook_id
             order by present.due_at
             limit 1
           ) first
           where lane.active))::float8 as "dueForMs"`;
