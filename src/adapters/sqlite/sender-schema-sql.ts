/**
 * The sender's tables, step by step. A step that was ever released is never changed; a change is a further step.
 * Columns of type REAL hold what callers measured and may have fractions; the store's own instants are INTEGER, in
 * milliseconds since the Unix epoch.
 */
export const SENDER_MIGRATIONS: readonly string[] = [
  /* sql */ `
  -- Grows with every change to a webhook of the account.
  create table webhook_accounts (
    account_id text    not null primary key,
    version    integer not null
  ) strict, without rowid;

  -- seq is the order of creation.
  create table webhooks (
    seq        integer not null primary key,
    id         text    not null unique,
    account_id text    not null,
    revision   integer not null,
    record     text    not null
  ) strict;

  create index webhooks_by_account on webhooks (account_id, seq);

  -- One row per webhook, removed ones included. head_at is when it is next worth asking for its deliveries: never later
  -- than the first that is due, null where none waits or the webhook takes none (parked). served counts the claims that
  -- took from it.
  create table webhook_lanes (
    webhook_id text    not null primary key,
    active     integer not null,
    head_at    integer,
    served     integer not null default 0
  ) strict, without rowid;

  create index webhook_lanes_by_head on webhook_lanes (head_at, served) where head_at is not null;

  create table webhook_events (
    seq        integer not null primary key,
    account_id text    not null,
    id         text    not null,
    type       text    not null,
    created_at real    not null,
    stored_at  integer not null,
    attributes text,
    unmatched  text,
    body       text    not null
  ) strict;

  create unique index webhook_events_by_id on webhook_events (account_id, id);
  create index webhook_events_by_age on webhook_events (stored_at);

  -- A row is held exactly where owner is set, and then it is pending. settled_owner and settled_token name the lease
  -- under which it was last decided, so that the same settlement is recognised when it comes again.
  create table webhook_deliveries (
    id              text    not null primary key,
    account_id      text    not null,
    webhook_id      text    not null,
    event_seq       integer not null,
    status          text    not null default 'pending',
    stored_at       integer not null,
    due_at          integer not null,
    owner           text,
    token           integer,
    attempts        integer not null default 0,
    schedule_offset integer not null default 0,
    deaths          integer not null default 0,
    settled_owner   text,
    settled_token   integer
  ) strict, without rowid;

  create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where status = 'pending' and owner is null;
  create index webhook_deliveries_held on webhook_deliveries (owner, token) where owner is not null;
  create index webhook_deliveries_by_event on webhook_deliveries (event_seq);
  create index webhook_deliveries_by_account on webhook_deliveries (account_id, stored_at);
  create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, stored_at);

  -- decided is 0 where the lease was over when the attempt was recorded, which then changed nothing.
  create table webhook_attempts (
    delivery_id      text    not null,
    owner            text    not null,
    token            integer not null,
    decided          integer not null,
    number           integer not null,
    sent_at          real    not null,
    response_code    integer,
    response_time_ms real    not null,
    error            text,
    debug            text,
    primary key (delivery_id, owner, token)
  ) strict, without rowid;

  create table webhook_owners (
    id          text    not null primary key,
    alive_until integer not null
  ) strict, without rowid;

  -- Attempts that have failed since the last that succeeded; no row where that was the last.
  create table webhook_failures (
    webhook_id text    not null primary key,
    failures   integer not null,
    since      integer not null
  ) strict, without rowid;

  -- Permits that an account has taken in a minute, counted from the Unix epoch, and not given back; never 0.
  create table webhook_rate_minutes (
    account_id text    not null,
    minute     integer not null,
    count      integer not null,
    primary key (account_id, minute)
  ) strict, without rowid;

  create index webhook_rate_minutes_by_minute on webhook_rate_minutes (minute);`,
  /* sql */ `
  -- test is 1 for what was made outside the queue and has ended.
  alter table webhook_deliveries add column resends integer not null default 0;
  alter table webhook_deliveries add column test integer not null default 0;

  -- A note whose expires_at has come is as good as none.
  create table webhook_notes (
    account_id text    not null,
    kind       text    not null,
    key        text    not null,
    text       text    not null,
    revision   integer not null,
    expires_at integer not null,
    primary key (kind, account_id, key)
  ) strict, without rowid;

  create index webhook_notes_by_expiry on webhook_notes (expires_at);`,
  /* sql */ `
  -- Permits that were taken in a slot of a window and not given back; never 0. Webhooks have windows too, so a window is of
  -- any key. Slots are counted from the Unix epoch; counts_until is when one leaves its window.
  create table webhook_rate_slots (
    key          text    not null,
    slot         integer not null,
    count        integer not null,
    counts_until integer not null,
    primary key (key, slot)
  ) strict, without rowid;

  create index webhook_rate_slots_by_end on webhook_rate_slots (counts_until);

  insert into webhook_rate_slots (key, slot, count, counts_until)
  select account_id, minute, count, (minute + 61) * 60000 from webhook_rate_minutes;

  drop table webhook_rate_minutes;

  -- What telemetry keeps with an event.
  alter table webhook_events add column trace text;`,
];
