/** Primary key. */
export const GET_VERSION = /* sql */ `select version from webhook_accounts where account_id = ?`;

/** Index webhooks_by_account, read in its order. */
export const LIST_WEBHOOKS = /* sql */ `select record from webhooks where account_id = ? order by seq`;

/** Unique index of webhooks.id, read in its order. */
export const PAGE_WEBHOOKS = /* sql */ `select id, record from webhooks where id > ? order by id limit ?`;

/** Primary key. */
export const RAISE_VERSION = /* sql */ `
  insert into webhook_accounts (account_id, version) values (?, 1)
  on conflict (account_id) do update set version = version + 1`;

/** Unique index of webhooks.id; the primary key of its lane. */
export const GET_WEBHOOK = /* sql */ `
  select webhook.account_id as accountId, webhook.revision, lane.active
  from webhooks webhook
  join webhook_lanes lane on lane.webhook_id = webhook.id
  where webhook.id = ?`;

/** Index webhooks_by_account. The write transaction keeps other writers out until it has inserted. */
export const COUNT_WEBHOOKS = /* sql */ `select count(*) as count from webhooks where account_id = ?`;

export const INSERT_WEBHOOK = /* sql */ `insert into webhooks (id, account_id, revision, record) values (?, ?, ?, ?)`;

export const INSERT_LANE = /* sql */ `
  insert into webhook_lanes (webhook_id, active) values (?, ?)
  on conflict (webhook_id) do update set active = excluded.active`;

/** Unique index of webhooks.id. */
export const REPLACE_WEBHOOK = /* sql */ `update webhooks set revision = ?, record = ? where id = ?`;

/** Primary key; the first entry of the lane in webhook_deliveries_due. A lane that stays as it is keeps its head. */
export const SWITCH_LANE = /* sql */ `
  update webhook_lanes
  set active = ?,
      head_at = case ? when 1 then (
        select min(due_at) from webhook_deliveries
        where webhook_id = webhook_lanes.webhook_id and status = 'pending' and owner is null) end
  where webhook_id = ? and active <> ?`;

/** Unique index of webhooks.id. The secret goes with the row. */
export const DELETE_WEBHOOK = /* sql */ `delete from webhooks where id = ? and account_id = ?`;
