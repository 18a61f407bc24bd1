import { WebhookError } from "../../errors.js";
import type { RegistryPage, RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../../ports/webhook-registry.js";
import type { Keyspace } from "./keyspace.js";
import type { OpenStore } from "./open-store.js";
import { nextCursor, parseCursor } from "./page-cursor.js";
import { listOf, numberOf, textOf, textsOf } from "./reply.js";
import { toField } from "./text.js";
import { INSERT, PAGE, READ, REMOVE, REPLACE } from "./webhook-registry-lua.js";

/** An account, and the version of it that is known. */
type KnownAccount = Parameters<WebhookRegistry["read"]>[0][number];

/** Webhooks as JSON in a hash for each account. A removed one leaves its lane behind, from which what is left can be claimed. */
export class RedisWebhookRegistry implements WebhookRegistry {
  constructor(private readonly store: () => OpenStore) {}

  async read(known: readonly KnownAccount[]): Promise<readonly RegistrySnapshot[]> {
    const { keyspace } = this.store();
    const byPartition = new Map<number, KnownAccount[]>();
    for (const account of known) {
      const partition = keyspace.partitionOf(account.accountId);
      byPartition.set(partition, [...(byPartition.get(partition) ?? []), account]);
    }
    const reads = [...byPartition].map(([partition, accounts]) => readIn(keyspace, partition, accounts));
    return (await Promise.all(reads)).flat();
  }

  async page({ cursor, limit }: Parameters<WebhookRegistry["page"]>[0]): Promise<RegistryPage> {
    const { keyspace } = this.store();
    const { partition, after } = parseCursor(cursor);
    if (partition >= keyspace.count) return { webhooks: [], cursor: null };
    const [last, values] = listOf(await keyspace.run(partition, PAGE, [after, String(limit)]));
    const webhooks = textsOf(values).map((value) => parseValue(value).record);
    return { webhooks, cursor: nextCursor(keyspace, partition, textOf(last)) };
  }

  async insert(record: WebhookRecord, maxWebhooks: number): Promise<"inserted" | "limit_reached"> {
    const answer = await this.#run(record.accountId, INSERT, [...argumentsOf(record), String(maxWebhooks)]);
    if (answer === "inserted" || answer === "limit_reached") return answer;
    throw new WebhookError("webhook_invalid", "Another account has a webhook with this id; ids are unique.");
  }

  async replace(record: WebhookRecord): Promise<"replaced" | "stale" | "missing"> {
    const answer = await this.#run(record.accountId, REPLACE, argumentsOf(record));
    if (answer === "stale" || answer === "missing") return answer;
    if (answer === "resumed") this.store().wakeUp.tell();
    return "replaced";
  }

  async remove({ accountId, webhookId }: Parameters<WebhookRegistry["remove"]>[0]): Promise<boolean> {
    const removed = (await this.#run(accountId, REMOVE, [toField(accountId), toField(webhookId)])) === "1";
    if (removed) this.store().wakeUp.tell();
    return removed;
  }

  async #run(accountId: string, script: typeof INSERT, args: readonly string[]): Promise<string> {
    const { keyspace } = this.store();
    return textOf(await keyspace.run(keyspace.partitionOf(accountId), script, args));
  }
}

async function readIn(
  keyspace: Keyspace,
  partition: number,
  accounts: readonly KnownAccount[],
): Promise<readonly RegistrySnapshot[]> {
  const pairs = accounts.flatMap(({ accountId, version }) => [toField(accountId), String(version ?? "")]);
  return listOf(await keyspace.run(partition, READ, pairs)).map((changed): RegistrySnapshot => {
    const [place, version, values] = listOf(changed);
    const webhooks = textsOf(values)
      .map(parseValue)
      .sort((a, b) => a.number - b.number);
    return {
      accountId: accounts[numberOf(place)]?.accountId ?? "",
      version: numberOf(version),
      webhooks: webhooks.map(({ record }) => record),
    };
  });
}

function argumentsOf(record: WebhookRecord): string[] {
  const { accountId, id, revision, active } = record;
  return [toField(accountId), toField(id), String(revision), active ? "1" : "0", JSON.stringify(record)];
}

/** JSON has no tabs of its own, so the fourth field is all that is left. */
function parseValue(value: string): { readonly number: number; readonly record: WebhookRecord } {
  const [number, , , record = ""] = value.split("\t");
  return { number: Number(number), record: JSON.parse(record) as WebhookRecord };
}
