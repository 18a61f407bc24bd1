import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import { quote } from "../domain/quote.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryLog, DeliveryRow } from "../ports/delivery-log.js";
import type { DeliveryQueue, ResendResult } from "../ports/delivery-queue.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import { EVENT_MAX_AGE_MS } from "../protocol/limits.js";
import { readAccountId } from "./account-id.js";
import { cancelDeliveries } from "./cancel-deliveries.js";
import type { CancelDeliveries, Deliveries, DeliveryKey, RecoverDeliveries } from "./deliveries.js";
import {
  findDelivery,
  listDeliveries,
  readInstant,
  toAttemptLog,
  toLogRow,
  type DeliveryDetails,
  type DeliveryLogPage,
  type DeliveryLogRow,
  type ListDeliveries,
} from "./delivery-logs.js";
import type { Recoveries } from "./recoveries.js";
import type { Recovery } from "./recovery.js";
import type { SenderEmitter } from "./sender-events.js";
import { readWebhookId } from "./webhook-id.js";
import type { WebhookKey } from "./webhooks.js";

export interface DeliveryDeskContext {
  readonly log: DeliveryLog;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly emitter: SenderEmitter;
  readonly recoveries: Recoveries;
  /** Makes the store ready. */
  readonly open: () => Promise<void>;
  /** @throws {@link WebhookError} `webhook_not_found`. */
  readonly findWebhook: (key: WebhookKey) => Promise<WebhookRecord>;
  /** Called when a delivery of a webhook has become due. */
  readonly onDue: (webhookId: string) => void;
}

/** The use cases of deliveries that were made already. */
export class DeliveryDesk implements Deliveries {
  constructor(private readonly context: DeliveryDeskContext) {}

  async list(query: ListDeliveries = {}): Promise<DeliveryLogPage> {
    await this.context.open();
    return listDeliveries(this.context.log, query);
  }

  async get(key: DeliveryKey): Promise<DeliveryDetails> {
    await this.context.open();
    const row = await this.#find(key);
    const attempts = await this.context.log.attempts(row.id);
    return { ...toLogRow(row), requests: attempts.map(toAttemptLog) };
  }

  async resend(key: DeliveryKey): Promise<DeliveryLogRow> {
    const { queue, clock, onDue } = this.context;
    const { accountId, id: webhookId } = await this.#findActive(key);
    const row = await this.#find(key);
    if (row.test) {
      throw new WebhookError("delivery_not_found", "A test is not sent again; test the webhook once more.", {
        field: "eventId",
      });
    }
    const createdSince = clock.now() - EVENT_MAX_AGE_MS;
    const [result = "missing"] = await queue.resend({ accountId, deliveries: [row], createdSince });
    if (result !== "resent") throw refused(result, row);
    onDue(webhookId);
    return toLogRow(await this.#find(key));
  }

  async recover({ since, ...key }: RecoverDeliveries): Promise<Recovery> {
    const { clock, recoveries } = this.context;
    const instant = readInstant("since", since);
    if (instant === undefined || instant > clock.now()) {
      throw new WebhookError("option_invalid", "`since` is an instant that is not in the future.", { field: "since" });
    }
    const { accountId, id: webhookId } = await this.#findActive(key);
    return recoveries.begin({ accountId, webhookId, since: instant });
  }

  async recovery({ recoveryId, ...key }: WebhookKey & { readonly recoveryId: string }): Promise<Recovery> {
    await this.context.open();
    return this.context.recoveries.get(keyOf(key), recoveryId);
  }

  async cancel({ eventId, ...key }: CancelDeliveries): Promise<{ readonly cancelled: number }> {
    const { accountId, id: webhookId } = await this.context.findWebhook(key);
    const deliveryId = eventId === undefined ? undefined : (await this.#find({ ...key, eventId })).id;
    return { cancelled: await cancelDeliveries(this.context, { accountId, webhookId, deliveryId }) };
  }

  async #find({ eventId, ...key }: DeliveryKey): Promise<DeliveryRow> {
    const row =
      typeof eventId === "string" ? await findDelivery(this.context.log, { ...keyOf(key), eventId }) : undefined;
    if (row !== undefined) return row;
    throw new WebhookError("delivery_not_found", `The webhook has no delivery of an event ${quote(eventId)}.`, {
      field: "eventId",
    });
  }

  async #findActive(key: WebhookKey): Promise<WebhookRecord> {
    const webhook = await this.context.findWebhook(key);
    if (webhook.active) return webhook;
    throw plainError("webhook_inactive", { field: "webhookId" });
  }
}

function keyOf({ accountId, webhookId }: WebhookKey): { readonly accountId: string; readonly webhookId: string } {
  return { accountId: readAccountId(accountId), webhookId: readWebhookId(webhookId) };
}

function refused(result: Exclude<ResendResult, "resent">, { eventId }: DeliveryRow): WebhookError {
  if (result === "pending") return plainError("delivery_pending", { field: "eventId" });
  if (result === "missing") return plainError("delivery_not_found", { field: "eventId" });
  return new WebhookError(
    "resend_too_late",
    `${eventId} was created more than 7 days ago and is not sent any more; publish what it told as a new event.`,
    { field: "eventId" },
  );
}
