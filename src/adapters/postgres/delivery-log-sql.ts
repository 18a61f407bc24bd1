/**
 * Index webhook_deliveries_by_webhook, read backwards; the last attempt by primary key. $3 and $4 are the place where the
 * page begins: stored before $3, or at $3 with an id less than $4.
 */
export const LIST_BY_WEBHOOK = /* sql */ `
  select delivery.id, delivery.account_id as "accountId", delivery.webhook_id as "webhookId", event.id as "eventId",
         event.type as "eventType", delivery.status, delivery.attempts, delivery.stored_at::float8 as "storedAt",
         delivery.due_at::float8 as "dueAt", delivery.resends, delivery.test, last.*
  from webhooks.webhook_deliveries delivery
  join webhooks.webhook_events event on event.seq = delivery.event_seq
  left join lateral (
    select delivery.first_number as number, delivery.first_sent_at as "sentAt", delivery.first_code as "responseCode",
           delivery.first_ms as "responseTimeMs", delivery.first_error as error, delivery.first_debug as debug
    where delivery.attempts = 1
    union all
    (select attempt.number, attempt.sent_at, attempt.response_code, attempt.response_time_ms, attempt.error, attempt.debug
     from webhooks.webhook_attempts attempt
     where delivery.attempts > 1 and attempt.delivery_id = delivery.id and attempt.decided
     order by attempt.number desc
     limit 1)
  ) last on true
  where delivery.webhook_id = $8
    and delivery.account_id = $1
    and delivery.stored_at between $2 and $3
    and (delivery.stored_at < $3 or delivery.id < $4)
    and ($5::text is null or delivery.status = $5)
    and ($6::text is null or event.type = $6)
  order by delivery.stored_at desc, delivery.id desc
  limit $7`;

/** Index webhook_deliveries_by_account, read backwards; the last attempt by primary key. */
export const LIST_BY_ACCOUNT = /* sql */ `
  select delivery.id, delivery.account_id as "accountId", delivery.webhook_id as "webhookId", event.id as "eventId",
         event.type as "eventType", delivery.status, delivery.attempts, delivery.stored_at::float8 as "storedAt",
         delivery.due_at::float8 as "dueAt", delivery.resends, delivery.test, last.*
  from webhooks.webhook_deliveries delivery
  join webhooks.webhook_events event on event.seq = delivery.event_seq
  left join lateral (
    select delivery.first_number as number, delivery.first_sent_at as "sentAt", delivery.first_code as "responseCode",
           delivery.first_ms as "responseTimeMs", delivery.first_error as error, delivery.first_debug as debug
    where delivery.attempts = 1
    union all
    (select attempt.number, attempt.sent_at, attempt.response_code, attempt.response_time_ms, attempt.error, attempt.debug
     from webhooks.webhook_attempts attempt
     where delivery.attempts > 1 and attempt.delivery_id = delivery.id and attempt.decided
     order by attempt.number desc
     limit 1)
  ) last on true
  where delivery.account_id = $1
    and delivery.stored_at between $2 and $3
    and (delivery.stored_at < $3 or delivery.id < $4)
    and ($5::text is null or delivery.status = $5)
    and ($6::text is null or event.type = $6)
  order by delivery.stored_at desc, delivery.id desc
  limit $7`;

/** Indexes webhook_events_by_id and webhook_deliveries_by_event; sorts what one event has, at most one per webhook. */
export const LIST_BY_EVENT = /* sql */ `
  select delivery.id, delivery.account_id as "accountId", delivery.webhook_id as "webhookId", event.id as "eventId",
         event.type as "eventType", delivery.status, delivery.attempts, delivery.stored_at::float8 as "storedAt",
         delivery.due_at::float8 as "dueAt", delivery.resends, delivery.test, last.*
  from webhooks.webhook_events event
  join webhooks.webhook_deliveries delivery on delivery.event_seq = event.seq
  left join lateral (
    select delivery.first_number as number, delivery.first_sent_at as "sentAt", delivery.first_code as "responseCode",
           delivery.first_ms as "responseTimeMs", delivery.first_error as error, delivery.first_debug as debug
    where delivery.attempts = 1
    union all
    (select attempt.number, attempt.sent_at, attempt.response_code, attempt.response_time_ms, attempt.error, attempt.debug
     from webhooks.webhook_attempts attempt
     where delivery.attempts > 1 and attempt.delivery_id = delivery.id and attempt.decided
     order by attempt.number desc
     limit 1)
  ) last on true
  where event.account_id = $1
    and event.id = $9
    and ($8::text is null or delivery.webhook_id = $8)
    and delivery.stored_at between $2 and $3
    and (delivery.stored_at < $3 or delivery.id < $4)
    and ($5::text is null or delivery.status = $5)
    and ($6::text is null or event.type = $6)
  order by delivery.stored_at desc, delivery.id desc
  limit $7`;

/** Primary key. */
export const GET_STORED_AT = /* sql */ `
  select stored_at::float8 as "storedAt" from webhooks.webhook_deliveries where id = $1 and account_id = $2`;

/** Primary keys. The first attempt that decided stands with the delivery. */
export const LIST_ATTEMPTS = /* sql */ `
  select attempt.number, attempt.sent_at as "sentAt", attempt.response_code as "responseCode",
         attempt.response_time_ms as "responseTimeMs", attempt.error, attempt.debug
  from (
    select number, sent_at, response_code, response_time_ms, error, debug
    from webhooks.webhook_attempts
    where delivery_id = $1
    union all
    select first_number, first_sent_at, first_code, first_ms, first_error, first_debug
    from webhooks.webhook_deliveries
    where id = $1 and first_number is not null
  ) attempt
  order by attempt.number, attempt.sent_at`;

/** Index webhook_events_by_id. */
export const GET_EVENT = /* sql */ `
  select id, type, created_at as "createdAt", body, attributes, stored_at::float8 as "storedAt"
  from webhooks.webhook_events
  where account_id = $1 and id = $2`;

/** Index webhook_deliveries_by_webhook, read backwards for one row more than is counted. */
export const COUNT_DELIVERIES = /* sql */ `
  select newest.status, count(*) filter (where newest.place <= $4::int4)::int4 as count,
         coalesce(sum(newest.attempts) filter (where newest.place <= $4::int4), 0)::int4 as attempts,
         bool_or(newest.place > $4::int4) as "hasMore"
  from (
    select delivery.status, delivery.attempts, row_number() over () as place
    from (
      select present.status, present.attempts
      from webhooks.webhook_deliveries present
      where present.webhook_id = $2 and present.account_id = $1 and present.stored_at >= $3 and not present.test
      order by present.stored_at desc, present.id desc
      limit $4::int4 + 1
    ) delivery
  ) newest
  group by newest.status`;

/** Unique index webhook_events_by_id: where the event is there, so is the test. */
export const RECORD_TEST = /* sql */ `
  with event as (
    insert into webhooks.webhook_events (account_id, id, type, created_at, stored_at, body)
    select $2, $5, $6, $7::float8, coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint), $8
    on conflict (account_id, id) do nothing
    returning seq, stored_at
  )
  insert into webhooks.webhook_deliveries
    (id, account_id, webhook_id, event_seq, stored_at, due_at, status, attempts, test, first_owner, first_token,
     first_number, first_sent_at, first_code, first_ms, first_error, first_debug)
  select $3, $2, $4, event.seq, event.stored_at, event.stored_at, $9, 1, true, '', 0,
         $10::int4, $11::float8, $12::int4, $13::float8, $14, $15
  from event
  on conflict (id) do nothing`;
