/** Primary key. */
export const READ_FAILURES = /* sql */ `
  select asked.position::int4 as position, failure.failures,
         (coalesce($2::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) - failure.since)::float8
           as "failingForMs"
  from unnest(string_to_array($1, chr(2))) with ordinality as asked (webhook_id, position)
  cross join lateral (
    select present.failures, present.since
    from webhooks.webhook_failures present
    where present.webhook_id = asked.webhook_id
  ) failure
  order by asked.position`;
