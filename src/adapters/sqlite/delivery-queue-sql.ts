// Enqueue

/** Primary key. */
export const GET_REGISTRY_VERSION = /* sql */ `select version from webhook_accounts where account_id = ?`;

/** A known id is left as it is: unique index webhook_events_by_id. */
export const INSERT_EVENT = /* sql */ `
  insert into webhook_events (account_id, id, type, created_at, stored_at, attributes, unmatched, trace, body)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (account_id, id) do nothing`;

/** Index webhook_events_by_id. */
export const GET_KNOWN_EVENT = /* sql */ `
  select seq, type, body, attributes, unmatched
  from webhook_events
  where account_id = ? and id = ?`;

/** Index webhook_deliveries_by_event, then the primary key. */
export const GET_KNOWN_DELIVERIES = /* sql */ `
  select id, webhook_id as webhookId
  from webhook_deliveries
  where event_seq = ?
  order by id`;

export const INSERT_DELIVERY = /* sql */ `
  insert into webhook_deliveries (id, account_id, webhook_id, event_seq, stored_at, due_at, owner, token)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Primary key. A parked lane stays parked, and an earlier head stays. */
export const LOWER_HEAD = /* sql */ `
  update webhook_lanes
  set head_at = ?
  where webhook_id = ? and active = 1 and (head_at is null or head_at > ?)`;

// Claim

/** Primary key. */
export const IS_ALIVE = /* sql */ `select 1 as found from webhook_owners where id = ?`;

/** Index webhook_lanes_by_head, read in its order. Of lanes that are due since the same instant the less served first. */
export const LIST_DUE_LANES = /* sql */ `
  select webhook_id as webhookId
  from webhook_lanes
  where head_at <= ?
  order by head_at, served
  limit ?`;

/** Index webhook_deliveries_due, read in its order; each event by its row id. */
export const LIST_DUE_DELIVERIES = /* sql */ `
  select delivery.id, delivery.account_id as accountId, delivery.webhook_id as webhookId, event.id as eventId,
         event.type as eventType, event.created_at as eventCreatedAt, event.body, event.trace, delivery.stored_at as storedAt,
         delivery.attempts, delivery.schedule_offset as scheduleOffset
  from webhook_deliveries delivery
  join webhook_events event on event.seq = delivery.event_seq
  where delivery.webhook_id = ? and delivery.status = 'pending' and delivery.owner is null and delivery.due_at <= ?
  order by delivery.due_at
  limit ?`;

/** Primary key. */
export const HOLD_DELIVERY = /* sql */ `update webhook_deliveries set owner = ?, token = ? where id = ?`;

/**
 * Primary key; the first entry of the lane in webhook_deliveries_due. A lane that has more due work goes behind those
 * that are due already: its head is now, though its deliveries were due before.
 */
export const PASS_HEAD = /* sql */ `
  update webhook_lanes
  set served = served + 1,
      head_at = max(?, (
        select min(due_at) from webhook_deliveries
        where webhook_id = webhook_lanes.webhook_id and status = 'pending' and owner is null))
  where webhook_id = ? and active = 1`;

/** Index webhook_lanes_by_head, read in its order. */
export const LIST_NEXT_LANES = /* sql */ `
  select webhook_id as webhookId, head_at as headAt
  from webhook_lanes
  where head_at is not null
  order by head_at
  limit ?`;

// Settle

/** Primary key. The lease fences: a row that is not held under it does not match. */
export const FINISH_DELIVERY = /* sql */ `
  update webhook_deliveries
  set status = ?, attempts = attempts + ?, deaths = 0,
      owner = null, token = null, settled_owner = ?, settled_token = ?
  where id = ? and owner = ? and token = ?`;

/**
 * Primary key. The lease fences: a row that is not held under it does not match. One that is given no instant keeps the
 * one at which it was due.
 */
export const RESCHEDULE_DELIVERY = /* sql */ `
  update webhook_deliveries
  set due_at = coalesce(?, due_at), attempts = attempts + ?, deaths = 0,
      owner = null, token = null, settled_owner = ?, settled_token = ?
  where id = ? and owner = ? and token = ?
  returning webhook_id as webhookId, due_at as dueAt`;

/** Primary keys. What this lease has decided before: no row where there is no such delivery. */
export const GET_EARLIER_SETTLEMENT = /* sql */ `
  select delivery.settled_owner = ? and delivery.settled_token = ? as last, attempt.decided
  from webhook_deliveries delivery
  left join webhook_attempts attempt
    on attempt.delivery_id = delivery.id and attempt.owner = ? and attempt.token = ?
  where delivery.id = ?`;

/** Primary key: an attempt that is recorded stays as it is. */
export const INSERT_ATTEMPT = /* sql */ `
  insert into webhook_attempts
    (delivery_id, owner, token, decided, number, sent_at, response_code, response_time_ms, error, debug)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

// Lives

export const INSERT_OWNER = /* sql */ `
  insert into webhook_owners (id, alive_until) values (?, ?)
  on conflict (id) do update set alive_until = excluded.alive_until`;

/** Primary key. */
export const RENEW_OWNER = /* sql */ `update webhook_owners set alive_until = ? where id = ?`;

/** The whole table: a row for each process that delivers. */
export const LIST_DEAD_OWNERS = /* sql */ `select id from webhook_owners where alive_until <= ?`;

/** Primary key. */
export const DELETE_OWNER = /* sql */ `delete from webhook_owners where id = ?`;

/** Index webhook_deliveries_held. */
export const RELEASE_HELD = /* sql */ `
  update webhook_deliveries
  set owner = null, token = null
  where owner = ?
  returning webhook_id as webhookId, due_at as dueAt`;

/** Index webhook_deliveries_held. */
export const RELEASE_LEASE = /* sql */ `
  update webhook_deliveries
  set owner = null, token = null
  where owner = ? and token = ?
  returning webhook_id as webhookId, due_at as dueAt`;

/**
 * Index webhook_deliveries_held. From the third death in a row (parameter 1 is now): a minute, doubling up to an hour.
 */
export const RELEASE_BEREAVED = /* sql */ `
  update webhook_deliveries
  set owner = null, token = null, deaths = deaths + 1,
      due_at = case when deaths < 2 then due_at else max(due_at, ? + min(60000 << min(deaths - 2, 6), 3600000)) end
  where owner = ?
  returning webhook_id as webhookId, due_at as dueAt`;

// Cancel

/** Index webhook_deliveries_due finds them, the primary key reaches them. */
export const CANCEL_DUE = /* sql */ `
  update webhook_deliveries
  set status = 'cancelled'
  where id in (
    select id from webhook_deliveries
    where webhook_id = ? and account_id = ? and status = 'pending' and owner is null
    order by due_at
    limit ?)
  returning id, event_seq as eventSeq, attempts`;

/** Primary key. */
export const CANCEL_ONE = /* sql */ `
  update webhook_deliveries
  set status = 'cancelled'
  where id = ? and webhook_id = ? and account_id = ? and status = 'pending' and owner is null
  returning id, event_seq as eventSeq, attempts`;

/** Row id. */
export const GET_EVENT_NAME = /* sql */ `select id, type from webhook_events where seq = ?`;

/** Primary key; the first entry of the lane in webhook_deliveries_due. */
export const RESTORE_HEAD = /* sql */ `
  update webhook_lanes
  set head_at = (
    select min(due_at) from webhook_deliveries
    where webhook_id = webhook_lanes.webhook_id and status = 'pending' and owner is null)
  where webhook_id = ? and active = 1`;

// Resend

/** Primary key; the event by its row id. */
export const GET_ENDED = /* sql */ `
  select delivery.webhook_id as webhookId, delivery.status, delivery.resends, event.created_at as createdAt
  from webhook_deliveries delivery
  join webhook_events event on event.seq = delivery.event_seq
  where delivery.id = ? and delivery.account_id = ? and delivery.test = 0`;

/** Primary key. The write transaction keeps other writers out since it was looked at. */
export const RESEND_DELIVERY = /* sql */ `
  update webhook_deliveries
  set status = 'pending', due_at = ?, schedule_offset = attempts, resends = resends + 1, deaths = 0
  where id = ?`;

// Depth

/** Index webhook_deliveries_due, the whole of it. */
export const COUNT_WAITING = /* sql */ `
  select count(*) as count from webhook_deliveries where status = 'pending' and owner is null`;

/** Index webhook_deliveries_held, the whole of it. */
export const COUNT_HELD = /* sql */ `select count(*) as count from webhook_deliveries where owner is not null`;

/** Each lane that has a head, and its first entry in webhook_deliveries_due. */
export const GET_FIRST_DUE = /* sql */ `
  select min((
    select min(due_at) from webhook_deliveries
    where webhook_id = lane.webhook_id and status = 'pending' and owner is null)) as dueAt
  from webhook_lanes lane
  where lane.head_at is not null`;
