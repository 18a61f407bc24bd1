/** Index webhook_deliveries_by_webhook, read backwards. */
export const LIST_BY_WEBHOOK = /* sql */ `
  select delivery.id, delivery.account_id as accountId, delivery.webhook_id as webhookId, event.id as eventId,
         event.type as eventType, delivery.status, delivery.attempts, delivery.stored_at as storedAt,
         delivery.due_at as dueAt, delivery.resends, delivery.test
  from webhook_deliveries delivery indexed by webhook_deliveries_by_webhook
  join webhook_events event on event.seq = delivery.event_seq
  where delivery.webhook_id = @webhookId
    and delivery.account_id = @accountId
    and delivery.stored_at between @since and @before
    and (delivery.stored_at < @before or delivery.id < @after)
    and (@status is null or delivery.status = @status)
    and (@eventType is null or event.type = @eventType)
  order by delivery.stored_at desc, delivery.id desc
  limit @limit`;

/** Index webhook_deliveries_by_account, read backwards. */
export const LIST_BY_ACCOUNT = /* sql */ `
  select delivery.id, delivery.account_id as accountId, delivery.webhook_id as webhookId, event.id as eventId,
         event.type as eventType, delivery.status, delivery.attempts, delivery.stored_at as storedAt,
         delivery.due_at as dueAt, delivery.resends, delivery.test
  from webhook_deliveries delivery indexed by webhook_deliveries_by_account
  join webhook_events event on event.seq = delivery.event_seq
  where delivery.account_id = @accountId
    and delivery.stored_at between @since and @before
    and (delivery.stored_at < @before or delivery.id < @after)
    and (@status is null or delivery.status = @status)
    and (@eventType is null or event.type = @eventType)
  order by delivery.stored_at desc, delivery.id desc
  limit @limit`;

/** Indexes webhook_events_by_id and webhook_deliveries_by_event; sorts what one event has, at most one per webhook. */
export const LIST_BY_EVENT = /* sql */ `
  select delivery.id, delivery.account_id as accountId, delivery.webhook_id as webhookId, event.id as eventId,
         event.type as eventType, delivery.status, delivery.attempts, delivery.stored_at as storedAt,
         delivery.due_at as dueAt, delivery.resends, delivery.test
  from webhook_events event
  join webhook_deliveries delivery indexed by webhook_deliveries_by_event on delivery.event_seq = event.seq
  where event.account_id = @accountId
    and event.id = @eventId
    and (@webhookId is null or delivery.webhook_id = @webhookId)
    and delivery.stored_at between @since and @before
    and (delivery.stored_at < @before or delivery.id < @after)
    and (@status is null or delivery.status = @status)
    and (@eventType is null or event.type = @eventType)
  order by delivery.stored_at desc, delivery.id desc
  limit @limit`;

/** Primary key. */
export const GET_STORED_AT = /* sql */ `
  select stored_at as storedAt from webhook_deliveries where id = ? and account_id = ?`;

/** Primary key, whose first column it is: a few rows. Those that decided nothing are left out. */
export const GET_LAST_ATTEMPT = /* sql */ `
  select number, sent_at as sentAt, response_code as responseCode, response_time_ms as responseTimeMs, error, debug
  from webhook_attempts
  where delivery_id = ? and decided = 1
  order by number desc
  limit 1`;

/** Primary key, whose first column it is: a few rows. */
export const LIST_ATTEMPTS = /* sql */ `
  select number, sent_at as sentAt, response_code as responseCode, response_time_ms as responseTimeMs, error, debug
  from webhook_attempts
  where delivery_id = ?
  order by number, sent_at`;

/** Index webhook_events_by_id. */
export const GET_EVENT = /* sql */ `
  select id, type, created_at as createdAt, body, attributes, stored_at as storedAt
  from webhook_events
  where account_id = ? and id = ?`;

/** Index webhook_deliveries_by_webhook, read backwards for as many rows as are counted at most. */
export const COUNT_DELIVERIES = /* sql */ `
  select status, count(*) as count, sum(attempts) as attempts
  from (
    select status, attempts
    from webhook_deliveries indexed by webhook_deliveries_by_webhook
    where webhook_id = @webhookId and account_id = @accountId and stored_at >= @since and test = 0
    order by stored_at desc, id desc
    limit @limit)
  group by status`;

/** The same, for whether there is one more. */
export const HAS_MORE_DELIVERIES = /* sql */ `
  select 1 as found
  from webhook_deliveries indexed by webhook_deliveries_by_webhook
  where webhook_id = @webhookId and account_id = @accountId and stored_at >= @since and test = 0
  order by stored_at desc, id desc
  limit 1 offset @limit`;

/** A test that is there is left as it is. */
export const INSERT_TEST = /* sql */ `
  insert into webhook_deliveries
    (id, account_id, webhook_id, event_seq, status, stored_at, due_at, attempts, test)
  values (?, ?, ?, ?, ?, ?, ?, 1, 1)
  on conflict do nothing`;
