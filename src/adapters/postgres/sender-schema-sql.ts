/**
 * The sender's tables, step by step. A step that was ever released is never changed; a change is a further step.
 * Instants are milliseconds since the Unix epoch: `bigint` where they are the store's own, `float8` where callers measured
 * them and they may have fractions. Texts are in their stored form (`text.ts`); those that are compared collate as "C",
 * which is byte by byte.
 *
 * Hot tables are vacuumed early and analysed late: a queue leaves dead rows faster than a share of its size would tell,
 * and what is learned from a table of a few rows makes plans that are ruinous for a full one.
 */
export const SENDER_MIGRATIONS: readonly string[] = [
  /* sql */ `
  -- version grows with every change to a webhook of the account; webhooks counts them. Whoever publishes locks the row
  -- for share, whoever changes a webhook for update.
  create table webhooks.webhook_accounts (
    account_id text collate "C" not null primary key,
    version    bigint not null,
    webhooks   integer not null
  );

  -- seq is the order of creation.
  create table webhooks.webhooks (
    seq        bigint generated always as identity,
    id         text collate "C" not null primary key,
    account_id text collate "C" not null,
    revision   integer not null,
    active     boolean not null,
    record     text not null
  );

  create index webhooks_by_account on webhooks.webhooks (account_id, seq);

  -- One row per webhook, removed ones included. head_at is when it is next worth asking for its deliveries: once the notes
  -- are folded in, never later than the first that is due; null where none waits or the webhook takes none (parked).
  -- served counts the claims that took from it. Only claims write head_at and served, but that parking clears the head.
  create table webhooks.webhook_lanes (
    webhook_id text collate "C" not null primary key,
    active     boolean not null,
    head_at    bigint,
    served     bigint not null
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
          autovacuum_analyze_threshold = 1000);

  create index webhook_lanes_by_head on webhooks.webhook_lanes (head_at, served) where head_at is not null;

  -- Says that a lane has had something due since due_at. Whoever makes work due adds one, and waits for nobody by that;
  -- claims fold them into the heads.
  create table webhooks.webhook_lane_notes (
    seq        bigint generated always as identity primary key,
    webhook_id text collate "C" not null,
    due_at     bigint not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);

  create table webhooks.webhook_events (
    seq        bigint generated always as identity primary key,
    account_id text collate "C" not null,
    id         text collate "C" not null,
    type       text not null,
    created_at float8 not null,
    stored_at  bigint not null,
    attributes text,
    unmatched  text,
    body       text not null
  ) with (autovacuum_analyze_threshold = 1000);

  create unique index webhook_events_by_id on webhooks.webhook_events (account_id, id);

  -- Pending and without an owner: it waits, and has a row in webhook_due. Pending with an owner: it is held, and its id is
  -- in that owner's leases. No index holds a column that changes, and pages are filled by half, so that holding and settling
  -- touch the page of the row and nothing else (HOT). The first attempt that decided stands here, with its lease, the
  -- others in webhook_attempts; settled_owner and settled_token are the lease of the last settlement without an attempt.
  create table webhooks.webhook_deliveries (
    id              text collate "C" not null primary key,
    account_id      text collate "C" not null,
    webhook_id      text collate "C" not null,
    event_seq       bigint not null,
    stored_at       bigint not null,
    due_at          bigint not null,
    token           bigint,
    first_token     bigint,
    settled_token   bigint,
    first_sent_at   float8,
    first_ms        float8,
    first_number    integer,
    first_code      integer,
    attempts        integer not null default 0,
    schedule_offset integer not null default 0,
    deaths          integer not null default 0,
    status          text not null default 'pending',
    owner           text collate "C",
    first_owner     text collate "C",
    settled_owner   text collate "C",
    first_error     text,
    first_debug     text
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
          autovacuum_analyze_threshold = 1000);

  create index webhook_deliveries_by_event on webhooks.webhook_deliveries (event_seq);
  create index webhook_deliveries_by_account on webhooks.webhook_deliveries (account_id, stored_at);
  create index webhook_deliveries_by_webhook on webhooks.webhook_deliveries (webhook_id, stored_at);

  create table webhooks.webhook_due (
    webhook_id  text collate "C" not null,
    due_at      bigint not null,
    delivery_id text collate "C" not null,
    primary key (webhook_id, due_at, delivery_id)
  ) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);

  -- What was taken in one step under one lease. held counts those that are not settled yet; with the last of them the row
  -- goes, with its owner at the latest.
  create table webhooks.webhook_leases (
    owner        text collate "C" not null,
    token        bigint not null,
    held         integer not null,
    delivery_ids text[] not null,
    primary key (owner, token)
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
          autovacuum_analyze_threshold = 1000);

  -- Attempts after the first that decided, and those that came too late (decided is false) and changed nothing.
  create table webhooks.webhook_attempts (
    delivery_id      text collate "C" not null,
    owner            text collate "C" not null,
    token            bigint not null,
    decided          boolean not null,
    number           integer not null,
    sent_at          float8 not null,
    response_code    integer,
    response_time_ms float8 not null,
    error            text,
    debug            text,
    primary key (delivery_id, owner, token)
  ) with (autovacuum_analyze_threshold = 1000);

  create table webhooks.webhook_owners (
    id          text collate "C" not null primary key,
    alive_until bigint not null
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

  -- Attempts that have failed since the last that succeeded; no row where that was the last.
  create table webhooks.webhook_failures (
    webhook_id text collate "C" not null primary key,
    failures   integer not null,
    since      bigint not null
  ) with (fillfactor = 50);

  -- Permits that an account has taken and not given back, minute by minute, counted from the Unix epoch: the minute under
  -- way and the 60 before it. granted is what the last call got.
  create table webhooks.webhook_rate_windows (
    account_id text collate "C" not null primary key,
    minutes    bigint[] not null,
    counts     integer[] not null,
    granted    integer not null
  ) with (fillfactor = 50);`,
  /* sql */ `
  -- test is true for what was made outside the queue and has ended.
  alter table webhooks.webhook_deliveries
    add column resends integer not null default 0,
    add column test boolean not null default false;

  -- A note whose expires_at has come is as good as none.
  create table webhooks.webhook_notes (
    kind       text collate "C" not null,
    account_id text collate "C" not null,
    key        text collate "C" not null,
    text       text not null,
    revision   integer not null,
    expires_at bigint not null,
    primary key (kind, account_id, key)
  );

  create index webhook_notes_by_expiry on webhooks.webhook_notes (expires_at);`,
  /* sql */ `
  -- Webhooks have windows too, so a row is of any key: permits taken and not given back, by slot, counted from the Unix
  -- epoch; the slot under way and those before it that still count.
  alter table webhooks.webhook_rate_windows rename column account_id to key;
  alter table webhooks.webhook_rate_windows rename column minutes to slots;

  -- What telemetry keeps with an event.
  alter table webhooks.webhook_events add column trace text;`,
];
