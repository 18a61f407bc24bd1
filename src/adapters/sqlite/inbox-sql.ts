/** The inbox's table, step by step. A step that was ever released is never changed; a change is a further step. */
export const INBOX_MIGRATIONS: readonly string[] = [
  /* sql */ `
  -- due_at: while pending, when the event is due or its lease is over; when done, when its id is forgotten; null when
  -- dead. token names the claim that holds it, or the one that completed it. seq is the order of storing.
  create table webhook_inbox (
    seq         integer not null primary key autoincrement,
    id          text    not null unique,
    type        text    not null,
    state       text    not null default 'pending',
    body        text,
    context     text,
    attempts    integer not null default 0,
    token       text,
    due_at      integer,
    error       text,
    received_at integer not null
  ) strict;

  create index webhook_inbox_due on webhook_inbox (due_at) where state = 'pending';
  create index webhook_inbox_expiry on webhook_inbox (due_at) where state = 'done';
  create index webhook_inbox_by_state on webhook_inbox (state, seq);`,
];

/** Unique index on id. */
export const GET_EVENT = /* sql */ `select state, due_at as dueAt from webhook_inbox where id = ?`;

/** Only run where the id is free. */
export const PUT_EVENT = /* sql */ `
  insert into webhook_inbox (id, type, body, context, due_at, received_at) values (?, ?, ?, ?, ?, ?)`;

/** Unique index on id. */
export const FORGET_EVENT = /* sql */ `delete from webhook_inbox where id = ? and state = 'done'`;

/** Index webhook_inbox_expiry. */
export const PURGE_EVENTS = /* sql */ `
  delete from webhook_inbox
  where seq in (select seq from webhook_inbox where state = 'done' and due_at <= ? order by due_at limit ?)`;

/** Index webhook_inbox_due. */
export const NEXT_DUE = /* sql */ `select min(due_at) as dueAt from webhook_inbox where state = 'pending'`;

/** Index webhook_inbox_due. */
export const LIST_DUE = /* sql */ `
  select id, type, body, context, attempts + 1 as attempt from webhook_inbox
  where state = 'pending' and due_at <= ? order by due_at, seq limit ?`;

/** Unique index on id. */
export const TAKE_EVENT = /* sql */ `
  update webhook_inbox set token = ?, due_at = ?, attempts = attempts + 1 where id = ? and state = 'pending'`;

/** Unique index on id. What its own token completed is left as it is, and is found all the same. */
export const RENEW_EVENT = /* sql */ `
  update webhook_inbox set due_at = case state when 'done' then due_at else ? end
  where id = ? and token = ? and state in ('pending', 'done')`;

/** Unique index on id. What its own token completed is left as it is, and is found all the same. */
export const COMPLETE_EVENT = /* sql */ `
  update webhook_inbox
  set due_at = case state when 'done' then due_at else ? end, state = 'done', body = null, context = null, error = null
  where id = ? and token = ? and state in ('pending', 'done')`;

/** Unique index on id. */
export const RETRY_EVENT = /* sql */ `
  update webhook_inbox set token = null, due_at = ?, error = ? where id = ? and token = ? and state = 'pending'`;

/** Unique index on id. */
export const BURY_EVENT = /* sql */ `
  update webhook_inbox set state = 'dead', token = null, due_at = null, error = ?
  where id = ? and token = ? and state = 'pending'`;

/** Unique index on id. */
export const RETURN_EVENT = /* sql */ `
  update webhook_inbox set token = null, due_at = ?, attempts = attempts - 1
  where id = ? and token = ? and state = 'pending'`;

/** Unique index on id. */
export const REVIVE_EVENT = /* sql */ `
  update webhook_inbox set state = 'pending', attempts = 0, due_at = ?, error = null where id = ? and state = 'dead'`;

/** Index webhook_inbox_by_state. */
export const REVIVE_ALL = /* sql */ `
  update webhook_inbox set state = 'pending', attempts = 0, due_at = ?, error = null where state = 'dead'`;

/** Unique index on id. */
export const DISCARD_EVENT = /* sql */ `delete from webhook_inbox where id = ? and state = 'dead'`;

/** Index webhook_inbox_by_state. */
export const DISCARD_ALL = /* sql */ `delete from webhook_inbox where state = 'dead'`;

/** Primary key. */
export const LIST_EVENTS = /* sql */ `
  select seq, id, type, state, attempts, error, received_at as receivedAt, body from webhook_inbox
  where seq > ? order by seq limit ?`;

/** Index webhook_inbox_by_state. */
export const LIST_EVENTS_IN_STATE = /* sql */ `
  select seq, id, type, state, attempts, error, received_at as receivedAt, body from webhook_inbox
  where state = ? and seq > ? order by seq limit ?`;
