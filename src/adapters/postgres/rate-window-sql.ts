/**
 * Primary key; the conflict locks the window's row, so that callers at the same time take from what the one before left.
 * Slots ahead of a clock that was set back still count, but for those so far ahead that they would for longer than any.
 */
export const TAKE_PERMITS = /* sql */ `
  with moment as materialized (
    select coalesce($1::bigint, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) as now
  ),
  taken as (
    insert into webhooks.webhook_rate_windows as present (key, slots, counts, granted)
    select $2, array[moment.now / $5::bigint], array[least($3::int4, $4::int4)], least($3::int4, $4::int4) from moment
    on conflict (key) do update set (slots, counts, granted) = (
      select coalesce(array_agg(entry.slot order by entry.slot) filter (where entry.count > 0), '{}'),
             coalesce(array_agg(entry.count order by entry.slot) filter (where entry.count > 0), '{}'),
             max(room.granted)
      from (
        select greatest(0, least($4::int4, $3::int4 - coalesce(sum(counted.count), 0)))::int4 as granted
        from unnest(present.slots, present.counts) as counted (slot, count)
        where counted.slot between excluded.slots[1] - $6::bigint and excluded.slots[1] + $6::bigint
      ) room
      cross join lateral (
        select kept.slot, sum(kept.count)::int4 as count
        from (
          select counted.slot, counted.count
          from unnest(present.slots, present.counts) as counted (slot, count)
          where counted.slot between excluded.slots[1] - $6::bigint and excluded.slots[1] + $6::bigint
          union all
          select excluded.slots[1], room.granted
        ) kept
        group by kept.slot
      ) entry
    )
    returning granted, slots[1] as oldest
  )
  select taken.granted, moment.now::float8 as now, taken.oldest::float8 as oldest from taken, moment`;

/** Primary key. A slot of which all is given back is forgotten. */
export const GIVE_BACK_PERMITS = /* sql */ `
  update webhooks.webhook_rate_windows present
  set (slots, counts) = (
    select coalesce(array_agg(entry.slot order by entry.slot) filter (where entry.count > 0), '{}'),
           coalesce(array_agg(entry.count order by entry.slot) filter (where entry.count > 0), '{}')
    from (
      select kept.slot, case when kept.slot = $2::bigint then kept.count - $3::int4 else kept.count end as count
      from unnest(present.slots, present.counts) as kept (slot, count)
    ) entry
  )
  where present.key = $1`;
