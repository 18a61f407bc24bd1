/**
 * Looks at the next $5 events in the order of seq (primary key), which is about that in which they were stored, and removes
 * those stored more than $3 ms ago that may go. An event stays while a delivery is held or may still be sent: its webhook is there,
 * and is active or may become so within the event's time ($4 ms). Indexes webhook_deliveries_by_event and primary keys.
 *
 * Locks the events, then what waits of them, and waits for none: an event of which another has locked or taken something
 * stays for the next time. Only then are rows removed. Answers how many of that age were looked at, how many
 * removed, and the last of them.
 */
export const PURGE_EVENTS = /* sql */ `
  with moment as materialized (
    select coalesce($2::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  aged as materialized (
    select chunk.seq, chunk.created_at, moment.now - $4::float8 as expired_before
    from moment
    cross join (
      select seq, created_at, stored_at from webhooks.webhook_events where seq > $1::bigint order by seq limit $5
    ) chunk
    where chunk.stored_at < moment.now - $3::float8
  ),
  free as materialized (
    select locked.seq
    from aged
    cross join lateral (
      select event.seq from webhooks.webhook_events event where event.seq = aged.seq for update skip locked
    ) locked
    where not exists (
      select
      from webhooks.webhook_deliveries delivery
      left join webhooks.webhooks webhook on webhook.id = delivery.webhook_id
      where delivery.event_seq = aged.seq
        and delivery.status = 'pending'
        and (delivery.owner is not null or webhook.active or (not webhook.active and aged.created_at >= aged.expired_before)))
  ),
  waiting as materialized (
    select free.seq, due.version
    from free
    join webhooks.webhook_deliveries delivery on delivery.event_seq = free.seq and delivery.status = 'pending'
    left join lateral (
      select present.ctid as version
      from webhooks.webhook_due present
      where present.webhook_id = delivery.webhook_id and present.due_at = delivery.due_at
        and present.delivery_id = delivery.id
      for update skip locked
    ) due on true
  ),
  doomed as materialized (
    select seq from free where seq not in (select seq from waiting where version is null)
  ),
  due as (
    delete from webhooks.webhook_due
    where ctid = any(array(select version from waiting where seq in (select seq from doomed)))
  ),
  delivery as (
    delete from webhooks.webhook_deliveries where event_seq = any(array(select seq from doomed)) returning id
  ),
  attempt as (
    delete from webhooks.webhook_attempts where delivery_id = any(array(select id from delivery))
  ),
  event as (
    delete from webhooks.webhook_events where seq = any(array(select seq from doomed)) returning seq
  )
  select (select count(*) from aged)::int4 as looked, (select count(*) from event)::int4 as removed,
         (select max(seq) from aged)::text as last`;

/**
 * Removes the first $2 events of an account, in whatever state: index webhook_events_by_id, webhook_deliveries_by_event and
 * primary keys. What waits goes first, as it does in a claim. A lease that counts what is removed ends with its owner.
 */
export const ERASE_EVENTS = /* sql */ `
  with doomed as materialized (
    select seq from webhooks.webhook_events where account_id = $1 order by id limit $2 for update
  ),
  waiting as materialized (
    select delivery.webhook_id, delivery.due_at, delivery.id
    from webhooks.webhook_deliveries delivery
    where delivery.event_seq = any(array(select seq from doomed)) and delivery.status = 'pending'
  ),
  due as (
    delete from webhooks.webhook_due due
    using waiting
    where due.webhook_id = waiting.webhook_id and due.due_at = waiting.due_at and due.delivery_id = waiting.id
    returning due.delivery_id
  ),
  delivery as (
    delete from webhooks.webhook_deliveries
    where event_seq = any(array(select seq from doomed)) and (select count(*) from due) >= 0
    returning id
  ),
  attempt as (
    delete from webhooks.webhook_attempts where delivery_id = any(array(select id from delivery))
  ),
  event as (
    delete from webhooks.webhook_events where seq = any(array(select seq from doomed)) returning seq
  )
  select count(*)::int4 as removed from event`;
