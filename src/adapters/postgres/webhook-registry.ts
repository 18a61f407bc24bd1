import { WebhookError } from "../../errors.js";
import type { RegistryPage, RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../../ports/webhook-registry.js";
import { column } from "./columns.js";
import type { PostgresConnection } from "./connection.js";
import { isDuplicate } from "./failure.js";
import { toStored } from "./text.js";
import {
  INSERT_WEBHOOK,
  PAGE_WEBHOOKS,
  READ_ACCOUNTS,
  REMOVE_WEBHOOK,
  REPLACE_WEBHOOK,
} from "./webhook-registry-sql.js";

/** Webhooks as JSON, one row each. A removed one leaves its lane behind, from which what is left can be claimed. */
export class PostgresWebhookRegistry implements WebhookRegistry {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
    /** Says that something became due for others. */
    private readonly notify: () => void,
  ) {}

  async read(known: Parameters<WebhookRegistry["read"]>[0]): Promise<readonly RegistrySnapshot[]> {
    if (known.length === 0) {
      // Also a closed store must not answer.
      this.connection();
      return [];
    }
    const rows = await this.connection().all<{ position: number; version: number; record: string | null }>(
      READ_ACCOUNTS,
      [column(known.map(({ accountId }) => toStored(accountId))), column(known.map(({ version }) => version))],
    );
    const snapshots = new Map<number, { accountId: string; version: number; webhooks: WebhookRecord[] }>();
    for (const { position, version, record } of rows) {
      const index = Number(position) - 1;
      const accountId = known[index]?.accountId ?? "";
      const snapshot = snapshots.get(index) ?? { accountId, version: Number(version), webhooks: [] };
      snapshots.set(index, snapshot);
      if (record !== null) snapshot.webhooks.push(parseRecord(record));
    }
    return [...snapshots.values()];
  }

  async page({ cursor, limit }: Parameters<WebhookRegistry["page"]>[0]): Promise<RegistryPage> {
    const rows = await this.connection().all<{ id: string; record: string }>(PAGE_WEBHOOKS, [cursor ?? "", limit]);
    const webhooks = rows.map(({ record }) => parseRecord(record));
    return { webhooks, cursor: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
  }

  async insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached"> {
    const accountId = toStored(record.accountId);
    const [answer] = await this.#insert(record, accountId, maxWebhooks);
    if (answer?.inserted === true) return "inserted";
    const presentIn = answer?.presentIn ?? null;
    if (presentIn === null) return "limit_reached";
    // Ids are random: the same one again is the same call again, after an answer that was lost.
    if (presentIn === accountId) return "inserted";
    throw new WebhookError("webhook_invalid", "Another account has a webhook with this id; ids are unique.");
  }

  async replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing"> {
    const { id, accountId, revision, active } = record;
    const [answer] = await this.connection().all<{ present: boolean; replaced: boolean; due: boolean }>(
      REPLACE_WEBHOOK,
      [toStored(id), toStored(accountId), revision, active, JSON.stringify(record), this.now()],
    );
    if (answer?.due === true) this.notify();
    if (answer?.replaced === true) return "replaced";
    return answer?.present === true ? "stale" : "missing";
  }

  async remove({ accountId, webhookId }: Parameters<WebhookRegistry["remove"]>[0]): Promise<boolean> {
    const [answer] = await this.connection().all<{ removed: boolean; due: boolean }>(REMOVE_WEBHOOK, [
      toStored(webhookId),
      toStored(accountId),
      this.now(),
    ]);
    if (answer?.due === true) this.notify();
    return answer?.removed === true;
  }

  async #insert(record: WebhookRecord, accountId: string, maxWebhooks: number) {
    const { id, revision, active } = record;
    const values = [toStored(id), accountId, maxWebhooks, revision, active, JSON.stringify(record)];
    const run = () => this.connection().all<{ presentIn: string | null; inserted: boolean }>(INSERT_WEBHOOK, values);
    try {
      return await run();
    } catch (error) {
      // The same call, still under way when it was made again: it has ended by now.
      if (error instanceof Error && isDuplicate(error.cause)) return run();
      throw error;
    }
  }
}

function parseRecord(record: string): WebhookRecord {
  return JSON.parse(record) as WebhookRecord;
}
