import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import { readWholeNumber } from "../domain/option-value.js";
import type { DeliveryQueue } from "../ports/delivery-queue.js";
import type { EndpointHealth } from "../ports/endpoint-health.js";
import type { WebhookRecord, WebhookRegistry } from "../ports/webhook-registry.js";
import type { EventCatalog } from "../protocol/event-catalog.js";
import { DEBUG_MODE_MS } from "../protocol/limits.js";
import { generateSecret, validateSecret } from "../protocol/secrets.js";
import { readAccountId } from "./account-id.js";
import { cancelDeliveries } from "./cancel-deliveries.js";
import { listWithDebug, readInstant, readQuery, type ListDeliveries, type WebhookLogPage } from "./delivery-logs.js";
import { randomText } from "./ids.js";
import type { RateLimitOf } from "./rate-gate.js";
import type { RegistryCache } from "./registry-cache.js";
import type { SecretVault } from "./secret-vault.js";
import type { SenderEmitter } from "./sender-events.js";
import { testWebhook, type TestContext, type WebhookTestResult } from "./test-webhook.js";
import { readWebhookId } from "./webhook-id.js";
import { readNewWebhook, readWebhookChanges, type WebhookRules } from "./webhook-input.js";
import { readWebhookStats, type WebhookStats } from "./webhook-stats.js";
import { toWebhook, type Webhook } from "./webhook.js";
import type {
  ListWebhooks,
  NewWebhook,
  SecretRotation,
  WebhookKey,
  WebhookPage,
  Webhooks,
  WebhookStatsQuery,
  WebhookTest,
  WebhookUpdate,
} from "./webhooks.js";

const ID_LENGTH = 20;
const DAY_MS = 24 * 60 * 60 * 1_000;
const MONTH_MS = 30 * DAY_MS;

export interface RegistrarContext extends TestContext {
  readonly registry: WebhookRegistry;
  readonly queue: DeliveryQueue;
  readonly health: EndpointHealth;
  readonly cache: RegistryCache;
  readonly vault: SecretVault;
  readonly limitOf: RateLimitOf;
  readonly rules: WebhookRules;
  readonly maxWebhooks: number;
  readonly rotationOverlapMs: number;
  readonly emitter: SenderEmitter;
  /** Makes the store ready. */
  readonly open: () => Promise<void>;
  /** Called when deliveries may have become due. */
  readonly wake: () => void;
}

/** The use cases of the registry. Input is checked before the store is asked for anything. */
export class WebhookRegistrar<Catalog extends EventCatalog> implements Webhooks<Catalog> {
  constructor(private readonly context: RegistrarContext) {}

  async create(input: NewWebhook<Catalog>): Promise<Webhook> {
    const { registry, vault, clock, rules, maxWebhooks } = this.context;
    const { debugMode, ...fields } = readNewWebhook(input, rules);
    const accountId = readAccountId(input.accountId);
    const secret = input.secret === undefined ? generateSecret() : validateSecret(input.secret);
    const id = `webhook_${randomText(ID_LENGTH)}`;
    const now = clock.now();
    const record: WebhookRecord = {
      accountId,
      id,
      ...fields,
      secret: vault.seal({ accountId, webhookId: id }, secret),
      previousSecret: null,
      activeSince: now,
      disabledReason: null,
      debugUntil: debugMode ? now + DEBUG_MODE_MS : null,
      createdAt: now,
      updatedAt: now,
      revision: 1,
    };
    await this.context.open();
    if ((await registry.insert(record, maxWebhooks)) === "limit_reached") {
      throw new WebhookError(
        "webhook_limit_reached",
        `The account has ${maxWebhooks} webhooks, which is the most it may have; delete one first.`,
      );
    }
    await this.context.cache.refresh(accountId);
    return this.#show(record, input.secret === undefined ? secret : undefined);
  }

  async get(key: WebhookKey): Promise<Webhook> {
    return this.#show(await this.find(key));
  }

  async list(query: ListWebhooks = {}): Promise<WebhookPage> {
    const accountId = readAccountId(query.accountId);
    const limit = readWholeNumber("limit", query.limit, 100, { min: 1, max: 200 });
    await this.context.open();
    const { webhooks } = await this.context.cache.refresh(accountId);
    const start = query.cursor === undefined ? 0 : afterCursor(webhooks, query.cursor);
    const page = webhooks.slice(start, start + limit);
    const last = page.at(-1);
    const more = last !== undefined && start + limit < webhooks.length;
    return { webhooks: page.map((record) => this.#show(record)), nextCursor: more ? cursorOf(last) : null };
  }

  async update(update: WebhookUpdate<Catalog>): Promise<Webhook> {
    const { debugMode, ...changes } = readWebhookChanges(update.changes, this.context.rules);
    readWholeNumber("revision", update.revision, false, { min: 1, max: Number.MAX_SAFE_INTEGER });
    const record = await this.#change(update, (before, now) => ({
      ...changes,
      ...(debugMode === undefined ? {} : { debugUntil: debugMode ? now + DEBUG_MODE_MS : endOfDebug(before, now) }),
      ...(changes.active === true && !before.active ? { activeSince: now, disabledReason: null } : {}),
    }));
    if (changes.active === true) this.context.wake();
    return this.#show(record);
  }

  async delete(key: WebhookKey): Promise<void> {
    const { accountId, id: webhookId } = await this.find(key);
    const { registry, cache } = this.context;
    if (!(await registry.remove({ accountId, webhookId }))) throw notFound();
    await cache.refresh(accountId);
    await cancelDeliveries(this.context, { accountId, webhookId });
  }

  #show(record: WebhookRecord, secret?: string): Webhook {
    const rateLimit = this.#rateLimitOf(record.accountId);
    return toWebhook(record, { nowMs: this.context.clock.now(), rateLimit, secret });
  }

  /** A function of the host's that answers nonsense is told of where it is needed, and not by a webhook that is made by now. */
  #rateLimitOf(accountId: string): number | false {
    try {
      return this.context.limitOf(accountId);
    } catch {
      return false;
    }
  }

  async rotateSecret(rotation: SecretRotation): Promise<Webhook> {
    const { vault, rotationOverlapMs } = this.context;
    const secret = rotation.secret === undefined ? generateSecret() : validateSecret(rotation.secret);
    const overlapMs = readWholeNumber("overlapMs", rotation.overlapMs, rotationOverlapMs, { min: 0, max: MONTH_MS });
    const record = await this.#change(rotation, (before, now) => {
      const sealed = vault.seal({ accountId: before.accountId, webhookId: before.id }, secret);
      if (this.#isSecretOf(before, secret)) {
        return overlapMs === 0 && before.previousSecret !== null ? { previousSecret: null } : null;
      }
      const previousSecret = { secret: before.secret, expiresAt: now + overlapMs, confirmed: false };
      return { secret: sealed, previousSecret: overlapMs === 0 ? null : previousSecret };
    });
    return this.#show(record, rotation.secret === undefined ? secret : undefined);
  }

  /** Whether a webhook has this secret already: a rotation that is repeated must not drop the one that consumers know. */
  #isSecretOf({ accountId, id: webhookId, secret: sealed }: WebhookRecord, secret: string): boolean {
    try {
      return this.context.vault.open({ accountId, webhookId }, sealed) === secret;
    } catch {
      // One that opens no more is replaced.
      return false;
    }
  }

  async confirmSecret(key: WebhookKey): Promise<Webhook> {
    const record = await this.#change(key, ({ previousSecret }) => ({
      previousSecret: previousSecret === null ? null : { ...previousSecret, confirmed: true },
    }));
    return this.#show(record);
  }

  /** Makes a webhook inactive because its endpoint is gone. Of several processes that notice, one tells. */
  async disable(key: WebhookKey, disabledReason: string): Promise<void> {
    const noticed: WebhookRecord[] = [];
    const record = await this.#change(key, (before) => {
      noticed.push(before);
      return before.active ? { active: false, disabledReason } : null;
    });
    if (noticed.at(-1)?.active === true) {
      this.context.emitter.emit("webhook.disabled", { webhook: this.#show(record) });
    }
  }

  async test(test: WebhookTest<Catalog>): Promise<WebhookTestResult> {
    return testWebhook(this.context, await this.find(test), test);
  }

  async logs(query: WebhookKey & ListDeliveries): Promise<WebhookLogPage> {
    const { log, cache, open } = this.context;
    const accountId = readAccountId(query.accountId);
    const webhookId = readWebhookId(query.webhookId);
    readQuery(query);
    await open();
    const webhook = (await cache.refresh(accountId)).byId.get(webhookId);
    const page = await listWithDebug(log, query, webhook !== undefined && webhook.debugUntil !== null);
    if (page.logs.length > 0 || webhook !== undefined) return page;
    // A deleted webhook is still known by its log.
    const { deliveries } = await log.list({ accountId, webhookId, limit: 1 });
    if (deliveries.length === 0) throw notFound();
    return page;
  }

  async stats(query: WebhookStatsQuery): Promise<WebhookStats> {
    const nowMs = this.context.clock.now();
    const since = readInstant("since", query.since) ?? nowMs - DAY_MS;
    const { accountId, id: webhookId } = await this.find(query);
    return readWebhookStats(this.context, { accountId, webhookId, since }, nowMs);
  }

  /** The webhook as it is stored, never from before the call. @throws {@link WebhookError} `webhook_not_found`. */
  async find(key: WebhookKey): Promise<WebhookRecord> {
    const accountId = readAccountId(key.accountId);
    const webhookId = readWebhookId(key.webhookId);
    await this.context.open();
    const record = (await this.context.cache.refresh(accountId)).byId.get(webhookId);
    if (record === undefined) throw notFound();
    return record;
  }

  /** Applies a change to the newest revision, however many others change it meanwhile; null leaves it as it is. */
  async #change(
    key: WebhookKey & { readonly revision?: number | undefined },
    apply: (record: WebhookRecord, nowMs: number) => Partial<WebhookRecord> | null,
  ): Promise<WebhookRecord> {
    const { registry, cache, clock } = this.context;
    for (;;) {
      const record = await this.find(key);
      if (key.revision !== undefined && key.revision !== record.revision) throw plainError("webhook_stale");
      const now = clock.now();
      const changes = apply(record, now);
      if (changes === null) return record;
      const changed = { ...record, ...changes, updatedAt: now, revision: record.revision + 1 };
      const result = await registry.replace(changed);
      if (result === "missing") throw notFound();
      if (result === "replaced") {
        await cache.refresh(record.accountId);
        return changed;
      }
    }
  }
}

/** Debug mode that is switched off has ended; one that never was stays that way. */
function endOfDebug({ debugUntil }: WebhookRecord, nowMs: number): number | null {
  return debugUntil === null ? null : Math.min(debugUntil, nowMs);
}

function notFound(): WebhookError {
  return plainError("webhook_not_found", { field: "webhookId" });
}

/** A place in the order of registration, which holds even when the webhook it names is deleted. */
function cursorOf({ createdAt, id }: WebhookRecord): string {
  return `${Math.floor(createdAt)}.${id}`;
}

function afterCursor(webhooks: readonly WebhookRecord[], cursor: unknown): number {
  const written = typeof cursor === "string" ? cursor : "";
  const [, createdAt, id] = /^(\d{1,16})\.(webhook_[0-9a-z]{1,64})$/.exec(written) ?? [];
  if (createdAt === undefined || id === undefined) throw plainError("cursor_invalid", { field: "cursor" });
  const known = webhooks.findIndex((webhook) => webhook.id === id);
  if (known !== -1) return known + 1;
  const next = webhooks.findIndex((webhook) => webhook.createdAt > Number(createdAt));
  return next === -1 ? webhooks.length : next;
}
