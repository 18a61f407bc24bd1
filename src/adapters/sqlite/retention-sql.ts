/**
 * Index webhook_events_by_age, read in its order from where the reader was; then, for each event, the index
 * webhook_deliveries_by_event and unique indexes. An event stays while a delivery is held or may still be sent: its
 * webhook is there, and is active or may become so within the event's time (`@expiredBefore`).
 */
export const LIST_OLD_EVENTS = /* sql */ `
  select event.seq, event.stored_at as storedAt, exists (
           select 1
           from webhook_deliveries delivery
           left join webhooks webhook on webhook.id = delivery.webhook_id
           left join webhook_lanes lane on lane.webhook_id = webhook.id
           where delivery.event_seq = event.seq
             and delivery.status = 'pending'
             and (delivery.owner is not null or lane.active = 1
               or (lane.active = 0 and event.created_at >= @expiredBefore))) as stays
  from webhook_events event indexed by webhook_events_by_age
  where event.stored_at >= @storedAt
    and event.stored_at < @storedBefore
    and (event.stored_at > @storedAt or event.seq > @seq)
  order by event.stored_at, event.seq
  limit @limit`;

/** Primary key, whose first column it is; the index webhook_deliveries_by_event. */
export const DELETE_ATTEMPTS = /* sql */ `
  delete from webhook_attempts
  where delivery_id in (select id from webhook_deliveries where event_seq = ?)`;

/** Index webhook_deliveries_by_event. */
export const DELETE_DELIVERIES = /* sql */ `delete from webhook_deliveries where event_seq = ?`;

/** Row id. */
export const DELETE_EVENT = /* sql */ `delete from webhook_events where seq = ?`;

/** Unique index webhook_events_by_id, read in its order. */
export const LIST_EVENTS_OF = /* sql */ `select seq from webhook_events where account_id = ? order by id limit ?`;
