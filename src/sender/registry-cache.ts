import type { Clock } from "../ports/clock.js";
import type { RegistrySnapshot, WebhookRecord, WebhookRegistry } from "../ports/webhook-registry.js";

/** Accounts remembered at a time. What falls out is read again. */
const MAX_ACCOUNTS = 10_000;

/** The webhooks of one account, as they were at `readAtMs`. */
export interface CachedAccount {
  readonly version: number;
  readonly webhooks: readonly WebhookRecord[];
  readonly byId: ReadonlyMap<string, WebhookRecord>;
  /** Monotonic milliseconds just before the store was asked. */
  readonly readAtMs: number;
}

/**
 * What this process knows of the registry. Publishing may use it at any age, because the store refuses what was matched
 * against an older version; an attempt asks for an age.
 */
export class RegistryCache {
  readonly #accounts = new Map<string, CachedAccount>();
  readonly #reading = new Map<string, Promise<CachedAccount>>();
  #asked: string[] = [];
  #answer: Promise<ReadonlyMap<string, CachedAccount>> = Promise.resolve(new Map());

  constructor(
    private readonly registry: WebhookRegistry,
    private readonly clock: Clock,
  ) {}

  /** What is known, if it was read at most `maxAgeMs` ago. */
  peek(accountId: string, maxAgeMs = Infinity): CachedAccount | undefined {
    const account = this.#accounts.get(accountId);
    if (account === undefined || this.clock.monotonicMs() - account.readAtMs > maxAgeMs) return undefined;
    return account;
  }

  /**
   * Asks the store: the answer is never from before the call. Calls of one moment become one read; accounts that did
   * not change are not sent again.
   */
  refresh(accountId: string): Promise<CachedAccount> {
    let reading = this.#reading.get(accountId);
    if (reading === undefined) {
      if (this.#asked.length === 0) this.#answer = this.#readAsked();
      this.#asked.push(accountId);
      reading = this.#answer.then((accounts) => accounts.get(accountId) ?? emptyAccount(this.clock.monotonicMs()));
      this.#reading.set(accountId, reading);
    }
    return reading;
  }

  async #readAsked(): Promise<ReadonlyMap<string, CachedAccount>> {
    await Promise.resolve();
    const readAtMs = this.clock.monotonicMs();
    // What the store is told we know must be at hand when it answers "unchanged", even if the cache let go of it.
    const before = new Map(this.#asked.map((accountId) => [accountId, this.#accounts.get(accountId)]));
    this.#asked = [];
    // Whoever asks from now on may know of a change that this read does not see.
    this.#reading.clear();
    const known = [...before].map(([accountId, account]) => ({ accountId, version: account?.version ?? null }));
    const changed = new Map((await this.registry.read(known)).map((snapshot) => [snapshot.accountId, snapshot]));
    return new Map(
      [...before].map(([accountId, account]) => {
        const snapshot = changed.get(accountId);
        const current = snapshot === undefined ? (account ?? emptyAccount(readAtMs)) : index(snapshot, readAtMs);
        return [accountId, this.#remember(accountId, { ...current, readAtMs })];
      }),
    );
  }

  #remember(accountId: string, account: CachedAccount): CachedAccount {
    const present = this.#accounts.get(accountId);
    // Answers may overtake each other.
    if (present !== undefined && present.readAtMs > account.readAtMs) return present;
    this.#accounts.delete(accountId);
    this.#accounts.set(accountId, account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > MAX_ACCOUNTS && oldest !== undefined) this.#accounts.delete(oldest);
    return account;
  }
}

function index({ version, webhooks }: RegistrySnapshot, readAtMs: number): CachedAccount {
  return { version, webhooks, byId: new Map(webhooks.map((webhook) => [webhook.id, webhook])), readAtMs };
}

function emptyAccount(readAtMs: number): CachedAccount {
  return { version: 0, webhooks: [], byId: new Map(), readAtMs };
}
