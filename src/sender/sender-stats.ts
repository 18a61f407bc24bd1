import type { QueueDepth } from "../ports/delivery-queue.js";
import type { ProcessLoad } from "./dispatcher.js";

/** How a sender is doing. */
export interface SenderStats extends ProcessLoad {
  /** What waits in the store, for all processes: `dueForMs` is how late deliveries are. */
  readonly store: QueueDepth;
}
