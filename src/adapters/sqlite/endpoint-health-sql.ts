/** Primary key. */
export const GET_STREAK = /* sql */ `select failures, since from webhook_failures where webhook_id = ?`;

/** Primary key; unique index of webhooks.id. A webhook that was removed meanwhile gets no row. */
export const ADD_FAILURES = /* sql */ `
  insert into webhook_failures (webhook_id, failures, since)
  select id, ?, ? from webhooks where id = ?
  on conflict (webhook_id) do update set failures = failures + excluded.failures`;

/** The same, where an attempt succeeded before them. */
export const RESTART_FAILURES = /* sql */ `
  insert into webhook_failures (webhook_id, failures, since)
  select id, ?, ? from webhooks where id = ?
  on conflict (webhook_id) do update set failures = excluded.failures, since = excluded.since`;

/** Primary key. Writes nothing where there is no row. */
export const RESET_FAILURES = /* sql */ `delete from webhook_failures where webhook_id = ?`;

/** The first row there is. */
export const HAS_FAILURES = /* sql */ `select 1 as found from webhook_failures limit 1`;

/** Primary key, for each id of a JSON array. */
export const LIST_WEBHOOKS_OF = /* sql */ `
  select delivery.webhook_id as webhookId, settled.key as position
  from json_each(?) settled
  cross join webhook_deliveries delivery on delivery.id = settled.value`;

/** The same, but for each webhook only the last place: a batch has many deliveries and few webhooks. */
export const LIST_LAST_BY_WEBHOOK = /* sql */ `
  select delivery.webhook_id as webhookId, max(settled.key) as position
  from json_each(?) settled
  cross join webhook_deliveries delivery on delivery.id = settled.value
  group by delivery.webhook_id`;
