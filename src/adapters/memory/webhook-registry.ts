/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import { WebhookError } from "../../errors.js";
import type { RegistryPage, RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../../ports/webhook-registry.js";
import type { MemoryEndpointHealth } from "./endpoint-health.js";
import type { Lanes } from "./lanes.js";

/** The webhooks of one account, in the order of their creation. */
interface Account {
  version: number;
  readonly webhooks: Map<string, WebhookRecord>;
}

/** Whether a webhook is there, and whether it takes deliveries. */
export type WebhookState = "active" | "inactive" | "gone";

/** The registry in memory. It keeps copies, so that what a caller does to its record later changes nothing here. */
export class MemoryWebhookRegistry implements WebhookRegistry {
  readonly #accounts = new Map<string, Account>();
  readonly #accountOf = new Map<string, string>();

  constructor(
    private readonly lanes: Lanes,
    private readonly health: MemoryEndpointHealth,
  ) {}

  /** The version of an account's webhooks; 0 while it never had one. */
  version(accountId: string): number {
    return this.#accounts.get(accountId)?.version ?? 0;
  }

  stateOf(webhookId: string): WebhookState {
    const record = this.#find(webhookId);
    if (record === undefined) return "gone";
    return record.active ? "active" : "inactive";
  }

  async read(known: Parameters<WebhookRegistry["read"]>[0]): Promise<readonly RegistrySnapshot[]> {
    return known
      .filter(({ accountId, version }) => version !== this.version(accountId))
      .map(({ accountId }) => ({
        accountId,
        version: this.version(accountId),
        webhooks: [...(this.#accounts.get(accountId)?.webhooks.values() ?? [])],
      }));
  }

  async page({ cursor, limit }: Parameters<WebhookRegistry["page"]>[0]): Promise<RegistryPage> {
    const ids = [...this.#accountOf.keys()].sort().filter((id) => cursor === null || id > cursor);
    const webhooks = ids.slice(0, limit).flatMap((id) => this.#find(id) ?? []);
    return { webhooks, cursor: ids.length > limit ? (ids[limit - 1] ?? null) : null };
  }

  async insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached"> {
    const present = this.#accountOf.get(record.id);
    // Ids are random: the same one again is the same call again, after an answer that was lost.
    if (present === record.accountId) return "inserted";
    if (present !== undefined) {
      throw new WebhookError("webhook_invalid", "Another account has a webhook with this id; ids are unique.");
    }
    const account = this.#accounts.get(record.accountId) ?? { version: 0, webhooks: new Map<string, WebhookRecord>() };
    if (account.webhooks.size >= maxWebhooks) return "limit_reached";
    this.#accounts.set(record.accountId, account);
    this.#accountOf.set(record.id, record.accountId);
    this.#keep(account, record);
    return "inserted";
  }

  async replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing"> {
    const account = this.#accounts.get(record.accountId);
    const present = account?.webhooks.get(record.id);
    if (account === undefined || present === undefined) return "missing";
    if (present.revision !== record.revision - 1) return "stale";
    if (record.active && !present.active) this.health.reset(record.id);
    this.#keep(account, record);
    return "replaced";
  }

  async remove({ accountId, webhookId }: Parameters<WebhookRegistry["remove"]>[0]): Promise<boolean> {
    const account = this.#accounts.get(accountId);
    if (account?.webhooks.delete(webhookId) !== true) return false;
    this.#accountOf.delete(webhookId);
    account.version += 1;
    // Whoever claims what is left finds the webhook gone, and ends it.
    this.lanes.setActive(webhookId, true);
    this.health.reset(webhookId);
    return true;
  }

  #find(webhookId: string): WebhookRecord | undefined {
    return this.#accounts.get(this.#accountOf.get(webhookId) ?? "")?.webhooks.get(webhookId);
  }

  #keep(account: Account, record: WebhookRecord): void {
    account.webhooks.set(record.id, structuredClone(record));
    account.version += 1;
    this.lanes.setActive(record.id, record.active);
  }
}
