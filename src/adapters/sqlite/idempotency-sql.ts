/** The receiver's table, step by step. A step that was ever released is never changed; a change is a further step. */
export const IDEMPOTENCY_MIGRATIONS: readonly string[] = [
  /* sql */ `
  -- While done is 0, token names the claim that holds the key, and expires_at is when it lapses; while done is 1,
  -- expires_at is when the key is forgotten.
  create table webhook_idempotency (
    key        text    not null primary key,
    token      text    not null,
    done       integer not null,
    expires_at integer not null
  ) strict, without rowid;

  create index webhook_idempotency_by_expiry on webhook_idempotency (expires_at);`,
];

/** Primary key. */
export const GET_KEY = /* sql */ `select done, expires_at as expiresAt from webhook_idempotency where key = ?`;

/** Primary key. Only run where the key is free. */
export const TAKE_KEY = /* sql */ `
  insert into webhook_idempotency (key, token, done, expires_at) values (?, ?, 0, ?)
  on conflict (key) do update set token = excluded.token, done = 0, expires_at = excluded.expires_at`;

/** Primary key. A claim that lapsed and was forgotten meanwhile is remembered again; another's claim stays. */
export const COMPLETE_KEY = /* sql */ `
  insert into webhook_idempotency (key, token, done, expires_at) values (?, ?, 1, ?)
  on conflict (key) do update set done = 1, expires_at = excluded.expires_at where token = excluded.token`;

/** Primary key. */
export const RELEASE_KEY = /* sql */ `delete from webhook_idempotency where key = ? and token = ? and done = 0`;

/** Index webhook_idempotency_by_expiry finds them, the primary key reaches them. */
export const PURGE_KEYS = /* sql */ `
  delete from webhook_idempotency
  where key in (select key from webhook_idempotency where expires_at <= ? order by expires_at limit ?)`;
