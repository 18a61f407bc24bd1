/**
 * Primary key; the conflict locks the account's row, so that callers at the same time take from what the one before left.
 * Minutes ahead of a clock that was set back still count, but for those so far ahead that they would for longer than any.
 */
export const TAKE_PERMITS = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  taken as (
    insert into webhooks.webhook_rate_windows as present (account_id, minutes, counts, granted)
    select $2, array[moment.now / 60000], array[least($3::int4, $4::int4)], least($3::int4, $4::int4) from moment
    on conflict (account_id) do update set (minutes, counts, granted) = (
      select coalesce(array_agg(entry.minute order by entry.minute) filter (where entry.count > 0), '{}'),
             coalesce(array_agg(entry.count order by entry.minute) filter (where entry.count > 0), '{}'),
             max(room.granted)
      from (
        select greatest(0, least($4::int4, $3::int4 - coalesce(sum(counted.count), 0)))::int4 as granted
        from unnest(present.minutes, present.counts) as counted (minute, count)
        where counted.minute between excluded.minutes[1] - 60 and excluded.minutes[1] + 60
      ) room
      cross join lateral (
        select kept.minute, sum(kept.count)::int4 as count
        from (
          select counted.minute, counted.count
          from unnest(present.minutes, present.counts) as counted (minute, count)
          where counted.minute between excluded.minutes[1] - 60 and excluded.minutes[1] + 60
          union all
          select excluded.minutes[1], room.granted
        ) kept
        group by kept.minute
      ) entry
    )
    returning granted, minutes[1] as oldest
  )
  select taken.granted, moment.now::float8 as now, taken.oldest::float8 as oldest from taken, moment`;

/** Primary key. A minute of which all is given back is forgotten. */
export const GIVE_BACK_PERMITS = /* sql */ `
  update webhooks.webhook_rate_windows present
  set (minutes, counts) = (
    select coalesce(array_agg(entry.minute order by entry.minute) filter (where entry.count > 0), '{}'),
           coalesce(array_agg(entry.count order by entry.minute) filter (where entry.count > 0), '{}')
    from (
      select kept.minute, case when kept.minute = $2::bigint then kept.count - $3::int4 else kept.count end as count
      from unnest(present.minutes, present.counts) as kept (minute, count)
    ) entry
  )
  where present.account_id = $1`;
