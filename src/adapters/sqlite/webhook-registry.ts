import { WebhookError } from "../../errors.js";
import type { RegistryPage, RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../../ports/webhook-registry.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { RESET_FAILURES } from "./endpoint-health-sql.js";
import { toStored } from "./text.js";
import {
  COUNT_WEBHOOKS,
  DELETE_WEBHOOK,
  GET_VERSION,
  GET_WEBHOOK,
  INSERT_LANE,
  INSERT_WEBHOOK,
  LIST_WEBHOOKS,
  PAGE_WEBHOOKS,
  RAISE_VERSION,
  REPLACE_WEBHOOK,
  SWITCH_LANE,
} from "./webhook-registry-sql.js";

/** Webhooks as JSON, one row each. A removed one leaves its lane behind, from which what is left can be claimed. */
export class SqliteWebhookRegistry implements WebhookRegistry {
  constructor(private readonly connection: () => SqliteConnection) {}

  async read(known: Parameters<WebhookRegistry["read"]>[0]): Promise<readonly RegistrySnapshot[]> {
    return this.connection().read((statements) =>
      known.flatMap(({ accountId, version }) => {
        const snapshot = snapshotOf(statements, accountId, version);
        return snapshot === null ? [] : [snapshot];
      }),
    );
  }

  async page({ cursor, limit }: Parameters<WebhookRegistry["page"]>[0]): Promise<RegistryPage> {
    return this.connection().read((statements) => {
      const rows = statements.all<{ id: string; record: string }>(PAGE_WEBHOOKS, cursor ?? "", limit);
      return { webhooks: rows.map(parseRecord), cursor: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
    });
  }

  async insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached"> {
    return this.connection().write((statements) => insert(statements, record, maxWebhooks));
  }

  async replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing"> {
    return this.connection().write((statements) => replace(statements, record));
  }

  async remove({ accountId, webhookId }: Parameters<WebhookRegistry["remove"]>[0]): Promise<boolean> {
    return this.connection().write((statements) => {
      if (statements.run(DELETE_WEBHOOK, toStored(webhookId), toStored(accountId)) === 0) return false;
      switchLane(statements, webhookId, true);
      statements.run(RESET_FAILURES, toStored(webhookId));
      statements.run(RAISE_VERSION, toStored(accountId));
      return true;
    });
  }
}

function snapshotOf(statements: Statements, accountId: string, known: number | null): RegistrySnapshot | null {
  const version = statements.get<{ version: number }>(GET_VERSION, toStored(accountId))?.version ?? 0;
  if (version === known) return null;
  const rows = statements.all<{ record: string }>(LIST_WEBHOOKS, toStored(accountId));
  return { accountId, version, webhooks: rows.map(parseRecord) };
}

function parseRecord({ record }: { readonly record: string }): WebhookRecord {
  return JSON.parse(record) as WebhookRecord;
}

function insert(statements: Statements, record: WebhookRecord, maxWebhooks: number): "inserted" | "limit_reached" {
  const id = toStored(record.id);
  const accountId = toStored(record.accountId);
  const present = statements.get<{ accountId: string }>(GET_WEBHOOK, id);
  if (present !== undefined) {
    // Ids are random: the same one again is the same call again, after an answer that was lost.
    if (present.accountId === accountId) return "inserted";
    throw new WebhookError("webhook_invalid", "Another account has a webhook with this id; ids are unique.");
  }
  const { count } = statements.get<{ count: number }>(COUNT_WEBHOOKS, accountId) ?? { count: 0 };
  if (count >= maxWebhooks) return "limit_reached";
  statements.insert(INSERT_WEBHOOK, id, accountId, record.revision, JSON.stringify(record));
  statements.run(INSERT_LANE, id, record.active ? 1 : 0);
  statements.run(RAISE_VERSION, accountId);
  return "inserted";
}

function replace(statements: Statements, record: WebhookRecord): "replaced" | "stale" | "missing" {
  const id = toStored(record.id);
  const accountId = toStored(record.accountId);
  const present = statements.get<{ accountId: string; revision: number; active: number }>(GET_WEBHOOK, id);
  if (present?.accountId !== accountId) return "missing";
  if (present.revision !== record.revision - 1) return "stale";
  statements.run(REPLACE_WEBHOOK, record.revision, JSON.stringify(record), id);
  switchLane(statements, record.id, record.active);
  if (record.active && present.active === 0) statements.run(RESET_FAILURES, id);
  statements.run(RAISE_VERSION, accountId);
  return "replaced";
}

function switchLane(statements: Statements, webhookId: string, active: boolean): void {
  const flag = active ? 1 : 0;
  statements.run(SWITCH_LANE, flag, flag, toStored(webhookId), flag);
}
