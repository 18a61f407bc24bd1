import { z } from "zod";
import { defineEvents, type EventMatching, type EventOf } from "./event-catalog.js";

/** The documented values; any other string is accepted, so that a value added tomorrow breaks nobody. */
function openEnum<const Known extends string>(...known: Known[]): z.ZodType<OpenEnum<Known>, OpenEnum<Known>> {
  return z.string().meta({ examples: known });
}

/** An editor completes the known values; a plain `Known | string` would collapse to `string` and complete nothing. */
type OpenEnum<Known extends string> = Known | (string & Record<never, never>);

// Not checked as an instant: a consumer that only stores it must not lose an event over a missing zone.
const instant = z.string().meta({ format: "date-time" });
const count = z.int().nonnegative();

const orderItem = z.object({
  id: z.int(),
  menu_item_id: z.int(),
  quantity: z.number(),
  price: z.number(),
  modifiers: z.array(z.unknown()),
});

const orderStatus = openEnum("pending", "preparing", "completed");

const order = {
  "order.created": {
    description: "A new order is created.",
    object: z.object({
      id: z.int(),
      order_number: z.string(),
      restaurant_id: z.int(),
      customer_id: z.int(),
      status: orderStatus,
      total_amount: z.number(),
      items: z.array(orderItem),
      created_at: instant,
    }),
    documented: { id: "evt_123", created: "2025-08-08T10:00:00Z" },
    sample: {
      id: 1001,
      order_number: "ORD-2025-001",
      restaurant_id: 1,
      customer_id: 456,
      status: "pending",
      total_amount: 45.99,
      items: [{ id: 1, menu_item_id: 10, quantity: 2, price: 12.99, modifiers: [] }],
      created_at: "2025-08-08T10:00:00Z",
    },
  },
  "order.updated": {
    description: "An order is updated: its status changes, items are modified, and the like.",
    object: z.object({
      id: z.int(),
      order_number: z.string(),
      status: orderStatus,
      previous_status: orderStatus.optional(),
      updated_fields: z.array(z.string()).optional(),
      preparation_time: z.number().optional(),
      updated_at: instant,
    }),
    documented: { id: "evt_124", created: "2025-08-08T10:05:00Z" },
    sample: {
      id: 1001,
      order_number: "ORD-2025-001",
      status: "preparing",
      previous_status: "pending",
      updated_fields: ["status", "preparation_time"],
      preparation_time: 15,
      updated_at: "2025-08-08T10:05:00Z",
    },
  },
  "order.completed": {
    description: "An order is marked as completed.",
    object: z.object({
      id: z.int(),
      order_number: z.string(),
      status: orderStatus,
      completed_at: instant,
      total_time_minutes: z.number().optional(),
    }),
    documented: { id: "evt_125", created: "2025-08-08T10:20:00Z" },
    sample: {
      id: 1001,
      order_number: "ORD-2025-001",
      status: "completed",
      completed_at: "2025-08-08T10:20:00Z",
      total_time_minutes: 20,
    },
  },
};

const payment = {
  "payment.completed": {
    description: "A payment is successfully processed.",
    object: z.object({
      id: z.int(),
      order_id: z.int(),
      amount: z.number(),
      payment_method: openEnum("card"),
      status: openEnum("completed"),
      processor: openEnum("stripe").optional(),
      processor_payment_id: z.string().optional(),
      processed_at: instant,
    }),
    documented: { id: "evt_126", created: "2025-08-08T10:21:00Z" },
    sample: {
      id: 2001,
      order_id: 1001,
      amount: 45.99,
      payment_method: "card",
      status: "completed",
      processor: "stripe",
      processor_payment_id: "pi_1234567890",
      processed_at: "2025-08-08T10:21:00Z",
    },
  },
  "payment.refunded": {
    description: "A payment is refunded.",
    object: z.object({
      id: z.int(),
      order_id: z.int(),
      refund_amount: z.number(),
      refund_reason: openEnum("customer_request").optional(),
      refund_id: z.string(),
      refunded_at: instant,
    }),
    documented: { id: "evt_127", created: "2025-08-08T11:00:00Z" },
    sample: {
      id: 2001,
      order_id: 1001,
      refund_amount: 45.99,
      refund_reason: "customer_request",
      refund_id: "ref_987654321",
      refunded_at: "2025-08-08T11:00:00Z",
    },
  },
};

const inventory = {
  "inventory.low_stock": {
    description: "The stock of an item falls below its configured threshold.",
    object: z.object({
      item_id: z.int(),
      item_name: z.string(),
      current_quantity: z.number(),
      unit: z.string(),
      threshold: z.number(),
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_128", created: "2025-08-08T12:00:00Z" },
    sample: {
      item_id: 301,
      item_name: "Tomatoes",
      current_quantity: 5.0,
      unit: "kg",
      threshold: 10.0,
      restaurant_id: 1,
    },
  },
  "inventory.out_of_stock": {
    description: "The stock of an item reaches zero.",
    object: z.object({
      item_id: z.int(),
      item_name: z.string(),
      affected_menu_items: z.array(z.int()),
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_129", created: "2025-08-08T12:30:00Z" },
    sample: { item_id: 301, item_name: "Tomatoes", affected_menu_items: [10, 15, 22], restaurant_id: 1 },
  },
};

const staff = {
  "staff.clocked_in": {
    description: "A staff member clocks in.",
    object: z.object({
      staff_id: z.int(),
      staff_name: z.string(),
      clock_in_time: instant,
      scheduled_start: instant.optional(),
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_130", created: "2025-08-08T08:00:00Z" },
    sample: {
      staff_id: 101,
      staff_name: "John Doe",
      clock_in_time: "2025-08-08T08:00:00Z",
      scheduled_start: "2025-08-08T08:00:00Z",
      restaurant_id: 1,
    },
  },
  "staff.shift_alert": {
    description: "A shift needs attention: a late arrival, a no-show, and the like.",
    object: z.object({
      // The documentation names the no-show in words only; it is spelled as its `late_arrival` is.
      alert_type: openEnum("late_arrival", "no_show"),
      staff_id: z.int(),
      staff_name: z.string(),
      scheduled_start: instant.optional(),
      minutes_late: z.number().optional(),
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_131", created: "2025-08-08T08:15:00Z" },
    sample: {
      alert_type: "late_arrival",
      staff_id: 102,
      staff_name: "Jane Smith",
      scheduled_start: "2025-08-08T08:00:00Z",
      minutes_late: 15,
      restaurant_id: 1,
    },
  },
};

const pos = {
  "pos.sync_completed": {
    description: "A synchronisation with a POS system completes.",
    object: z.object({
      sync_id: z.string(),
      pos_system: openEnum("square"),
      items_synced: count,
      orders_synced: count,
      sync_duration_seconds: z.number(),
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_132", created: "2025-08-08T13:00:00Z" },
    sample: {
      sync_id: "sync_456",
      pos_system: "square",
      items_synced: 150,
      orders_synced: 45,
      sync_duration_seconds: 12,
      restaurant_id: 1,
    },
  },
  "pos.sync_failed": {
    description: "A synchronisation with a POS system fails.",
    object: z.object({
      sync_id: z.string(),
      pos_system: openEnum("square"),
      error_code: openEnum("POS_CONNECTION_FAILED"),
      error_message: z.string(),
      retry_count: count,
      restaurant_id: z.int(),
    }),
    documented: { id: "evt_133", created: "2025-08-08T13:01:00Z" },
    sample: {
      sync_id: "sync_457",
      pos_system: "square",
      error_code: "POS_CONNECTION_FAILED",
      error_message: "Unable to connect to Square API",
      retry_count: 3,
      restaurant_id: 1,
    },
  },
};

/** The eleven event types of the AuraConnect webhook documentation, with its examples as samples. */
export const auraconnectEvents = defineEvents({ ...order, ...payment, ...inventory, ...staff, ...pos });

/** The catalogue a sender and a receiver use when they are given none. */
export type AuraConnectCatalog = typeof auraconnectEvents;

/** Any documented event; `event.type` tells which. */
export type AuraConnectEvent = EventOf<AuraConnectCatalog>;

/** Any `order.*` event; `event.type` tells which. */
export type OrderEvent = EventMatching<AuraConnectCatalog, "order.*">;
/** Any `payment.*` event; `event.type` tells which. */
export type PaymentEvent = EventMatching<AuraConnectCatalog, "payment.*">;
/** Any `inventory.*` event; `event.type` tells which. */
export type InventoryEvent = EventMatching<AuraConnectCatalog, "inventory.*">;
/** Any `staff.*` event; `event.type` tells which. */
export type StaffEvent = EventMatching<AuraConnectCatalog, "staff.*">;
/** Any `pos.*` event; `event.type` tells which. */
export type PosEvent = EventMatching<AuraConnectCatalog, "pos.*">;
